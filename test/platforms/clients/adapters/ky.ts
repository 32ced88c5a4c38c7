import ky, { type KyInstance } from 'ky';
import { form, plainReplies, stream, texts, user, type Adapter, type Context } from '../adapter.ts';

/** Disables the client's retries and its timeout. The client passes a Request to fetch and keeps a clone. */
const clientOf = ({ fetch, url, signal }: Context): KyInstance => ky.create({ fetch, prefix: url, signal, retry: 0, timeout: false });

export const adapter: Adapter = {
  replies: plainReplies,
  async read(context) {
    const response = await clientOf(context).get('users/1');
    return { response, data: await response.json() };
  },
  readStream: async (context) => texts((await clientOf(context).get('stream')).body),
  sendJson: (context) => clientOf(context).post('users', { json: user }).json(),
  sendFile: (context) => clientOf(context).post('files', { body: form() }).json(),
  sendsStreamInRequest: true,
  sendStream: (context) => clientOf(context).put('pipe', { body: stream() }).json(),
};
