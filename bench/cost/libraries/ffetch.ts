import type { createClient } from '@fetchkit/ffetch';
import type { Library } from './library.ts';
import { load } from './packages.ts';

export const ffetch: Library = {
  name: 'ffetch',
  packages: ['@fetchkit/ffetch'],
  callsFetch: true,
  program: `export { createClient } from '@fetchkit/ffetch'`,
  async create({ retries, timeout, wait }) {
    const module = await load<{ createClient: typeof createClient }>('@fetchkit/ffetch');
    const call = module.createClient({ retries, timeout: timeout ?? 0, retryDelay: wait, fetchHandler: globalThis.fetch });
    return (url, signal) => signal === undefined ? call(url) : call(url, { signal });
  },
};
