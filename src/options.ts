import { repeatableMethods, type Layer } from './attempt-context.ts';
import type { Backoff, BackoffFunction, BackoffSettings, Jitter } from './backoff.ts';
import { callable, merge, mergeSettings, must, numeric, oneOf, setOf, withMethods, type Check } from './checks.ts';
import { systemClock, systemRandom, type Clock } from './clock.ts';
import type { Fetch } from './dispatch.ts';
import type { Failure } from './failures.ts';
import { isObject, isPlain } from './fetch-arguments.ts';
import { globalFetch } from './global-fetch.ts';
import type { RequestFacts } from './request.ts';
import { retryAfterOf } from './retry-after.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { Attempt, RetryAfterReader, RetryPolicy, RetryRules } from './retry-policy.ts';

/**
 * The options of `resilientFetch`, beside fetch's own members of init. An option that is absent or `undefined` keeps its current
 * value: that of `with()`, else the default. `null` takes an option back to its default.
 */
export interface ResilienceOptions {
  /**
   * The number of attempts after the first. Default 3, so at most 4 requests. 0 turns retries off; `Infinity` leaves only the
   * other limits. With 0, no time limit, and no hook, predicate, budget, layer, idempotency key or body factory, the call is
   * passed to fetch as it is.
   *
   * @example
   * const response = await resilientFetch(url, { retries: 5 });
   */
  retries?: number | null | undefined;
  /**
   * Milliseconds from sending an attempt to its response headers. Default 10 000; `Infinity` or `false` for no limit; 0 is
   * invalid. A body in init whose size is known (string, buffer, Blob, FormData, URLSearchParams) adds 1 s for each full
   * 64 kB; a stream or async iterable in init has no such limit, because a slow upload is not a silent server. A Request's own
   * body adds nothing. An attempt that takes longer is aborted and counts as failed. The last one rejects with a
   * `TimeoutError` of scope `'attempt'`.
   *
   * @example
   * const api = resilientFetch.with({ timeout: 3_000, bodyTimeout: 3_000 }); // The body has a limit of its own.
   */
  timeout?: number | false | null | undefined;
  /**
   * Milliseconds for everything: attempts, waits, and the body to its last byte. Default `Infinity` (`false` too). An attempt in
   * flight, or a read of the body, is aborted with a `TimeoutError` of scope `'total'`. A wait that cannot end in time is not
   * begun: you get the last response or error at once. Read or cancel the body, or the timer runs until the limit. A finite
   * value gives you a Response that wraps the platform's, alike in all but identity.
   *
   * @example
   * const api = resilientFetch.with({ totalTimeout: 30_000 });
   */
  totalTimeout?: number | false | null | undefined;
  /**
   * The longest silence of the returned body, in milliseconds, while you wait for its next chunk. Default `Infinity` (`false`
   * too). The read rejects with a `TimeoutError` of scope `'body'`, and the connection is closed. A finite value gives you a Response
   * that wraps the platform's, alike in all but identity. A stalled body is not retried.
   *
   * @example
   * const text = await (await resilientFetch(url, { bodyTimeout: 5_000 })).text();
   */
  bodyTimeout?: number | false | null | undefined;
  /**
   * The waits between attempts. Default `{ base: 200, factor: 2, max: 30_000, jitter: 'full' }`. Settings are merged into the
   * current ones, a function replaces them. With jitter `'none'` or a function, only the backoff is added to a `Retry-After`.
   * A function has no cap and no jitter except its own.
   *
   * @example
   * const api = resilientFetch.with({ backoff: { base: 500, jitter: 'equal' } });
   * const fixed = resilientFetch.with({ backoff: (retry) => 1_000 * retry });
   */
  backoff?: Backoff | null | undefined;
  /**
   * The longest `Retry-After`, in milliseconds, that a call waits for. Default 60 000. Above it no retry is made, and you get
   * the response at once. The jitter comes on top: the backoff, or up to a quarter of `Retry-After` if that is longer, so
   * that 100 000 clients that were given the same second do not return in that second.
   *
   * @example
   * const api = resilientFetch.with({ maxRetryAfter: 5_000 }); // For a page that somebody waits for.
   */
  maxRetryAfter?: number | null | undefined;
  /**
   * Returns the wait that a response names, in milliseconds: `undefined` leaves it to the `Retry-After` header, `null` means
   * none. Default `retryAfterOf`: the header, strictly by RFC 9110 10.2.3. May be async: read the body of a clone, since a
   * `rateGate` calls it too. A negative number or NaN rejects the call with a RangeError.
   *
   * @example
   * const api = resilientFetch.with({
   *   retryAfter: async (response) => {
   *     if (response.status !== 429) return undefined;
   *     const { seconds } = await response.clone().json() as { seconds: number };
   *     return seconds * 1_000;
   *   },
   * });
   */
  retryAfter?: RetryAfterReader | null | undefined;
  /**
   * The statuses and methods that are retried. Each list replaces the current one: name the defaults that you keep.
   *
   * @example
   * const api = resilientFetch.with({ retryOn: { statuses: [502, 503, 504] } });
   */
  retryOn?: {
    /** Default 408, 425, 429, 500, 502, 503, 504. */
    statuses?: readonly number[] | undefined;
    /**
     * Default GET, HEAD, OPTIONS, PUT, DELETE, QUERY (RFC 9110 9.2.2). Other methods are retried if they carry an
     * `Idempotency-Key`; if a 429 or 503 that was not redirected has a `Retry-After`; and if the platform proves that nothing was
     * sent, where `redirect` is `'manual'` or `'error'`. After a redirect, an error says nothing about the first request.
     * The list is converted to upper case, and the method of a call is not: write `PATCH`, because fetch sends `patch` as it is.
     */
    methods?: readonly string[] | undefined;
  } | null | undefined;
  /**
   * Decides whether an outcome is retried. May be async. Default: `({ transient }) => transient`. Called for every outcome,
   * including good ones and the last one. Cannot exceed a hard limit such as `retries`. The call rejects with what it throws.
   * Only `totalTimeout` limits its own time.
   *
   * @example
   * const api = resilientFetch.with({
   *   shouldRetry: ({ transient, response }) => transient || response?.headers.get('x-should-retry') === 'true',
   * });
   */
  shouldRetry?: ((attempt: Attempt) => boolean | PromiseLike<boolean>) | null | undefined;
  /**
   * Called for each failed attempt, before the wait that follows. Default none. May be async: it is awaited, until the caller
   * aborts or `totalTimeout` runs out. The call rejects with what it throws or rejects with.
   *
   * @example
   * const api = resilientFetch.with({
   *   onFailure: ({ method, url, attempt, status, error, delay }) => console.warn(method, url, attempt, status ?? error, delay),
   * });
   */
  onFailure?: ((failure: Failure) => unknown) | null | undefined;
  /**
   * Limits the retries of all calls that share it. Default none. A call that succeeds deposits. A retry that every other limit
   * allows withdraws, and is not made if too little is left. The call rejects with what it throws. Create it once: a new budget
   * for each call limits nothing.
   *
   * @example
   * const api = resilientFetch.with({ budget: retryBudget() });
   */
  budget?: RetryBudget | null | undefined;
  /**
   * Adds an `Idempotency-Key` header to each POST and PATCH that has none, the same one on every attempt, so that they are
   * retried. Default none. `true` generates a quoted UUID, as draft-ietf-httpapi-idempotency-key-header requires, by
   * `crypto.randomUUID`, which browsers have on https pages only; a function returns the value. Use it with services that know
   * the header: others send twice what you send twice.
   *
   * @example
   * await resilientFetch(url, { method: 'POST', body: '{}', idempotencyKey: true });
   */
  idempotencyKey?: boolean | ((request: RequestFacts) => string) | null | undefined;
  /**
   * Wrappers of fetch that each attempt is sent through, the first outermost: between the retries and the attempt's timeout.
   * Default none. The layers of `with()` and of a call are added inside the current ones; `null` removes all. Each copy of
   * resilientFetch applies its layers once, and each call applies its own. State that calls share belongs outside of
   * `layer(next)`. Many published wrappers of fetch fit; `resilient-fetch/layers` has some for quotas, failing services, slow
   * services and tokens.
   *
   * @example
   * const api = resilientFetch.with({ layers: [rateGate(), circuitBreaker()] });
   */
  layers?: readonly Layer[] | null | undefined;
  /**
   * The source of time. Default `systemClock`. With a FakeClock, await `clock.run(call)`: time passes only when you advance it.
   *
   * @example
   * const clock = new FakeClock();
   * const response = await clock.run(resilientFetch(url, { clock, fetch: scriptedFetch([503, 200], clock) }));
   */
  clock?: Clock | null | undefined;
  /**
   * The source of randomness: returns 0 <= n < 1. Default `Math.random`. A constant makes waits the same in each test, and
   * removes the jitter.
   *
   * @example
   * const api = resilientFetch.with({ random: seededRandom(1) });
   */
  random?: (() => number) | null | undefined;
  /**
   * Called for each attempt. Default: the global fetch, looked up at each attempt. Arguments that the platform's Request
   * rejects are not retried, so a relative URL that only this fetch understands gets one attempt if it fails.
   *
   * @example
   * const api = resilientFetch.with({ fetch: (input, init) => fetch(input, { ...init, credentials: 'include' }) });
   */
  fetch?: Fetch | null | undefined;
}

/** Options that are complete and checked. */
export interface ResolvedOptions extends RetryPolicy {
  readonly timeout: number;
  readonly bodyTimeout: number;
  readonly backoff: BackoffSettings | BackoffFunction;
  readonly fetch: Fetch;
  readonly idempotencyKey: ((request: RequestFacts) => string) | undefined;
  readonly layers: readonly Layer[];
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
    methods: repeatableMethods,
  },
  shouldRetry: undefined,
  onFailure: undefined,
  budget: undefined,
  idempotencyKey: undefined,
  layers: [],
  clock: systemClock,
  random: systemRandom,
  fetch: globalFetch,
};

/** Returns whether a member of init is an option, which the platform must not see. */
export const isOption = (name: string): boolean => Object.hasOwn(defaults, name);

export const optionNames: readonly string[] = Object.keys(defaults);

/** The names that other libraries have for our options. None is a name of a platform or framework. */
const otherNames: Readonly<Record<string, string>> = {
  retry: 'retries', maxRetries: 'retries', retryCount: 'retries', retryLimit: 'retries', attempts: 'retries', maxAttempts: 'retries',
  retryDelay: 'backoff', minTimeout: 'backoff', retryCondition: 'shouldRetry', onRetry: 'onFailure', onFailedAttempt: 'onFailure',
  retryStatusCodes: 'retryOn', timeoutMs: 'timeout',
};

/**
 * Returns whether init has options. Throws for one under the name of another library, which would have no effect. Other unknown
 * names are left to the platform. `false` is accepted, because clients pass on that their own retries are off.
 */
export function hasOptions(init: unknown): init is ResilienceOptions {
  if (!isObject(init)) return false;
  let isFound = false;
  for (const name in init) {
    const value: unknown = init[name as keyof object];
    if (isOption(name)) isFound = true;
    else if (Object.hasOwn(otherNames, name) && value !== undefined && value !== null && value !== false) throw unknownOption(name);
  }
  // Accessors of a class are not enumerable, but count as in fetch.
  return isFound || (!isPlain(init) && optionNames.some((name) => name in init));
}

/** Throws unless the value is an object with known options only. */
export function checkOptions(options: unknown): void {
  must(isObject(options) && typeof options !== 'function' && !Array.isArray(options), 'options', 'an object', options);
  const unknown = Object.keys(options).find((name) => !isOption(name));
  if (unknown !== undefined) throw unknownOption(unknown);
}

const unknownOption = (name: string): TypeError =>
  new TypeError(`Unknown option '${name}': did you mean '${Object.hasOwn(otherNames, name) ? otherNames[name] : nearestTo(name)}'?`);

/** The option that shares most pairs of letters with the name. */
function nearestTo(name: string): string {
  const pairsOf = (word: string): string[] => Array.from(word.toLowerCase(), (_letter, index) => word.toLowerCase().slice(index, index + 2));
  const pairs = pairsOf(name);
  const likeness = (option: string): number => pairsOf(option).filter((pair) => pairs.includes(pair)).length / (option.length + name.length);
  return optionNames.reduce((best, option) => (likeness(option) > likeness(best) ? option : best));
}

/** Returns the current options with others put over them. Throws for an invalid one, before anything is sent. */
export const resolveOptions = (options: ResilienceOptions, current: ResolvedOptions): ResolvedOptions =>
  merge(options, current, checks, '', defaults);

const milliseconds = numeric('false or a number of milliseconds > 0', Number.MIN_VALUE);
const timeLimit = (value: unknown, name: string): number => (value === false ? Infinity : milliseconds(value, name));
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

const uuid = (): string => `"${crypto.randomUUID()}"`;

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
  idempotencyKey: (value, name) => (value === false ? undefined : value === true ? uuid : callable(value, name)),
  layers: (value, name, current) => {
    must(Array.isArray(value), name, 'an array of functions', value);
    return [...current, ...value.map((layer) => callable<Layer>(layer, name))];
  },
  clock: withMethods('now', 'date', 'setTimeout', 'clearTimeout'),
  random: callable,
  fetch: callable,
};
