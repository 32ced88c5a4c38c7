import ky, { type KyInstance } from 'ky';
import { form, plainReplies, stream, texts, user, type Client, type Context } from './client.ts';

/** Its own retries and timeout would multiply and cut ours. It gives fetch a Request, and keeps a clone. */
const open = ({ fetch, url, signal }: Context): KyInstance => ky.create({ fetch, prefix: url, signal, retry: 0, timeout: false });

export const client: Client = {
  replies: plainReplies,
  async read(context) {
    const response = await open(context).get('users/1');
    return { response, data: await response.json() };
  },
  stream: async (context) => texts((await open(context).get('stream')).body),
  json: (context) => open(context).post('users', { json: user }).json(),
  file: (context) => open(context).post('files', { body: form() }).json(),
  pipesRequest: true,
  pipe: (context) => open(context).put('pipe', { body: stream() }).json(),
};
