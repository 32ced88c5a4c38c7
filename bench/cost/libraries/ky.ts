import type Ky from 'ky';
import type { Library } from './library.ts';
import { load } from './packages.ts';

export const ky: Library = {
  name: 'ky',
  packages: ['ky'],
  callsFetch: true,
  program: `export { default } from 'ky'`,
  async create({ retries, timeout, wait }) {
    const { default: create } = await load<{ default: typeof Ky }>('ky');
    const call = create.create({ retry: { limit: retries, delay: () => wait, backoffLimit: Infinity }, timeout: timeout ?? false });
    return (url, signal) => signal === undefined ? call(url) : call(url, { signal });
  },
};
