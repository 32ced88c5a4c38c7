import type PRetry from 'p-retry';
import type { Library } from './library.ts';
import { load } from './packages.ts';
import { fetchWithTimeout } from './baseline-loop.ts';

/** Uses the timeout of the baseline because p-retry has none. */
export const pRetry: Library = {
  name: 'p-retry',
  packages: ['p-retry'],
  callsFetch: true,
  program: `export { default } from 'p-retry'`,
  async create({ retries, timeout, wait }) {
    const { default: retry } = await load<{ default: typeof PRetry }>('p-retry');
    const options = { retries, minTimeout: wait, maxTimeout: Math.max(wait, 1), factor: 1 };
    return (url, signal) => retry(async () => {
      const response = await (timeout === undefined ? fetch(url, signal === undefined ? {} : { signal }) : fetchWithTimeout(url, signal, timeout));
      if (response.status >= 500) throw new Error(`status ${response.status}`);
      return response;
    }, signal === undefined ? options : { ...options, signal });
  },
};
