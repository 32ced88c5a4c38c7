import { fetch, FormData } from 'undici';
import { file, plainReplies, stream, texts, user, type Adapter, type Fetch } from '../adapter.ts';

/** The cast is safe because undici's classes have the same members as the platform's. */
const baseFetch = fetch as unknown as Fetch;

export const adapter: Adapter = {
  replies: plainReplies,
  baseFetch,
  async read({ fetch, url, signal }) {
    const response = await fetch(`${url}/users/1`, { signal });
    return { status: response.status, headers: [...response.headers], url: response.url, data: await response.json() };
  },
  async readStream({ fetch, url, signal }) {
    const { body } = await fetch(`${url}/stream`, { signal });
    return texts(body);
  },
  async sendJson({ fetch, url, signal }) {
    const response = await fetch(`${url}/users`, { method: 'POST', body: JSON.stringify(user), signal });
    return response.json();
  },
  async sendFile({ fetch, url, signal }) {
    const data = new FormData();
    data.append('file', file());
    // The FormData of undici, which the platform's types do not know.
    const response = await fetch(`${url}/files`, { method: 'POST', body: data as unknown as globalThis.FormData, signal });
    return response.json();
  },
  async sendStream({ fetch, url, signal }) {
    const response = await fetch(`${url}/pipe`, { method: 'PUT', body: stream(), duplex: 'half', signal });
    return response.json();
  },
};
