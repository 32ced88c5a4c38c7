import type { default as FetchRetry } from 'fetch-retry';
import { load, type Contestant } from '../contestant.ts';
import { limited } from '../floor.ts';

/** It has no timeout, and takes the floor's. */
export const fetchRetry: Contestant = {
  name: 'fetch-retry',
  packages: ['fetch-retry'],
  takesStub: true,
  async make({ retries, timeout, wait }) {
    const { default: build } = await load<{ default: typeof FetchRetry }>('fetch-retry');
    const inner = timeout === undefined
      ? globalThis.fetch
      : (url: string, init?: RequestInit) => limited(url, init?.signal, timeout);
    const call = build(inner, { retries, retryDelay: wait, retryOn: [500, 502, 503, 504] });
    return (url, signal) => signal === undefined ? call(url) : call(url, {
      signal,
      // Its own rules take an abort for a failure like any other.
      retryOn: (attempt: number, error: Error | null, response: Response | null) =>
        attempt < retries && !signal.aborted && (error !== null || (response?.status ?? 0) >= 500),
    });
  },
};
