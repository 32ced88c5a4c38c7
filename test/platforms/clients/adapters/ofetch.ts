import { createFetch, type $Fetch } from 'ofetch';
import { form, plainReplies, stream, texts, user, type Adapter, type Context } from '../adapter.ts';

/** Passes its own options to fetch with the init. */
const clientOf = ({ fetch, url, signal }: Context): $Fetch => createFetch({ fetch, defaults: { baseURL: url, signal, retry: false } });

export const adapter: Adapter = {
  replies: plainReplies,
  read: (context) => clientOf(context).raw('/users/1'),
  readStream: async (context) => texts(await clientOf(context)('/stream', { responseType: 'stream' })),
  sendJson: (context) => clientOf(context)('/users', { method: 'POST', body: user }),
  sendFile: (context) => clientOf(context)('/files', { method: 'POST', body: form() }),
  sendStream: (context) => clientOf(context)('/pipe', { method: 'PUT', body: stream() }),
};
