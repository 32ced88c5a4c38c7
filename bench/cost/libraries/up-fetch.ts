import type { up } from 'up-fetch';
import type { Library } from './library.ts';
import { load } from './packages.ts';

export const upFetch: Library = {
  name: 'up-fetch',
  packages: ['up-fetch'],
  callsFetch: true,
  program: `export { up } from 'up-fetch'`,
  async create({ retries, timeout, wait }) {
    const module = await load<{ up: typeof up }>('up-fetch');
    const call = module.up(globalThis.fetch, () => ({
      ...(timeout === undefined ? {} : { timeout }),
      retry: { attempts: retries, delay: wait },
      parseResponse: (response: Response) => response,
    }));
    return (url, signal) => signal === undefined ? call(url) : call(url, { signal });
  },
};
