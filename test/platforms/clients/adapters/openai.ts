import OpenAI from 'openai';
import { file, type Adapter, type Context } from '../adapter.ts';

/** Disables the client's retries, because they would multiply the attempts. */
const clientOf = ({ fetch, url }: Context): OpenAI => new OpenAI({ apiKey: 'none', baseURL: url, maxRetries: 0, fetch });

const prompt = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }] };
const events = ['A', 'd', 'a'].map((content) => JSON.stringify({ choices: [{ index: 0, delta: { content } }] }));

export const adapter: Adapter = {
  replies: {
    ok: JSON.stringify({ id: 'm', object: 'model' }),
    stream: { type: 'text/event-stream', chunks: [...events, '[DONE]'].map((event) => `data: ${event}\n\n`) },
  },
  read: (context) => clientOf(context).models.retrieve('m', { signal: context.signal }),
  readStream: (context) => clientOf(context).chat.completions.create({ ...prompt, stream: true }, { signal: context.signal }),
  sendJson: (context) => clientOf(context).chat.completions.create(prompt, { signal: context.signal }),
  sendFile: (context) => clientOf(context).files.create({ file: file(), purpose: 'batch' }, { signal: context.signal }),
  sendStream: 'it sends no streams',
};
