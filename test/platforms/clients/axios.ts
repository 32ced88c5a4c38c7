import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { form, plainReplies, stream, texts, user, type Client, type Context } from './client.ts';

/** It gives fetch a Request with every member that one can have. */
const open = ({ fetch, url, signal }: Context): AxiosInstance =>
  axios.create({ adapter: 'fetch', baseURL: url, signal, env: { fetch } });

const seen = ({ data, status, statusText, headers }: AxiosResponse): unknown => ({ data, status, statusText, headers: { ...headers } });

export const client: Client = {
  replies: plainReplies,
  read: (context) => open(context).get('/users/1').then(seen),
  stream: async (context) => texts((await open(context).get<ReadableStream>('/stream', { responseType: 'stream' })).data),
  json: (context) => open(context).post('/users', user).then(seen),
  file: (context) => open(context).postForm('/files', form()).then(seen),
  pipesRequest: true,
  pipe: (context) => open(context).put('/pipe', stream(), { onUploadProgress: () => {} }).then(seen),
};
