import { fetch, Request } from 'undici';
import { plainReplies, stream, texts, user, type Client, type Fetch } from './client.ts';

/** A Request of another realm than the platform's, with all that a call has. */
const requestOf = (...[url, init]: ConstructorParameters<typeof Request>): globalThis.Request =>
  new Request(url, init) as unknown as globalThis.Request;

export const client: Client = {
  replies: plainReplies,
  // Same members, other classes.
  beneath: fetch as unknown as Fetch,
  async read({ fetch, url, signal }) {
    const request = requestOf(`${url}/users/1`, { signal });
    const response = await fetch(request);
    return { status: response.status, headers: [...response.headers], url: response.url, data: await response.json() };
  },
  async stream({ fetch, url, signal }) {
    const { body } = await fetch(requestOf(`${url}/stream`, { signal }));
    return texts(body);
  },
  async json({ fetch, url, signal }) {
    const request = requestOf(`${url}/users`, { method: 'POST', body: JSON.stringify(user), signal });
    const response = await fetch(request);
    return { data: await response.json(), isUsed: request.bodyUsed };
  },
  async file({ fetch, url, signal }) {
    const request = requestOf(`${url}/files`, { method: 'POST', body: new Uint8Array(100_000), signal });
    const response = await fetch(request);
    return { data: await response.json(), isUsed: request.bodyUsed };
  },
  pipesRequest: true,
  async pipe({ fetch, url, signal }) {
    const request = requestOf(`${url}/pipe`, { method: 'PUT', body: stream(), duplex: 'half', signal });
    const response = await fetch(request);
    return { data: await response.json(), isUsed: request.bodyUsed };
  },
};
