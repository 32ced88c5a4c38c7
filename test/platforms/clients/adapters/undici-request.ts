import { fetch, Request } from 'undici';
import { plainReplies, stream, texts, user, type Adapter, type Fetch } from '../adapter.ts';

/** A Request of another class than the platform's, with everything that the call needs. */
const requestOf = (...[url, init]: ConstructorParameters<typeof Request>): globalThis.Request =>
  new Request(url, init) as unknown as globalThis.Request;

export const adapter: Adapter = {
  replies: plainReplies,
  // The classes have the same members as the platform's.
  baseFetch: fetch as unknown as Fetch,
  async read({ fetch, url, signal }) {
    const request = requestOf(`${url}/users/1`, { signal });
    const response = await fetch(request);
    return { status: response.status, headers: [...response.headers], url: response.url, data: await response.json() };
  },
  async readStream({ fetch, url, signal }) {
    const { body } = await fetch(requestOf(`${url}/stream`, { signal }));
    return texts(body);
  },
  async sendJson({ fetch, url, signal }) {
    const request = requestOf(`${url}/users`, { method: 'POST', body: JSON.stringify(user), signal });
    const response = await fetch(request);
    return { data: await response.json(), isUsed: request.bodyUsed };
  },
  async sendFile({ fetch, url, signal }) {
    const request = requestOf(`${url}/files`, { method: 'POST', body: new Uint8Array(100_000), signal });
    const response = await fetch(request);
    return { data: await response.json(), isUsed: request.bodyUsed };
  },
  sendsStreamInRequest: true,
  async sendStream({ fetch, url, signal }) {
    const request = requestOf(`${url}/pipe`, { method: 'PUT', body: stream(), duplex: 'half', signal });
    const response = await fetch(request);
    return { data: await response.json(), isUsed: request.bodyUsed };
  },
};
