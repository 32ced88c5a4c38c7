import createClient from 'openapi-fetch';
import { form, plainReplies, stream, texts, user, type Adapter, type Context } from '../adapter.ts';

interface Operation<Body> {
  responses: { 200: { content: { 'application/json': typeof user } } };
  requestBody: { content: { 'application/json': Body } };
}

interface paths {
  '/users/{id}': { get: { parameters: { path: { id: number } }; responses: { 200: { content: { 'application/json': typeof user } } } } };
  '/stream': { get: { responses: { 200: { content: { 'application/json': ReadableStream } } } } };
  '/users': { post: Operation<typeof user> };
  '/files': { post: Operation<FormData> };
  '/pipe': { put: Operation<ReadableStream> };
}

/** Passes a Request to fetch. */
const clientOf = ({ fetch, url, signal }: Context) => createClient<paths>({ baseUrl: url, fetch, signal });

const identity = <Body>(body: Body): Body => body;

export const adapter: Adapter = {
  replies: plainReplies,
  read: (context) => clientOf(context).GET('/users/{id}', { params: { path: { id: 1 } } }),
  async readStream(context) {
    const { data } = await clientOf(context).GET('/stream', { parseAs: 'stream' });
    return texts(data);
  },
  sendJson: (context) => clientOf(context).POST('/users', { body: user }),
  sendFile: (context) => clientOf(context).POST('/files', { body: form(), bodySerializer: identity }),
  sendsStreamInRequest: true,
  sendStream: (context) => clientOf(context).PUT('/pipe', { body: stream(), bodySerializer: identity, duplex: 'half' }),
};
