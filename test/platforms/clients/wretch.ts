import wretch from 'wretch';
import { form, plainReplies, stream, texts, user, type Client, type Context } from './client.ts';

const open = ({ fetch, url, signal }: Context) => wretch(url, { signal }).fetchPolyfill(fetch);

export const client: Client = {
  replies: plainReplies,
  read: (context) => open(context).get('/users/1').json(),
  stream: async (context) => texts((await open(context).get('/stream').res()).body),
  json: (context) => open(context).post(user, '/users').json(),
  file: (context) => open(context).body(form()).post(undefined, '/files').json(),
  pipe: (context) => open(context).options({ duplex: 'half' }).body(stream()).put(undefined, '/pipe').json(),
};
