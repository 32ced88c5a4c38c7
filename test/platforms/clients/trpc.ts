import { createTRPCUntypedClient, httpLink, type TRPCUntypedClient } from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import { form, user, type Client, type Context } from './client.ts';

/** Its type for an init allows what exactOptionalPropertyTypes does not allow to fetch's own. */
const open = ({ fetch, url }: Context): TRPCUntypedClient<AnyRouter> =>
  createTRPCUntypedClient({ links: [httpLink({ url, fetch: (input, init) => fetch(input, init as RequestInit) })] });

export const client: Client = {
  replies: { ok: JSON.stringify({ result: { data: user } }), stream: { type: 'text/plain', chunks: [] } },
  read: (context) => open(context).query('user', { id: 1 }, { signal: context.signal }),
  stream: 'its subscriptions use an EventSource, and not fetch',
  json: (context) => open(context).mutation('save', user, { signal: context.signal }),
  file: (context) => open(context).mutation('upload', form(), { signal: context.signal }),
  pipe: 'it has no streams to send',
};
