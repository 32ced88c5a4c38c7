import type * as FetchExtras from 'fetch-extras';
import type { Library } from './library.ts';
import { load } from './packages.ts';

export const fetchExtras: Library = {
  name: 'fetch-extras',
  packages: ['fetch-extras'],
  callsFetch: true,
  program: `export { withRetry, withTimeout } from 'fetch-extras'`,
  async create({ retries, timeout, wait }) {
    const { withRetry, withTimeout } = await load<Partial<typeof FetchExtras>>('fetch-extras');
    if (withRetry === undefined || withTimeout === undefined) throw new Error('has no retries in 1.1.0, the newest version for this Node');
    const limit = timeout === undefined ? globalThis.fetch : withTimeout(timeout)(globalThis.fetch);
    const call = withRetry({ retries, backoff: () => wait })(limit);
    return (url, signal) => signal === undefined ? call(url) : call(url, { signal });
  },
};
