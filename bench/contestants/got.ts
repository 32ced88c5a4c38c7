import type { Got } from 'got';
import { load, type Contestant } from '../contestant.ts';

export const got: Contestant = {
  name: 'got',
  packages: ['got'],
  takesStub: false,
  async make({ retries, timeout, wait }) {
    const { default: library } = await load<{ default: Got }>('got');
    // Its 0 is no retry.
    const call = library.extend({
      retry: { limit: retries, calculateDelay: ({ computedValue }) => computedValue && Math.max(wait, 1) },
      timeout: timeout === undefined ? {} : { request: timeout },
    });
    return (url, signal) => call(url, signal === undefined ? {} : { signal }).buffer();
  },
  read: async (body: Uint8Array) => body.length,
};
