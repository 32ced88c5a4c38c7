import { createTRPCUntypedClient, httpLink, type TRPCUntypedClient } from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import { form, user, type Adapter, type Context } from '../adapter.ts';

/** The cast is safe because the client's init differs from fetch's only in members that may be undefined. */
const clientOf = ({ fetch, url }: Context): TRPCUntypedClient<AnyRouter> =>
  createTRPCUntypedClient({ links: [httpLink({ url, fetch: (input, init) => fetch(input, init as RequestInit) })] });

export const adapter: Adapter = {
  replies: { ok: JSON.stringify({ result: { data: user } }), stream: { type: 'text/plain', chunks: [] } },
  read: (context) => clientOf(context).query('user', { id: 1 }, { signal: context.signal }),
  readStream: 'its subscriptions use an EventSource instead of fetch',
  sendJson: (context) => clientOf(context).mutation('save', user, { signal: context.signal }),
  sendFile: (context) => clientOf(context).mutation('upload', form(), { signal: context.signal }),
  sendStream: 'it sends no streams',
};
