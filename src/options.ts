import type { Backoff, BackoffFunction, BackoffSettings, Jitter } from './backoff.ts';
import { callable, checkMembers, merge, numeric, oneOf, setOf, withMethods, type Check } from './checks.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Fetch } from './dispatch.ts';
import { invalidOption } from './errors.ts';
import type { Failure } from './failures.ts';
import { globalFetch } from './global-fetch.ts';
import { retryAfterOf } from './retry-after.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { Attempt, RetryPolicy, RetryRules } from './retry-policy.ts';

/** The options of `resilientFetch`, beside fetch's own. Each one that is absent or `undefined` has its default. */
export interface ResilienceOptions {
  /**
   * How many attempts may follow the first. Default 3, at most 4 requests; 0 turns retries off; `Infinity` leaves the end
   * to the other limits. Where it is 0, no time is limited and nothing is to be asked or told, the call is fetch's own.
   */
  retries?: number | undefined;
  /**
   * Milliseconds from sending an attempt to its response headers. Default 10 000; `Infinity` is no limit; 0 is refused.
   * An attempt cut by it counts as failed, and the last one rejects with a `TimeoutError` of scope `'attempt'`.
   */
  timeout?: number | undefined;
  /**
   * Milliseconds from the call until it settles, attempts and waits included. Default `Infinity`. An attempt in flight is
   * cut with a `TimeoutError` of scope `'total'`; a wait that cannot end in time is not begun, and what came last is
   * handed over at once.
   */
  totalTimeout?: number | undefined;
  /**
   * Milliseconds that the returned body may be silent while someone waits for its next chunk. Default `Infinity`. The
   * read rejects with a `TimeoutError` of scope `'body'`, and the connection is closed. Only where it is finite does the
   * caller get a Response of ours in place of the platform's, alike in all but identity. A stalled body is not retried.
   */
  bodyTimeout?: number | undefined;
  /**
   * The waits between attempts. Default `{ base: 200, factor: 2, max: 30_000, jitter: 'full' }`; settings that are given
   * are merged into those in force, a function replaces them. With `'none'` or a function, nothing but that is added to
   * what a server asks for.
   */
  backoff?: Backoff | undefined;
  /**
   * The longest `Retry-After`, in milliseconds, that is waited out. Default 60 000. Above it no retry is made, and the
   * response is handed over at once. What chance adds to the wait comes on top: the backoff, or up to a quarter of
   * `Retry-After` if that is more, so that 100 000 clients who were told the same second do not come back in one.
   */
  maxRetryAfter?: number | undefined;
  /**
   * Reads a response's own wish for the wait, in milliseconds, or `undefined` (or null) where it has none. Default: the
   * `Retry-After` header, strictly by RFC 9110 10.2.3. A negative number or NaN rejects the call with a RangeError.
   */
  retryAfter?: ((response: Response, date: number) => number | null | undefined) | undefined;
  /** What the rules take as worth repeating. Each list replaces the one in force. */
  retryOn?: {
    /** Default 408, 425, 429, 500, 502, 503, 504. */
    statuses?: readonly number[] | undefined;
    /**
     * Default GET, HEAD, OPTIONS, PUT, DELETE, QUERY (RFC 9110 9.2.2). Other methods are repeated too where they carry an
     * `Idempotency-Key`, where a 429 or 503 names a `Retry-After`, and where the server was never reached.
     */
    methods?: readonly string[] | undefined;
  } | undefined;
  /**
   * Has the last word on what is worth repeating; may be async. Default: `({ transient }) => transient`. Asked about every
   * outcome, good ones and the last one too; never passes a hard limit. What it throws, the call rejects with. Its own time
   * is bounded by `totalTimeout` alone.
   *
   * @example
   * shouldRetry: ({ transient, response }) => transient || response?.headers.get('x-should-retry') === 'true'
   */
  shouldRetry?: ((attempt: Attempt) => boolean | PromiseLike<boolean>) | undefined;
  /**
   * Told of each failed attempt before the wait that follows it. Default none. What it throws, the call rejects with; a
   * promise that it returns is not waited for.
   */
  onFailure?: ((failure: Failure) => void) | undefined;
  /**
   * What retries are paid from, by all who share it. Default none. A call that ends well deposits; a retry that every other
   * limit allows withdraws, and if too little is left, is not made. What it throws, the call rejects with.
   *
   * @example
   * budget: retryBudget({ capacity: 10, ratio: 0.1 })
   */
  budget?: RetryBudget | undefined;
  /** Where time comes from. Default `systemClock`. */
  clock?: Clock | undefined;
  /** Where chance comes from: 0 <= n < 1. Default `Math.random`. */
  random?: (() => number) | undefined;
  /**
   * What makes the attempts. Default the global fetch, looked up at each attempt. What the platform's own Request refuses
   * is not tried again, so a relative URL that only this fetch understands gets one attempt if it fails.
   */
  fetch?: Fetch | undefined;
}

/** Options that are whole and sound, so that layers may trust them. */
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

/** Whether a member of init is ours, to be taken off before the platform sees it. */
export const isOption = (name: string): boolean => Object.hasOwn(defaults, name);

export const optionNames: readonly string[] = Object.keys(defaults);

/** Throws unless these are options, every one of them known. */
export const checkOptions = (given: unknown): void => checkMembers(given, 'options', optionNames);

/** Puts options over those in force. Throws for any that cannot be used, before anything is sent. */
export const resolveOptions = (given: ResilienceOptions, present: ResolvedOptions): ResolvedOptions => merge(given, present, checks);

const timeLimit = numeric('a number of milliseconds > 0', (value) => value > 0);
const finiteDelay = numeric('a finite number of milliseconds >= 0', (value) => value >= 0 && value < Infinity);

const backoff: Check<ResolvedOptions['backoff']> = (value, name, present) => {
  if (typeof value === 'function') return callable(value, name);
  checkMembers(value, name, Object.keys(defaultBackoff));
  return merge(value, typeof present === 'function' ? defaultBackoff : present, {
    base: finiteDelay,
    factor: numeric('a finite number >= 1', (number) => number >= 1 && number < Infinity),
    max: finiteDelay,
    jitter: oneOf<Jitter>(['full', 'equal', 'decorrelated', 'none']),
  }, `${name}.`);
};

const retryOn: Check<RetryRules> = (value, name, present) => {
  checkMembers(value, name, Object.keys(present));
  return merge(value, present, {
    statuses: setOf(numeric('an integer from 100 to 599', (status) => Number.isInteger(status) && status >= 100 && status <= 599)),
    methods: setOf(method),
  }, `${name}.`);
};

const method = (value: unknown, name: string): string => {
  if (typeof value !== 'string') throw invalidOption(name, 'a list of method names', value, TypeError);
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(value)) throw invalidOption(name, 'a list of method names', value, RangeError);
  return value.toUpperCase();
};

// Made once, as calls have options of their own.
const checks: { readonly [Name in keyof ResolvedOptions]: Check<ResolvedOptions[Name]> } = {
  retries: numeric('an integer >= 0 or Infinity', (value) => value >= 0 && (Number.isInteger(value) || value === Infinity)),
  timeout: timeLimit,
  totalTimeout: timeLimit,
  bodyTimeout: timeLimit,
  backoff,
  maxRetryAfter: numeric('a number of milliseconds >= 0', (value) => value >= 0),
  retryAfter: callable,
  retryOn,
  shouldRetry: callable,
  onFailure: callable,
  budget: withMethods('deposit', 'withdraw'),
  clock: withMethods('now', 'date', 'setTimeout', 'clearTimeout'),
  random: callable,
  fetch: callable,
};
