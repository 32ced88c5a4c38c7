import createClient from 'openapi-fetch';
import { form, plainReplies, stream, texts, user, type Client, type Context } from './client.ts';

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

/** It gives fetch a Request. */
const open = ({ fetch, url, signal }: Context) => createClient<paths>({ baseUrl: url, fetch, signal });

const asItIs = <Body>(body: Body): Body => body;

export const client: Client = {
  replies: plainReplies,
  read: (context) => open(context).GET('/users/{id}', { params: { path: { id: 1 } } }),
  async stream(context) {
    const { data } = await open(context).GET('/stream', { parseAs: 'stream' });
    return texts(data);
  },
  json: (context) => open(context).POST('/users', { body: user }),
  file: (context) => open(context).POST('/files', { body: form(), bodySerializer: asItIs }),
  pipesRequest: true,
  pipe: (context) => open(context).PUT('/pipe', { body: stream(), bodySerializer: asItIs, duplex: 'half' }),
};
