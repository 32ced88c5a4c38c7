import type * as FetchExtras from 'fetch-extras';
import { load, type Contestant } from '../contestant.ts';

export const fetchExtras: Contestant = {
  name: 'fetch-extras',
  packages: ['fetch-extras'],
  takesStub: true,
  async make({ retries, timeout, wait }) {
    const { withRetry, withTimeout } = await load<Partial<typeof FetchExtras>>('fetch-extras');
    if (withRetry === undefined || withTimeout === undefined) throw new Error('has no retries in 1.1.0, the newest for this Node');
    const limit = timeout === undefined ? globalThis.fetch : withTimeout(timeout)(globalThis.fetch);
    const call = withRetry({ retries, backoff: () => wait })(limit);
    return (url, signal) => signal === undefined ? call(url) : call(url, { signal });
  },
};
