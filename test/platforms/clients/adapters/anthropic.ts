import Anthropic from '@anthropic-ai/sdk';
import { file, type Adapter, type Context } from '../adapter.ts';

/** Disables the client's retries, because they would multiply the attempts. */
const clientOf = ({ fetch, url }: Context): Anthropic => new Anthropic({ apiKey: 'none', baseURL: url, maxRetries: 0, fetch });

const prompt = { model: 'm', max_tokens: 9, messages: [{ role: 'user' as const, content: 'Hello' }] };
const events = ['A', 'd', 'a'].map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }));

export const adapter: Adapter = {
  replies: {
    ok: JSON.stringify({ id: 'm', type: 'model' }),
    stream: {
      type: 'text/event-stream',
      chunks: [...events, { type: 'message_stop' }].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
    },
  },
  read: (context) => clientOf(context).models.retrieve('m', {}, { signal: context.signal }),
  readStream: (context) => clientOf(context).messages.create({ ...prompt, stream: true }, { signal: context.signal }),
  sendJson: (context) => clientOf(context).messages.create(prompt, { signal: context.signal }),
  sendFile: (context) => clientOf(context).beta.files.upload({ file: file() }, { signal: context.signal }),
  sendStream: 'it sends no streams',
};
