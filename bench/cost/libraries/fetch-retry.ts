import type { default as FetchRetry } from 'fetch-retry';
import type { Library } from './library.ts';
import { load } from './packages.ts';
import { fetchWithTimeout } from './baseline-loop.ts';

/** Uses the timeout of the baseline because fetch-retry has none. */
export const fetchRetry: Library = {
  name: 'fetch-retry',
  packages: ['fetch-retry'],
  callsFetch: true,
  program: `export { default } from 'fetch-retry'`,
  async create({ retries, timeout, wait }) {
    const { default: build } = await load<{ default: typeof FetchRetry }>('fetch-retry');
    const inner = timeout === undefined
      ? globalThis.fetch
      : (url: string, init?: RequestInit) => fetchWithTimeout(url, init?.signal, timeout);
    const call = build(inner, { retries, retryDelay: wait, retryOn: [500, 502, 503, 504] });
    return (url, signal) => signal === undefined ? call(url) : call(url, {
      signal,
      // Replaces the rules of fetch-retry, which retry after an abort.
      retryOn: (attempt: number, error: Error | null, response: Response | null) =>
        attempt < retries && !signal.aborted && (error !== null || (response?.status ?? 0) >= 500),
    });
  },
};
