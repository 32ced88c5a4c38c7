import { user, type Replies } from '../adapter.ts';

export const query = 'query User($id: Int!) { user(id: $id) { id name } }';
export const mutation = 'mutation Save($name: String!) { user: save(name: $name) { id name } }';
export const uploading = 'mutation Save($file: Upload!) { user: save(file: $file) { id name } }';
export const subscription = 'subscription Tick { tick }';
export const variables = { id: 1 };

const ticks = [1, 2, 3].map((tick) => JSON.stringify({ data: { tick } }));

/** The replies for GraphQL clients, with a stream in one of the formats below. */
export const graphqlReplies = (stream: Replies['stream']): Replies => ({ ok: JSON.stringify({ data: { user } }), stream });

/** GraphQL over server-sent events. */
export const eventStream: Replies['stream'] = {
  type: 'text/event-stream',
  chunks: ticks.map((tick) => `event: next\ndata: ${tick}\n\n`),
};

/** Apollo's subscriptions over multipart HTTP: a part ends with the next boundary. */
export const multipart: Replies['stream'] = {
  type: 'multipart/mixed;boundary=graphql',
  chunks: [...ticks.map((tick, index) =>
    `${index === 0 ? '\r\n--graphql' : ''}\r\ncontent-type: application/json\r\n\r\n{"payload":${tick}}\r\n--graphql`), '--\r\n'],
};
