import { form, plainReplies, stream, texts, user, type Adapter } from '../adapter.ts';

/** Fetch itself, without a client. */
export const adapter: Adapter = {
  replies: plainReplies,
  async read({ fetch, url, signal }) {
    const response = await fetch(`${url}/users/1`, { headers: { accept: 'application/json' }, signal });
    return { response, text: await response.text() };
  },
  async readStream({ fetch, url, signal }) {
    const { body } = await fetch(`${url}/stream`, { signal });
    return texts(body);
  },
  async sendJson({ fetch, url, signal }) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/users`, { method: 'POST', body: JSON.stringify(user), headers, signal });
    return response.json();
  },
  async sendFile({ fetch, url, signal }) {
    const response = await fetch(`${url}/files`, { method: 'POST', body: form(), signal });
    return response.json();
  },
  async sendStream({ fetch, url, signal }) {
    const response = await fetch(`${url}/pipe`, { method: 'PUT', body: stream(), duplex: 'half', signal });
    return response.json();
  },
};
