import { retryBudget, type ResilienceOptions, type RetryBudget } from 'resilient-fetch';

/** How the clients of a fleet retry. All else is ours: the time limit of 10 s for an attempt, and what is worth a retry. */
export interface Policy {
  readonly name: string;
  /** What they are made with. What is left out has our default. */
  readonly options: ResilienceOptions;
  /** Makes what the calls of one process share. */
  readonly budget?: () => RetryBudget;
  /** Whether the service refuses what it cannot do in time, with this header. It serves everything otherwise. */
  readonly retryAfter?: string;
}

export const noRetries: Policy = { name: 'no retries', options: { retries: 0 } };
export const atOnce: Policy = { name: '3 retries at once, as axios-retry 4', options: { retries: 3, backoff: { base: 0 } } };
export const ours: Policy = { name: 'our default', options: {} };
export const oursWithBudget: Policy = { name: 'our default, with a budget', options: {}, budget: () => retryBudget() };

/** In the order of the tables. */
export const policies: readonly Policy[] = [
  noRetries,
  atOnce,
  { name: '3 retries, 1 s apart, as fetch-retry 6', options: { retries: 3, backoff: { base: 1_000, factor: 1, jitter: 'none' } } },
  { name: '3 retries, exponential, no jitter', options: { retries: 3, backoff: { jitter: 'none' } } },
  ours,
  oursWithBudget,
  { name: 'service sheds, Retry-After obeyed to the ms', options: { backoff: { base: 0, jitter: 'none' } }, retryAfter: '10' },
  { name: 'service sheds, Retry-After, our default', options: {}, retryAfter: '10' },
  { name: 'service sheds, Retry-After, our default, with a budget', options: {}, retryAfter: '10', budget: () => retryBudget() },
  // Public defaults of well-known clients, as far as they tell number, waits, jitter and quota.
  { name: 'ofetch 1: 1 at once', options: { retries: 1, backoff: { base: 0 } } },
  { name: 'ky 2: 2, from 300 ms', options: { retries: 2, backoff: { base: 300, jitter: 'none' } } },
  { name: 'got 16: 2, from 1 s, a little noise', options: { retries: 2, backoff: (retry, random) => 1_000 * 2 ** (retry - 1) + 100 * random } },
  { name: 'undici RetryAgent 8: 5, from 500 ms', options: { retries: 5, backoff: { base: 500, jitter: 'none' } } },
  { name: 'p-retry 9: 10, from 1 s', options: { retries: 10, backoff: { base: 1_000, max: 1e9, jitter: 'none' } } },
  {
    name: 'AWS SDK for JS 3: 2, from 100 ms, full jitter, a quota',
    options: { retries: 2, backoff: { base: 100, max: 20_000, jitter: 'full' } },
    // A retry after a timeout costs 10 of 500, and a success gives 1.
    budget: () => retryBudget({ capacity: 50, ratio: 0.1 }),
  },
];
