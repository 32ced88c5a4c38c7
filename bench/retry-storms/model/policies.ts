import { retryBudget, type ResilienceOptions, type RetryBudget } from 'resilient-fetch';
import type { Layer } from 'resilient-fetch/layers';
import { fixedBudget } from './budgets.ts';

/**
 * The way in which the clients of a service retry. Everything else is resilient-fetch's default, so that policies differ in one
 * thing: the timeout of 10 s per attempt, and the responses that are retried.
 */
export interface Policy {
  readonly name: string;
  /** Options of each client. An option that is left out has our default. */
  readonly options: ResilienceOptions;
  /** Makes the budget that the calls of one process share. */
  readonly budget?: () => RetryBudget;
  /** Makes the layers that the calls of one process share. */
  readonly layers?: () => readonly Layer[];
  /** The service sheds requests that it cannot serve in time, with this `Retry-After`. Default: the service queues every request. */
  readonly retryAfter?: string;
}

export const noRetries: Policy = { name: 'no retries', options: { retries: 0 } };
export const immediateRetries: Policy = { name: '3 immediate retries, like axios-retry 4', options: { retries: 3, backoff: { base: 0 } } };
export const ourDefault: Policy = { name: 'our default', options: {} };
export const withBudget: Policy = { name: 'our default with a budget', options: {}, budget: () => retryBudget() };
export const shedding: Policy = { name: 'service sheds load, our default with a budget', options: {}, retryAfter: '10', budget: () => retryBudget() };

/** All policies, in the order of the tables. */
export const policies: readonly Policy[] = [
  noRetries,
  immediateRetries,
  { name: '3 retries, 1 s apart, like fetch-retry 6', options: { retries: 3, backoff: { base: 1_000, factor: 1, jitter: 'none' } } },
  { name: '3 retries, exponential backoff, no jitter', options: { retries: 3, backoff: { jitter: 'none' } } },
  ourDefault,
  withBudget,
  { name: 'service sheds load, exactly Retry-After', options: { backoff: { base: 0, jitter: 'none' } }, retryAfter: '10' },
  { name: 'service sheds load, our default', options: {}, retryAfter: '10' },
  shedding,
  // The public defaults of well-known clients for the number of retries, backoff, jitter and quota.
  { name: 'ofetch 1: 1 immediate retry', options: { retries: 1, backoff: { base: 0 } } },
  { name: 'ky 2: 2 retries from 300 ms', options: { retries: 2, backoff: { base: 300, jitter: 'none' } } },
  { name: 'got 16: 2 retries from 1 s, jitter of 100 ms', options: { retries: 2, backoff: (retry, random) => 1_000 * 2 ** (retry - 1) + 100 * random } },
  { name: 'undici RetryAgent 8: 5 retries from 500 ms', options: { retries: 5, backoff: { base: 500, jitter: 'none' } } },
  { name: 'p-retry 9: 10 retries from 1 s', options: { retries: 10, backoff: { base: 1_000, max: 1e9, jitter: 'none' } } },
  {
    name: 'AWS SDK for JS 3: 2 retries from 100 ms, full jitter, quota',
    options: { retries: 2, backoff: { base: 100, max: 20_000, jitter: 'full' } },
    // A retry after a timeout costs 10 of 500 tokens, and a success returns 1.
    budget: () => fixedBudget(50, 0.1),
  },
];
