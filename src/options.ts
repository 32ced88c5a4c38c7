import type { Backoff, BackoffFunction, BackoffSettings, Jitter } from './backoff.ts';
import { callable, merge, mergeSettings, must, numeric, oneOf, setOf, withMethods, type Check } from './checks.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Fetch } from './dispatch.ts';
import type { Failure } from './failures.ts';
import { globalFetch } from './global-fetch.ts';
import { retryAfterOf } from './retry-after.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { Attempt, RetryPolicy, RetryRules } from './retry-policy.ts';

/** The options of `resilientFetch`, beside fetch's own members of init. An option that is absent or `undefined` has its default. */
export interface ResilienceOptions {
  /**
   * The number of attempts after the first. Default 3, so at most 4 requests. 0 turns retries off; `Infinity` leaves only the
   * other limits. With 0, no time limit, and no hook, predicate or budget, the call is passed to fetch as it is.
   */
  retries?: number | undefined;
  /**
   * Milliseconds from sending an attempt to its response headers. Default 10 000; `Infinity` for no limit; 0 is invalid.
   * An attempt that takes longer is aborted and counts as failed. The last one rejects with a `TimeoutError` of scope
   * `'attempt'`.
   */
  timeout?: number | undefined;
  /**
   * Milliseconds from the call until it settles, attempts and waits included. Default `Infinity`. An attempt in flight is
   * aborted with a `TimeoutError` of scope `'total'`. A wait that cannot end in time is not begun: you get the last response
   * or error at once.
   */
  totalTimeout?: number | undefined;
  /**
   * The longest silence of the returned body, in milliseconds, while you wait for its next chunk. Default `Infinity`. The
   * read rejects with a `TimeoutError` of scope `'body'`, and the connection is closed. A finite value gives you a Response
   * that wraps the platform's, alike in all but identity. A stalled body is not retried.
   */
  bodyTimeout?: number | undefined;
  /**
   * The waits between attempts. Default `{ base: 200, factor: 2, max: 30_000, jitter: 'full' }`. Settings are merged into the
   * current ones, a function replaces them. With jitter `'none'` or a function, only the backoff is added to a `Retry-After`.
   */
  backoff?: Backoff | undefined;
  /**
   * The longest `Retry-After`, in milliseconds, that a call waits for. Default 60 000. Above it no retry is made, and you get
   * the response at once. The jitter comes on top: the backoff, or up to a quarter of `Retry-After` if that is longer, so
   * that 100 000 clients that were given the same second do not return in that second.
   */
  maxRetryAfter?: number | undefined;
  /**
   * Returns the wait that a response names, in milliseconds, or `undefined` (or null) for none. Default: the `Retry-After`
   * header, strictly by RFC 9110 10.2.3. A negative number or NaN rejects the call with a RangeError.
   */
  retryAfter?: ((response: Response, date: number) => number | null | undefined) | undefined;
  /** The statuses and methods that are retried. Each list replaces the current one. */
  retryOn?: {
    /** Default 408, 425, 429, 500, 502, 503, 504. */
    statuses?: readonly number[] | undefined;
    /**
     * Default GET, HEAD, OPTIONS, PUT, DELETE, QUERY (RFC 9110 9.2.2). Other methods are retried if they carry an
     * `Idempotency-Key`, if a 429 or 503 has a `Retry-After`, and if the server was never reached.
     */
    methods?: readonly string[] | undefined;
  } | undefined;
  /**
   * Decides whether an outcome is retried. May be async. Default: `({ transient }) => transient`. Called for every outcome,
   * including good ones and the last one. Cannot exceed a hard limit such as `retries`. The call rejects with what it throws.
   * Only `totalTimeout` limits its own time.
   *
   * @example
   * shouldRetry: ({ transient, response }) => transient || response?.headers.get('x-should-retry') === 'true'
   */
  shouldRetry?: ((attempt: Attempt) => boolean | PromiseLike<boolean>) | undefined;
  /**
   * Called for each failed attempt, before the wait that follows. Default none. The call rejects with what it throws. A promise
   * that it returns is not awaited.
   */
  onFailure?: ((failure: Failure) => void) | undefined;
  /**
   * Limits the retries of all calls that share it. Default none. A call that succeeds deposits. A retry that every other limit
   * allows withdraws, and is not made if too little is left. The call rejects with what it throws.
   *
   * @example
   * budget: retryBudget({ capacity: 10, ratio: 0.1 })
   */
  budget?: RetryBudget | undefined;
  /** The source of time. Default `systemClock`. */
  clock?: Clock | undefined;
  /** The source of randomness: returns 0 <= n < 1. Default `Math.random`. */
  random?: (() => number) | undefined;
  /**
   * Called for each attempt. Default: the global fetch, looked up at each attempt. Arguments that the platform's Request
   * rejects are not retried, so a relative URL that only this fetch understands gets one attempt if it fails.
   */
  fetch?: Fetch | undefined;
}

/** Options that are complete and checked. */
export interface ResolvedOptions extends RetryPolicy {
  readonly timeout: number;
  readonly bodyTimeout: number;
  readonly backoff: BackoffSettings | BackoffFunction;
  readonly fetch: Fetch;
}

const defaultBackoff: BackoffSettings = { base: 200, factor: 2, max: 30_000, jitter: 'full' };

export const defaults: ResolvedOptions = {
  retries: 3,
  timeout: 10_000,
  totalTimeout: Infinity,
  bodyTimeout: Infinity,
  backoff: defaultBackoff,
  maxRetryAfter: 60_000,
  retryAfter: retryAfterOf,
  retryOn: {
    statuses: new Set([408, 425, 429, 500, 502, 503, 504]),
    methods: new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY']),
  },
  shouldRetry: undefined,
  onFailure: undefined,
  budget: undefined,
  clock: systemClock,
  random: () => Math.random(),
  fetch: globalFetch,
};

/** Returns whether a member of init is an option, which the platform must not see. */
export const isOption = (name: string): boolean => Object.hasOwn(defaults, name);

export const optionNames: readonly string[] = Object.keys(defaults);

/** Returns the current options with others put over them. Throws for an invalid one, before anything is sent. */
export const resolveOptions = (options: ResilienceOptions, current: ResolvedOptions): ResolvedOptions => merge(options, current, checks);

const timeLimit = numeric('a number of milliseconds > 0', Number.MIN_VALUE);
const finiteDelay = numeric('a finite number of milliseconds >= 0', 0, Number.MAX_VALUE);

const backoff: Check<ResolvedOptions['backoff']> = (value, name, current) => {
  if (typeof value === 'function') return callable(value, name);
  return mergeSettings(value, name, typeof current === 'function' ? defaultBackoff : current, {
    base: finiteDelay,
    factor: numeric('a finite number >= 1', 1, Number.MAX_VALUE),
    max: finiteDelay,
    jitter: oneOf<Jitter>(['full', 'equal', 'decorrelated', 'none']),
  });
};

const retryOn: Check<RetryRules> = (value, name, current) =>
  mergeSettings(value, name, current, {
    statuses: setOf(numeric('an integer from 100 to 599', 100, 599, true)),
    methods: setOf(method),
  });

const method = (value: unknown, name: string): string => {
  const rule = 'a list of method names';
  must(typeof value === 'string', name, rule, value);
  must(/^[\w!#$%&'*+.^`|~-]+$/.test(value), name, rule, value, RangeError);
  return value.toUpperCase();
};

// Created once, because calls have options of their own.
const checks: { readonly [Name in keyof ResolvedOptions]: Check<ResolvedOptions[Name]> } = {
  retries: numeric('an integer >= 0 or Infinity', 0, Infinity, true),
  timeout: timeLimit,
  totalTimeout: timeLimit,
  bodyTimeout: timeLimit,
  backoff,
  maxRetryAfter: numeric('a number of milliseconds >= 0', 0),
  retryAfter: callable,
  retryOn,
  shouldRetry: callable,
  onFailure: callable,
  budget: withMethods('deposit', 'withdraw'),
  clock: withMethods('now', 'date', 'setTimeout', 'clearTimeout'),
  random: callable,
  fetch: callable,
};
