import Anthropic from '@anthropic-ai/sdk';
import { file, type Client, type Context } from './client.ts';

/** Its own retries would multiply ours. */
const open = ({ fetch, url }: Context): Anthropic => new Anthropic({ apiKey: 'none', baseURL: url, maxRetries: 0, fetch });

const question = { model: 'm', max_tokens: 9, messages: [{ role: 'user' as const, content: 'Who?' }] };
const pieces = ['A', 'd', 'a'].map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }));

export const client: Client = {
  replies: {
    ok: JSON.stringify({ id: 'm', type: 'model' }),
    stream: {
      type: 'text/event-stream',
      chunks: [...pieces, { type: 'message_stop' }].map((piece) => `event: ${piece.type}\ndata: ${JSON.stringify(piece)}\n\n`),
    },
  },
  read: (context) => open(context).models.retrieve('m', {}, { signal: context.signal }),
  stream: (context) => open(context).messages.create({ ...question, stream: true }, { signal: context.signal }),
  json: (context) => open(context).messages.create(question, { signal: context.signal }),
  file: (context) => open(context).beta.files.upload({ file: file() }, { signal: context.signal }),
  pipe: 'it has no streams to send',
};
