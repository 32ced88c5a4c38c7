/* Correct and wrong uses on every platform with fetch. Compiled, never run. */
import {
  failuresOf, parseRetryAfter, resilientFetch, retryBudget, systemClock, TimeoutError,
  type Attempt, type AttemptContext, type Backoff, type Clock, type Failure, type Fetch, type Layer, type ResilienceOptions, type ResilientFetch,
  type ResilientInit, type RetryBudget,
} from 'resilient-fetch';
import {
  circuitBreaker, CircuitOpenError, concurrencyLimit, firstOf, hedge, rateGate, rateLimitHint, rateLimitReset, retryAfterMs, setHeaders, withToken,
  type RateGateOptions,
} from 'resilient-fetch/layers';
import { FakeClock, scriptedFetch, seededRandom } from 'resilient-fetch/testing';

const url = 'https://users.test/1';

// The arguments and the result of fetch.
const answer: Promise<Response> = resilientFetch(url);
resilientFetch(new URL(url), { method: 'POST', body: 'x', headers: { accept: 'text/plain' }, redirect: 'manual' });
resilientFetch(new Request(url), { headers: new Headers(), signal: new AbortController().signal });
resilientFetch(url, { signal: null, body: null });
resilientFetch(url, { signal: undefined, body: undefined, retries: undefined, backoff: undefined });

// Options beside the members of fetch's init.
const init: ResilientInit = { retries: 5, timeout: 3_000, totalTimeout: 30_000, maxRetryAfter: 60_000 };
resilientFetch(url, { ...init, body: () => new Blob(['x']) });
resilientFetch(url, { body: async () => 'x' });
resilientFetch(url, { method: 'PUT', body: () => 'x', duplex: 'half' });
resilientFetch(url, { backoff: { jitter: 'equal' }, retryOn: { statuses: [404] as const } });
resilientFetch(url, { backoff: (retry, random, previous) => retry * random + previous });
resilientFetch(url, { retryAfter: (response, date) => Number(response.headers.get('x-wait')) - date });
resilientFetch(url, { shouldRetry: ({ transient, response }) => transient || response?.status === 404 });
resilientFetch(url, { shouldRetry: async ({ kind, error }: Attempt) => kind !== 'response' && error !== undefined });
resilientFetch(url, { onFailure: ({ attempt, delay = 0 }: Failure) => void (attempt + delay) });

resilientFetch(url, { onFailure: async ({ method, url, stopped }) => console.log(method, url, stopped) });

// Switches, and a return to the defaults.
resilientFetch(url, { timeout: false, totalTimeout: false, bodyTimeout: false, idempotencyKey: false });
resilientFetch(url, { retries: null, timeout: null, backoff: null, retryOn: null, shouldRetry: null, onFailure: null, budget: null, layers: null, fetch: null });
resilientFetch(url, { idempotencyKey: true });
resilientFetch(url, { idempotencyKey: ({ method, url, headers }) => method + url + headers.get('x-order') });

// Layers, in the option and around any fetch.
const logged: Layer = (next) => async (input, init, context) => {
  console.log(context?.attempt, context?.left);
  return next(input, init, context);
};
const gate: RateGateOptions = { max: 10_000, spread: 0.5, key: (url) => url };
resilientFetch.with({ layers: [logged, rateGate(gate), circuitBreaker(), concurrencyLimit({ max: 4 }), hedge({ after: 250, urls: [url] })] });
resilientFetch(url, { layers: [setHeaders(({ attempt, url, random }: AttemptContext) => ({ 'x-attempt': `${attempt} ${url} ${random()}` }))] as const });
withToken({ get: () => 'token', refresh: async (expired, signal) => `${expired} ${signal.aborted}` });
withToken<{ id: number }>({ get: async () => ({ id: 1 }), refresh: ({ id }) => ({ id }), header: ({ id }) => ({ 'x-token': String(id) }) });
const gated: Promise<Response> = rateGate()(fetch)(url, { method: 'POST' });
resilientFetch.with({ retryAfter: firstOf(retryAfterMs, rateLimitHint, rateLimitReset) });
const openFor = (error: unknown): number | undefined => (error instanceof CircuitOpenError ? error.retryAfter : undefined);
const budget: RetryBudget = retryBudget({ reserve: 10, ratio: 0.1, window: 10_000 });
resilientFetch.with({ budget, fetch: rateGate()(resilientFetch) });

// Other defaults, and another fetch.
const options: ResilienceOptions = { retries: 0 };
const api: ResilientFetch = resilientFetch.with(options).with({ timeout: Infinity });
const plain: Fetch = api;
resilientFetch.with({ fetch });
resilientFetch.with({ fetch: plain, clock: systemClock, random: Math.random });

// Failures, and the other exports.
const statuses: (number | undefined)[] = failuresOf(await answer).map(({ status }) => status);
const wait: number | undefined = parseRetryAfter('120', Date.now());
const isOurs = (error: unknown): boolean => error instanceof TimeoutError && error.scope === 'attempt' && error.timeout > 0;
const named: DOMException = new TimeoutError('total', 1);

// A fake clock and a scripted fetch.
const clock: Clock = new FakeClock();
const script = scriptedFetch([503, new TypeError('reset'), 'hang', { after: 2_000, outcome: new Response() }], new FakeClock());
const times: readonly number[] = script.times;
resilientFetch(url, { clock, fetch: script, random: seededRandom(1) });

// @ts-expect-error: fetch requires an argument
resilientFetch();
// @ts-expect-error: retries is a number, not a string
resilientFetch(url, { retries: '3' });
// @ts-expect-error: false switches off time limits only
resilientFetch(url, { retries: false });
// @ts-expect-error: a limit needs its size
concurrencyLimit({});
// @ts-expect-error: a layer is a function, not an object
resilientFetch(url, { layers: [{ max: 1 }] });
// @ts-expect-error: a token is refreshed by a function
withToken({ get: () => 'token' });
// @ts-expect-error: the former name of the reserve
retryBudget({ capacity: 10 });
// @ts-expect-error: a misspelt option
resilientFetch(url, { retires: 3 });
// @ts-expect-error: a misspelt default
resilientFetch.with({ totalTimeuot: 3 });
// @ts-expect-error: with() takes options only, not the members of fetch's init
resilientFetch.with({ headers: {} });
// @ts-expect-error: an unknown jitter
const backoff: Backoff = { jitter: 'some' };
// @ts-expect-error: a delay is a number of milliseconds
resilientFetch(url, { backoff: () => '1s' });
// @ts-expect-error: a predicate returns a boolean
resilientFetch(url, { shouldRetry: () => 'yes' });
// @ts-expect-error: a failure is read-only
resilientFetch(url, { onFailure: (failure) => { failure.attempt = 1; } });
// @ts-expect-error: a clock has four members
resilientFetch(url, { clock: { now: () => 0 } });
// @ts-expect-error: an unknown scope
new TimeoutError('attempts', 1);
// @ts-expect-error: a promise, not a Response
const early: Response = resilientFetch(url);
// @ts-expect-error: an attempt has a response or an error, never both
const both = ({ response, error }: Attempt) => response?.status && error.message;
// @ts-expect-error: withRetry is internal
import { withRetry } from 'resilient-fetch';
// @ts-expect-error: rateGate is exported by resilient-fetch/layers
import { rateGate as AlsoNotExported } from 'resilient-fetch';
// @ts-expect-error: FakeClock is exported by resilient-fetch/testing
import { FakeClock as NotExported } from 'resilient-fetch';
