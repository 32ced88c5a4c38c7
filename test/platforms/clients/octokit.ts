import { request } from '@octokit/request';
import { file, plainReplies, stream, texts, user, type Client, type Context } from './client.ts';

const open = ({ fetch, url, signal }: Context) => request.defaults({ baseUrl: url, request: { fetch, signal } });

const binary = { 'content-type': 'application/octet-stream' };

export const client: Client = {
  replies: plainReplies,
  read: (context) => open(context)('GET /users/{id}', { id: 1 }),
  async stream({ fetch, url, signal }) {
    const { data } = await request('GET /stream', { baseUrl: url, request: { fetch, signal, parseSuccessResponseBody: false } });
    return texts(data);
  },
  json: (context) => open(context)('POST /users', user),
  file: async (context) => open(context)('POST /files', { data: await file().arrayBuffer(), headers: binary }),
  pipe: (context) => open(context)('PUT /pipe', { data: stream(), headers: binary }),
};
