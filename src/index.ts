/**
 * A drop-in replacement for `fetch` with a timeout for each attempt, retries with jittered backoff, and `Retry-After`. The body
 * of the response has no limit until you set `bodyTimeout` or `totalTimeout`.
 *
 * @example
 * const api = resilientFetch.with({ timeout: 3_000, totalTimeout: 30_000 });
 * const response = await api('https://api.example.com/users/1', { retries: 5 });
 *
 * @module
 */
export { systemClock } from './clock.ts';
export { TimeoutError } from './errors.ts';
export { failuresOf } from './failures.ts';
export { resilientFetch } from './resilient-fetch.ts';
export { parseRetryAfter, retryAfterOf } from './retry-after.ts';
export { retryBudget } from './retry-budget.ts';

export type { AttemptContext, Layer, LayeredFetch } from './attempt-context.ts';
export type { Backoff, BackoffFunction, BackoffSettings, Jitter } from './backoff.ts';
export type { BodyFactory } from './fetch-arguments.ts';
export type { Clock } from './clock.ts';
export type { TimeoutScope } from './errors.ts';
export type { Failure, StopReason } from './failures.ts';
export type { Fetch } from './dispatch.ts';
export type { ResilienceOptions } from './options.ts';
export type { RequestFacts } from './request.ts';
export type { ResilientFetch, ResilientInit } from './resilient-fetch.ts';
export type { BudgetContext, RetryBudget, RetryBudgetOptions, WithdrawalContext } from './retry-budget.ts';
export type { Attempt, RetryAfterReader } from './retry-policy.ts';
