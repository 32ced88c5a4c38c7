/* Right and wrong uses that hold wherever there is a fetch. Compiled, never run. */
import {
  failuresOf, parseRetryAfter, resilientFetch, systemClock, TimeoutError,
  type Attempt, type Backoff, type Clock, type Failure, type Fetch, type ResilienceOptions, type ResilientFetch, type ResilientInit,
} from 'resilient-fetch';
import { FakeClock, scriptedFetch, seededRandom } from 'resilient-fetch/testing';

const url = 'https://users.test/1';

// What fetch takes, and what it gives.
const answer: Promise<Response> = resilientFetch(url);
resilientFetch(new URL(url), { method: 'POST', body: 'x', headers: { accept: 'text/plain' }, redirect: 'manual' });
resilientFetch(new Request(url), { headers: new Headers(), signal: new AbortController().signal });
resilientFetch(url, { signal: null, body: null });
resilientFetch(url, { signal: undefined, body: undefined, retries: undefined, backoff: undefined });

// Ours, beside fetch's own.
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

// Other defaults, and other clients' fetch.
const options: ResilienceOptions = { retries: 0 };
const api: ResilientFetch = resilientFetch.with(options).with({ timeout: Infinity });
const plain: Fetch = api;
resilientFetch.with({ fetch });
resilientFetch.with({ fetch: plain, clock: systemClock, random: Math.random });

// What went wrong, and the rest.
const statuses: (number | undefined)[] = failuresOf(await answer).map(({ status }) => status);
const wait: number | undefined = parseRetryAfter('120', Date.now());
const isOurs = (error: unknown): boolean => error instanceof TimeoutError && error.scope === 'attempt' && error.timeout > 0;
const named: DOMException = new TimeoutError('total', 1);

// In virtual time.
const clock: Clock = new FakeClock();
const script = scriptedFetch([503, new TypeError('reset'), 'hang', { after: 2_000, outcome: new Response() }], new FakeClock());
const times: readonly number[] = script.times;
resilientFetch(url, { clock, fetch: script, random: seededRandom(1) });

// @ts-expect-error: fetch wants to know what to fetch
resilientFetch();
// @ts-expect-error: a number is not text
resilientFetch(url, { retries: '3' });
// @ts-expect-error: null is not absent
resilientFetch(url, { timeout: null });
// @ts-expect-error: a typing error in an option's name
resilientFetch(url, { retires: 3 });
// @ts-expect-error: the same for other defaults
resilientFetch.with({ totalTimeuot: 3 });
// @ts-expect-error: defaults hold no headers, as fetch's own members go with a call
resilientFetch.with({ headers: {} });
// @ts-expect-error: no such jitter
const backoff: Backoff = { jitter: 'some' };
// @ts-expect-error: a wait is a number of milliseconds
resilientFetch(url, { backoff: () => '1s' });
// @ts-expect-error: a predicate says yes or no
resilientFetch(url, { shouldRetry: () => 'yes' });
// @ts-expect-error: a record cannot be changed
resilientFetch(url, { onFailure: (failure) => { failure.attempt = 1; } });
// @ts-expect-error: a clock has four members
resilientFetch(url, { clock: { now: () => 0 } });
// @ts-expect-error: no such scope
new TimeoutError('attempts', 1);
// @ts-expect-error: a promise, not a Response
const early: Response = resilientFetch(url);
// @ts-expect-error: what an attempt came to is a response or an error, never both
const both = ({ response, error }: Attempt) => response?.status && error.message;
// @ts-expect-error: what is inside stays inside
import { withRetry } from 'resilient-fetch';
// @ts-expect-error: the testing entry is another door
import { FakeClock as Hidden } from 'resilient-fetch';
