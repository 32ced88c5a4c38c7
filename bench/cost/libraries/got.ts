import type { Got } from 'got';
import type { Library } from './library.ts';
import { load } from './packages.ts';

export const got: Library = {
  name: 'got',
  packages: ['got'],
  callsFetch: false,
  async create({ retries, timeout, wait }) {
    const { default: library } = await load<{ default: Got }>('got');
    // A delay of 0 means no retry in got.
    const call = library.extend({
      retry: { limit: retries, calculateDelay: ({ computedValue }) => computedValue && Math.max(wait, 1) },
      timeout: timeout === undefined ? {} : { request: timeout },
    });
    return (url, signal) => call(url, signal === undefined ? {} : { signal }).buffer();
  },
  readBody: async (body: Uint8Array) => body.length,
};
