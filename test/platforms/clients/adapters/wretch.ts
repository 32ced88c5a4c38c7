import wretch from 'wretch';
import { form, plainReplies, stream, texts, user, type Adapter, type Context } from '../adapter.ts';

const clientOf = ({ fetch, url, signal }: Context) => wretch(url, { signal }).fetchPolyfill(fetch);

export const adapter: Adapter = {
  replies: plainReplies,
  read: (context) => clientOf(context).get('/users/1').json(),
  readStream: async (context) => texts((await clientOf(context).get('/stream').res()).body),
  sendJson: (context) => clientOf(context).post(user, '/users').json(),
  sendFile: (context) => clientOf(context).body(form()).post(undefined, '/files').json(),
  sendStream: (context) => clientOf(context).options({ duplex: 'half' }).body(stream()).put(undefined, '/pipe').json(),
};
