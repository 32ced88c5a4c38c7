import type * as Undici from 'undici';
import type { Library } from './library.ts';
import { load } from './packages.ts';

/** The retries of undici, under its `request`. */
export const retryAgent: Library = {
  name: 'undici RetryAgent',
  packages: ['undici'],
  callsFetch: false,
  async create({ retries, timeout = 0, wait }) {
    const { Agent, RetryAgent, request } = await load<typeof Undici>('undici');
    const dispatcher = new RetryAgent(new Agent({ headersTimeout: timeout }), { maxRetries: retries, minTimeout: wait, timeoutFactor: 1 });
    return (url, signal) => request(url, signal === undefined ? { dispatcher } : { dispatcher, signal });
  },
  readBody: async ({ body }: Undici.Dispatcher.ResponseData) => (await body.arrayBuffer()).byteLength,
};
