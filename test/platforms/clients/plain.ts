import { form, plainReplies, stream, texts, user, type Client } from './client.ts';

/** No client at all: what every other stands on. */
export const client: Client = {
  replies: plainReplies,
  async read({ fetch, url, signal }) {
    const response = await fetch(`${url}/users/1`, { headers: { accept: 'application/json' }, signal });
    return { response, text: await response.text() };
  },
  async stream({ fetch, url, signal }) {
    const { body } = await fetch(`${url}/stream`, { signal });
    return texts(body);
  },
  async json({ fetch, url, signal }) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/users`, { method: 'POST', body: JSON.stringify(user), headers, signal });
    return response.json();
  },
  async file({ fetch, url, signal }) {
    const response = await fetch(`${url}/files`, { method: 'POST', body: form(), signal });
    return response.json();
  },
  async pipe({ fetch, url, signal }) {
    const response = await fetch(`${url}/pipe`, { method: 'PUT', body: stream(), duplex: 'half', signal });
    return response.json();
  },
};
