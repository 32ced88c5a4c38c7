import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, TimeoutError, type Clock, type Failure, type Fetch, type ResilienceOptions, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { countAbortListeners } from '../support/abort-listeners.ts';

/** One moment at which a call can be interrupted: by its signal, or by its total timeout. */
interface Race {
  readonly when: string;
  /** The arguments of a call that runs `interrupt` at that moment. The default fetch responds 200. */
  readonly init: (interrupt: () => void) => ResilientInit;
  /** The number of failed attempts before an abort at that moment. */
  readonly failures: 0 | 1;
}

/** A response whose body ends only by an abort of the request, as on the platform. */
function respond(status: number, request: RequestInit | undefined, cancel = (): void => {}): Response {
  const signal = request?.signal;
  return new Response(new ReadableStream({
    start(body) {
      if (signal?.aborted) body.error(signal.reason);
      else signal?.addEventListener('abort', () => body.error(signal.reason), { once: true });
    },
    cancel,
  }), { status });
}

const succeed: Fetch = async (_input, init) => respond(200, init);

/** A fetch that responds 503 to its first request, then 200. */
function failOnce(): Fetch {
  let requests = 0;
  return async (_input, init) => respond((requests += 1) === 1 ? 503 : 200, init);
}

const races: readonly Race[] = [
  // In fetch. A mock may throw, or return no promise.
  { when: 'during the call of fetch', failures: 0, init: (interrupt) => ({ fetch: (_input, init) => { interrupt(); return Promise.resolve(respond(200, init)); } }) },
  { when: 'in a fetch that throws', failures: 0, init: (interrupt) => ({ fetch: () => { interrupt(); throw new TypeError('reset'); } }) },
  { when: 'in a fetch that returns a Response', failures: 0, init: (interrupt) => ({ fetch: asFetch((_input, init) => { interrupt(); return respond(200, init); }) }) },
  { when: 'in a fetch that returns undefined', failures: 0, init: (interrupt) => ({ fetch: asFetch(() => interrupt()) }) },
  { when: 'in a fetch that resolves', failures: 0, init: (interrupt) => ({ fetch: async (_input, init) => { interrupt(); return respond(200, init); } }) },
  { when: 'in a fetch that rejects', failures: 0, init: (interrupt) => ({ fetch: async () => { interrupt(); throw new TypeError('reset'); } }) },

  // In a body factory.
  { when: 'in a body factory', failures: 0, init: (interrupt) => ({ method: 'PUT', body: () => { interrupt(); return 'x'; } }) },
  { when: 'in a body factory that throws', failures: 0, init: (interrupt) => ({ method: 'PUT', body: () => { interrupt(); throw new Error('thrown'); } }) },
  { when: 'in an async body factory', failures: 0, init: (interrupt) => ({ method: 'PUT', body: async () => { await undefined; interrupt(); return 'x'; } }) },
  { when: 'in the second call of a body factory', failures: 1, init: (interrupt) => {
    let calls = 0;
    return { fetch: failOnce(), backoff: { base: 0 }, method: 'PUT', body: () => { if ((calls += 1) === 2) interrupt(); return 'x'; } };
  } },

  // While the outcome of an attempt is classified.
  { when: 'in shouldRetry', failures: 0, init: (interrupt) => ({ fetch: failOnce(), shouldRetry: () => { interrupt(); return true; } }) },
  { when: 'in a shouldRetry that declines', failures: 0, init: (interrupt) => ({ fetch: failOnce(), shouldRetry: () => { interrupt(); return false; } }) },
  { when: 'in a shouldRetry that throws', failures: 0, init: (interrupt) => ({ fetch: failOnce(), shouldRetry: () => { interrupt(); throw new Error('thrown'); } }) },
  { when: 'in a shouldRetry that never settles', failures: 0, init: (interrupt) => ({ fetch: failOnce(), shouldRetry: () => { queueMicrotask(interrupt); return new Promise(() => {}); } }) },
  { when: 'in retryAfter', failures: 1, init: (interrupt) => ({ fetch: failOnce(), retryAfter: () => void interrupt() }) },
  { when: 'in backoff', failures: 1, init: (interrupt) => ({ fetch: failOnce(), backoff: () => { interrupt(); return 10; } }) },
  { when: 'in a backoff that returns 0', failures: 1, init: (interrupt) => ({ fetch: failOnce(), backoff: () => { interrupt(); return 0; } }) },
  { when: 'in random', failures: 1, init: (interrupt) => ({ fetch: failOnce(), random: () => { interrupt(); return 0.5; } }) },
  { when: 'in budget.deposit()', failures: 0, init: (interrupt) => ({ budget: { deposit: interrupt, withdraw: () => true } }) },
  { when: 'in a budget.withdraw() that allows the retry', failures: 1, init: (interrupt) => ({ fetch: failOnce(), budget: { deposit() {}, withdraw: () => { interrupt(); return true; } } }) },
  { when: 'in a budget.withdraw() that refuses the retry', failures: 1, init: (interrupt) => ({ fetch: failOnce(), budget: { deposit() {}, withdraw: () => { interrupt(); return false; } } }) },

  // After a failure.
  { when: 'in onFailure before a retry', failures: 1, init: (interrupt) => ({ fetch: failOnce(), onFailure: interrupt }) },
  { when: 'in onFailure after the last attempt', failures: 1, init: (interrupt) => ({ fetch: failOnce(), retries: 0, onFailure: interrupt }) },
  { when: 'at the start of the wait', failures: 1, init: (interrupt) => ({ fetch: failOnce(), onFailure: () => queueMicrotask(interrupt) }) },
  { when: 'in the cancel of a discarded body, before a retry without a wait', failures: 1, init: (interrupt) => ({ backoff: { base: 0 }, fetch: async (_input, init) => respond(503, init, interrupt) }) },
];

/** A mock fetch that returns no promise, which the types forbid. */
function asFetch(mock: (input: unknown, init?: RequestInit) => unknown): Fetch {
  return mock as unknown as Fetch;
}

/** A clock whose timers fire synchronously, even within a callback of the call. */
function manualClock() {
  const timers = new Map<number, { readonly ms: number; readonly callback: () => void }>();
  let count = 0;
  const clock: Clock = {
    now: () => 0,
    date: () => 0,
    setTimeout: (callback, ms) => {
      timers.set(count += 1, { ms, callback });
      return count;
    },
    // Only setTimeout above creates the timers.
    clearTimeout: (timer) => void timers.delete(timer as number),
  };
  const fire = (isDue: (ms: number) => boolean): void => {
    for (const [id, { ms, callback }] of [...timers]) if (isDue(ms) && timers.delete(id)) callback();
  };
  return { clock, timers, fire };
}

const reason = new Error('the reason');
const totalTimeout = 5_000;

/** Makes a call and interrupts it, then fires the timers of attempts and waits. */
async function interruptedCall(race: Race['init'], by: 'abort' | 'total timeout', options: ResilienceOptions = {}) {
  const { clock, timers, fire } = manualClock();
  const controller = new AbortController();
  const results: unknown[] = [];
  const failures: Failure[] = [];
  const counts = { interrupts: 0, lateRequests: 0 };
  const init = race(() => {
    if ((counts.interrupts += 1) > 1) return;
    if (by === 'abort') controller.abort(reason);
    else fire((ms) => ms === totalTimeout);
  });
  const { onFailure } = init;
  const fetch = init.fetch ?? succeed;

  const call = resilientFetch('http://users.test/1', {
    clock,
    signal: controller.signal,
    totalTimeout,
    ...options,
    ...init,
    fetch: (input, request) => {
      // The platform sends nothing once the signal is aborted.
      if (request?.signal?.aborted) return Promise.reject(request.signal.reason);
      if (counts.interrupts > 0) counts.lateRequests += 1;
      return fetch(input, request);
    },
    onFailure: (failure) => {
      failures.push(failure);
      onFailure?.(failure);
    },
  });
  call.then((response) => results.push(response), (error: unknown) => results.push(error));
  await new FakeClock().settle();
  fire((ms) => ms < totalTimeout);
  await new FakeClock().settle();

  return { results, failures, ...counts, timers: timers.size, listeners: countAbortListeners(controller.signal) };
}

describe('an abort', () => {
  const optionSets = [{}, { timeout: Infinity }, { totalTimeout: Infinity }, { timeout: Infinity, totalTimeout: Infinity }, { bodyTimeout: 1_000 }];

  for (const race of races) {
    for (const options of optionSets) {
      it(`${race.when} rejects the call with its reason, options ${JSON.stringify(Object.keys(options))}`, async () => {
        const { results, failures, interrupts, lateRequests, timers, listeners } = await interruptedCall(race.init, 'abort', options);

        assert.deepEqual(results, [reason]);
        assert.ok(interrupts > 0);
        assert.deepEqual(failuresOf(reason), failures);
        assert.deepEqual(failures.map(({ attempt }) => attempt), failures.map((_failure, index) => index + 1));
        assert.equal(failures.length, race.failures);
        assert.deepEqual([lateRequests, timers, listeners], [0, 0, 0]);
      });
    }
  }
});

describe('a total timeout', () => {
  for (const race of races) {
    it(`that expires ${race.when} rejects the call`, async () => {
      const { results, failures, interrupts, lateRequests, timers, listeners } = await interruptedCall(race.init, 'total timeout');

      const [error] = results;
      assert.ok(error instanceof TimeoutError && error.scope === 'total' && results.length === 1, String(error));
      assert.ok(interrupts > 0);
      assert.deepEqual(failuresOf(error), failures);
      assert.ok(failures.length <= 2);
      assert.deepEqual([lateRequests, timers, listeners], [0, 0, 0]);
    });
  }
});

/** Calls back after some microtasks. */
async function afterMicrotasks(count: number, callback: () => void): Promise<void> {
  for (let index = 0; index < count; index += 1) await undefined;
  callback();
}

describe('an abort around the response', () => {
  const events: readonly { after: string; init: (onEvent: () => void) => ResilientInit }[] = [
    { after: 'the response', init: (onEvent) => ({ fetch: async (_input, init) => { onEvent(); return respond(200, init); } }) },
    { after: 'the call of shouldRetry', init: (onEvent) => ({ fetch: failOnce(), shouldRetry: () => { onEvent(); return false; } }) },
  ];
  for (const { after, init } of events) {
    for (let count = 0; count < 12; count += 1) {
      it(`${count} microtasks after ${after} rejects the call or its body`, async () => {
        const race: Race['init'] = (interrupt) => init(() => void afterMicrotasks(count, interrupt));

        const { results: [result, ...others], timers, listeners } = await interruptedCall(race, 'abort');

        const error = result instanceof Response ? await result.text().catch((reason: unknown) => reason) : result;
        assert.equal(error, reason);
        assert.deepEqual([others, timers, listeners], [[], 0, 0]);
      });
    }
  }
});
