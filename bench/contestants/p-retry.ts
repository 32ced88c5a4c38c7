import type PRetry from 'p-retry';
import { load, type Contestant } from '../contestant.ts';
import { limited } from '../floor.ts';

/** It has no timeout, and takes the floor's. */
export const pRetry: Contestant = {
  name: 'p-retry',
  packages: ['p-retry'],
  takesStub: true,
  async make({ retries, timeout, wait }) {
    const { default: retry } = await load<{ default: typeof PRetry }>('p-retry');
    const options = { retries, minTimeout: wait, maxTimeout: Math.max(wait, 1), factor: 1 };
    return (url, signal) => retry(async () => {
      const response = await (timeout === undefined ? fetch(url, signal === undefined ? {} : { signal }) : limited(url, signal, timeout));
      if (response.status >= 500) throw new Error(`answered with ${response.status}`);
      return response;
    }, signal === undefined ? options : { ...options, signal });
  },
};
