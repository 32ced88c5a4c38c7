import { fetch, FormData } from 'undici';
import { file, plainReplies, stream, texts, user, type Client, type Fetch } from './client.ts';

/** Its classes are not the platform's, and have the same members. */
const beneath = fetch as unknown as Fetch;

export const client: Client = {
  replies: plainReplies,
  beneath,
  async read({ fetch, url, signal }) {
    const response = await fetch(`${url}/users/1`, { signal });
    return { status: response.status, headers: [...response.headers], url: response.url, data: await response.json() };
  },
  async stream({ fetch, url, signal }) {
    const { body } = await fetch(`${url}/stream`, { signal });
    return texts(body);
  },
  async json({ fetch, url, signal }) {
    const response = await fetch(`${url}/users`, { method: 'POST', body: JSON.stringify(user), signal });
    return response.json();
  },
  async file({ fetch, url, signal }) {
    const data = new FormData();
    data.append('file', file());
    // A form of its own, which the platform's types do not know.
    const response = await fetch(`${url}/files`, { method: 'POST', body: data as unknown as globalThis.FormData, signal });
    return response.json();
  },
  async pipe({ fetch, url, signal }) {
    const response = await fetch(`${url}/pipe`, { method: 'PUT', body: stream(), duplex: 'half', signal });
    return response.json();
  },
};
