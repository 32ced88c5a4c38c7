import type * as Undici from 'undici';
import { load, type Contestant } from '../contestant.ts';

/** undici's own retries, beneath its `request`. */
export const retryAgent: Contestant = {
  name: 'undici RetryAgent',
  packages: ['undici'],
  takesStub: false,
  async make({ retries, timeout = 0, wait }) {
    const { Agent, RetryAgent, request } = await load<typeof Undici>('undici');
    const dispatcher = new RetryAgent(new Agent({ headersTimeout: timeout }), { maxRetries: retries, minTimeout: wait, timeoutFactor: 1 });
    return (url, signal) => request(url, signal === undefined ? { dispatcher } : { dispatcher, signal });
  },
  read: async ({ body }: Undici.Dispatcher.ResponseData) => (await body.arrayBuffer()).byteLength,
};
