import type { createFetch } from 'ofetch';
import { load, type Contestant } from '../contestant.ts';

export const ofetch: Contestant = {
  name: 'ofetch',
  packages: ['ofetch'],
  takesStub: true,
  async make({ retries, timeout, wait }) {
    const module = await load<{ createFetch: typeof createFetch }>('ofetch');
    const { raw } = module.createFetch({ fetch: globalThis.fetch });
    const options = { retry: retries, retryDelay: wait, responseType: 'stream', ...(timeout === undefined ? {} : { timeout }) } as const;
    return (url, signal) => raw(url, signal === undefined ? options : { ...options, signal });
  },
};
