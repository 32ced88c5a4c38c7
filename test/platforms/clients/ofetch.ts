import { createFetch, type $Fetch } from 'ofetch';
import { form, plainReplies, stream, texts, user, type Client, type Context } from './client.ts';

/** It gives fetch its own options with the init. */
const open = ({ fetch, url, signal }: Context): $Fetch => createFetch({ fetch, defaults: { baseURL: url, signal, retry: false } });

export const client: Client = {
  replies: plainReplies,
  read: (context) => open(context).raw('/users/1'),
  stream: async (context) => texts(await open(context)('/stream', { responseType: 'stream' })),
  json: (context) => open(context)('/users', { method: 'POST', body: user }),
  file: (context) => open(context)('/files', { method: 'POST', body: form() }),
  pipe: (context) => open(context)('/pipe', { method: 'PUT', body: stream() }),
};
