import { request } from '@octokit/request';
import { file, plainReplies, stream, texts, user, type Adapter, type Context } from '../adapter.ts';

const clientOf = ({ fetch, url, signal }: Context) => request.defaults({ baseUrl: url, request: { fetch, signal } });

const binary = { 'content-type': 'application/octet-stream' };

export const adapter: Adapter = {
  replies: plainReplies,
  read: (context) => clientOf(context)('GET /users/{id}', { id: 1 }),
  async readStream({ fetch, url, signal }) {
    const { data } = await request('GET /stream', { baseUrl: url, request: { fetch, signal, parseSuccessResponseBody: false } });
    return texts(data);
  },
  sendJson: (context) => clientOf(context)('POST /users', user),
  sendFile: async (context) => clientOf(context)('POST /files', { data: await file().arrayBuffer(), headers: binary }),
  sendStream: (context) => clientOf(context)('PUT /pipe', { data: stream(), headers: binary }),
};
