import type { createFetch } from 'ofetch';
import type { Library } from './library.ts';
import { load } from './packages.ts';

export const ofetch: Library = {
  name: 'ofetch',
  packages: ['ofetch'],
  callsFetch: true,
  program: `export { ofetch } from 'ofetch'`,
  async create({ retries, timeout, wait }) {
    const module = await load<{ createFetch: typeof createFetch }>('ofetch');
    const { raw } = module.createFetch({ fetch: globalThis.fetch });
    const options = { retry: retries, retryDelay: wait, responseType: 'stream', ...(timeout === undefined ? {} : { timeout }) } as const;
    return (url, signal) => raw(url, signal === undefined ? options : { ...options, signal });
  },
};
