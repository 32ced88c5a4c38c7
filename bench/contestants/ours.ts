import type { Contestant } from '../contestant.ts';

export const ours: Contestant = {
  name: 'resilient-fetch',
  packages: ['resilient-fetch'],
  takesStub: true,
  async make({ retries, timeout = Infinity, wait }) {
    const { resilientFetch } = await import('resilient-fetch');
    const call = resilientFetch.with({ retries, timeout, backoff: { base: wait, factor: 1, max: 1e9, jitter: 'none' } });
    return (url, signal) => signal === undefined ? call(url) : call(url, { signal });
  },
};
