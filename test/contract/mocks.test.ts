import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, type Fetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { countAbortListeners } from '../support/abort-listeners.ts';

const url = 'http://users.test/1';

/** The body of a getter or method that throws when the call uses it. */
function fail(): never {
  throw new Error('used');
}

/** Makes a call while time stands still. Resolves to its result, and counts what the call leaves behind. */
async function outcomeOf(input: unknown, init: Omit<ResilientInit, 'fetch'> & { readonly fetch: unknown }) {
  const clock = new FakeClock();
  const controller = new AbortController();
  let result: unknown = 'pending';

  // A mock may have any type.
  resilientFetch(input as string, { clock, signal: controller.signal, backoff: { base: 0 }, ...init } as ResilientInit)
    .then((response) => { result = response; }, (error: unknown) => { result = error; });
  await clock.settle();

  return { result, pending: clock.pending, listeners: countAbortListeners(controller.signal) };
}

describe('a mock fetch', () => {
  const response = new Response(null);
  const rows: readonly [name: string, fetch: () => unknown, result: unknown][] = [
    ['returns a Response and no promise', () => response, response],
    ['returns a thenable', () => ({ then: (resolve: (value: unknown) => void) => resolve(response) }), response],
    ['returns a thenable that settles twice', () => ({ then(resolve: (value: unknown) => void, reject: () => void) {
      resolve(response);
      reject();
      resolve('again');
    } }), response],
    ['returns undefined', () => undefined, undefined],
    ['resolves to undefined', async () => undefined, undefined],
    ['resolves to null', async () => null, null],
    ['resolves to a string', async () => 'text', 'text'],
  ];
  for (const [name, fetch, expected] of rows) {
    for (const [options, init] of Object.entries({
      'with the defaults': {},
      'with shouldRetry': { shouldRetry: ({ transient }) => transient },
      'with a budget': { budget: { deposit() {}, withdraw: () => true } },
      'with all timeouts': { totalTimeout: 60_000, bodyTimeout: 1_000 },
    } satisfies Record<string, ResilientInit>)) {
      it(`that ${name} determines the result, ${options}`, async () => {
        const { result, pending, listeners } = await outcomeOf(url, { ...init, onFailure: fail, fetch });

        assert.equal(result, expected);
        assert.deepEqual([failuresOf(result), pending, listeners], [[], 0, 0]);
      });
    }
  }

  it('may resolve to an object whose body is a string, which a signal cannot abort', async () => {
    const mock = { status: 200, body: 'text' };

    const { result, pending, listeners } = await outcomeOf(url, { fetch: async () => mock });

    assert.equal(result, mock);
    assert.deepEqual([pending, listeners], [0, 0]);
  });

  it('rejects the call once when a getter of its response throws', async () => {
    const mocks = [{ get status() { return fail(); } }, { status: 200, get body() { return fail(); } }];
    for (const mock of mocks) {
      for (const init of [{}, { totalTimeout: 60_000 }]) {
        const { result, pending, listeners } = await outcomeOf(url, { ...init, retries: 0, fetch: async () => mock });

        assert.equal(String(result), 'Error: used');
        assert.deepEqual([pending, listeners], [0, 0]);
      }
    }
  });

  it('may resolve to a response whose body getter throws when it is discarded', async () => {
    const mock = { status: 503, headers: new Headers(), get body() { return fail(); } };

    const retried = await outcomeOf(url, { timeout: Infinity, fetch: async () => mock });
    const thrown = await outcomeOf(url, { timeout: Infinity, fetch: async () => mock, onFailure: () => { throw new Error('thrown'); } });

    assert.deepEqual(retried, { result: mock, pending: 0, listeners: 0 });
    assert.equal(String(thrown.result), 'Error: thrown');
  });

  it('may leave the body of a Request unread, for the caller to use, when there are no retries', async () => {
    const request = new Request(url, { method: 'PUT', body: 'x' });

    await outcomeOf(request, { retries: 0, fetch: async () => response });

    assert.equal(request.bodyUsed, false);
  });

  it('is called again after an error with a body factory that returns null', async () => {
    const outcomes = [() => Promise.reject(new TypeError('reset')), async () => response];

    const { result } = await outcomeOf(url, { body: () => null, fetch: () => outcomes.shift()?.() });

    assert.equal(result, response);
  });

  it('may resolve to a response whose body throws, or returns no promise, when it is cancelled', async () => {
    for (const cancel of [() => undefined, fail]) {
      const bodies = [{ locked: false, cancel }];
      const mock = async (): Promise<unknown> => ({ status: bodies.length > 0 ? 503 : 200, body: bodies.pop() });

      const { result, pending } = await outcomeOf(url, { fetch: mock });

      assert.deepEqual(result, { status: 200, body: undefined });
      assert.equal(pending, 0);
    }
  });

  it('that throws does not replace the reason of an abort before the call', async () => {
    const { result } = await outcomeOf(url, { fetch: fail, signal: AbortSignal.abort('reason') });

    assert.equal(result, 'reason');
  });
});

describe('arguments that throw when they are read', () => {
  const rows: readonly [name: string, input: unknown, init: Record<string, unknown>][] = [
    ['a URL', { toString: fail }, {}],
    ['headers', url, { headers: { [Symbol.iterator]: fail } }],
  ];
  for (const [name, input, init] of rows) {
    it(`reject the call and leave no timer and no listener: ${name}`, async () => {
      const { result, pending, listeners } = await outcomeOf(input, { ...init, totalTimeout: 60_000, fetch: async () => new Response() });

      assert.equal(String(result), 'Error: used');
      assert.deepEqual([pending, listeners], [0, 0]);
    });
  }

  for (const [name, options] of Object.entries({ 'an attempt': { retries: 0 }, 'a total': { totalTimeout: 60_000 } })) {
    it(`are read before the timer of ${name} timeout starts, and report no failure`, async () => {
      const clock = new FakeClock();
      const { signal } = new AbortController();
      const failures: unknown[] = [];
      const api = resilientFetch.with({ ...options, clock, onFailure: (failure) => failures.push(failure), fetch: async () => new Response() });
      const calls: Promise<unknown>[] = [];

      // The getter throws at its n-th read.
      for (let reads = 1; reads <= 10; reads += 1) {
        let readsLeft = reads;
        const init = { signal, get method() { return (readsLeft -= 1) === 0 ? fail() : 'GET'; } };
        calls.push(api(url, init).catch((error: unknown) => error));
        await clock.settle();
      }
      const { pending } = clock;
      await clock.advance(100_000);

      const results = await Promise.all(calls);
      assert.ok(results.some((result) => String(result) === 'Error: used') && results.at(-1) instanceof Response);
      assert.deepEqual([pending, failures], [0, []]);
    });
  }
});

describe('the global Promise', () => {
  it('may differ from the Promise of async functions', async (t) => {
    const { Promise } = globalThis;
    t.after(() => { globalThis.Promise = Promise; });
    const failures: unknown[] = [];
    const statuses = [200, 201];
    const fetch: Fetch = async () => new Response(null, { status: statuses.shift() ?? 404 });

    globalThis.Promise = class<Value> extends Promise<Value> {} as PromiseConstructor;
    const { status } = await resilientFetch(url, { fetch, backoff: { base: 0 }, shouldRetry: ({ response }) => response?.status === 200, onFailure: (failure) => failures.push(failure) });

    assert.equal(status, 201);
    assert.equal(failures.length, 1);
  });
});
