import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { form, plainReplies, stream, texts, user, type Adapter, type Context } from '../adapter.ts';

/** Passes a Request with every possible member to fetch. */
const clientOf = ({ fetch, url, signal }: Context): AxiosInstance =>
  axios.create({ adapter: 'fetch', baseURL: url, signal, env: { fetch } });

const responseOf = ({ data, status, statusText, headers }: AxiosResponse): unknown => ({ data, status, statusText, headers: { ...headers } });

export const adapter: Adapter = {
  replies: plainReplies,
  read: (context) => clientOf(context).get('/users/1').then(responseOf),
  readStream: async (context) => texts((await clientOf(context).get<ReadableStream>('/stream', { responseType: 'stream' })).data),
  sendJson: (context) => clientOf(context).post('/users', user).then(responseOf),
  sendFile: (context) => clientOf(context).postForm('/files', form()).then(responseOf),
  sendsStreamInRequest: true,
  sendStream: (context) => clientOf(context).put('/pipe', stream(), { onUploadProgress: () => {} }).then(responseOf),
};
