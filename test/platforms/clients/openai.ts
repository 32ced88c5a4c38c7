import OpenAI from 'openai';
import { file, type Client, type Context } from './client.ts';

/** Its own retries would multiply ours. */
const open = ({ fetch, url }: Context): OpenAI => new OpenAI({ apiKey: 'none', baseURL: url, maxRetries: 0, fetch });

const question = { model: 'm', messages: [{ role: 'user' as const, content: 'Who?' }] };
const pieces = ['A', 'd', 'a'].map((content) => JSON.stringify({ choices: [{ index: 0, delta: { content } }] }));

export const client: Client = {
  replies: {
    ok: JSON.stringify({ id: 'm', object: 'model' }),
    stream: { type: 'text/event-stream', chunks: [...pieces, '[DONE]'].map((piece) => `data: ${piece}\n\n`) },
  },
  read: (context) => open(context).models.retrieve('m', { signal: context.signal }),
  stream: (context) => open(context).chat.completions.create({ ...question, stream: true }, { signal: context.signal }),
  json: (context) => open(context).chat.completions.create(question, { signal: context.signal }),
  file: (context) => open(context).files.create({ file: file(), purpose: 'batch' }, { signal: context.signal }),
  pipe: 'it has no streams to send',
};
