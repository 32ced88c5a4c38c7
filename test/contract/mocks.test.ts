import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, type Fetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';

const url = 'http://users.test/1';

function fail(): never {
  throw new Error('looked at');
}

/** What a call comes to, and what is left of it, while time stands still. A rejection that nobody handles fails its test. */
async function play(given: unknown, init: Omit<ResilientInit, 'fetch'> & { readonly fetch: unknown }) {
  const clock = new FakeClock();
  const controller = new AbortController();
  let result: unknown = 'pending';

  // Stand-ins are of any type.
  resilientFetch(given as string, { clock, signal: controller.signal, backoff: { base: 0 }, ...init } as ResilientInit)
    .then((response) => { result = response; }, (error: unknown) => { result = error; });
  await clock.settle();

  return { result, pending: clock.pending, listeners: getEventListeners(controller.signal, 'abort').length };
}

describe('a fetch that is none of the platform', () => {
  const response = new Response(null);
  const answers: [name: string, fetch: () => unknown, result: unknown][] = [
    ['answers at once', () => response, response],
    ['answers with what has a then', () => ({ then: (resolve: (value: unknown) => void) => resolve(response) }), response],
    ['answers twice', () => ({ then(resolve: (value: unknown) => void, reject: () => void) {
      resolve(response);
      reject();
      resolve('again');
    } }), response],
    ['answers with nothing', () => undefined, undefined],
    ['answers with nothing later', async () => undefined, undefined],
    ['answers with null', async () => null, null],
    ['answers with a text', async () => 'text', 'text'],
  ];
  for (const [name, fetch, expected] of answers) {
    for (const [way, init] of Object.entries({
      'as it is': {},
      'with a predicate': { shouldRetry: ({ transient }) => transient },
      'with a budget': { budget: { deposit() {}, withdraw: () => true } },
      'with all timeouts': { totalTimeout: 60_000, bodyTimeout: 1_000 },
    } satisfies Record<string, ResilientInit>)) {
      it(`hands over what ${name}, ${way}`, async () => {
        const { result, pending, listeners } = await play(url, { ...init, onFailure: fail, fetch });

        assert.equal(result, expected);
        assert.deepEqual([failuresOf(result), pending, listeners], [[], 0, 0]);
      });
    }
  }

  it('may answer with what has a text for its body, which a signal cannot abort', async () => {
    const mock = { status: 200, body: 'text' };

    const { result, pending, listeners } = await play(url, { fetch: async () => mock });

    assert.equal(result, mock);
    assert.deepEqual([pending, listeners], [0, 0]);
  });

  it('rejects once, where what it answers cannot be looked at', async () => {
    const mocks = [{ get status() { return fail(); } }, { status: 200, get body() { return fail(); } }];
    for (const mock of mocks) {
      for (const init of [{}, { totalTimeout: 60_000 }]) {
        const { result, pending, listeners } = await play(url, { ...init, retries: 0, fetch: async () => mock });

        assert.equal(String(result), 'Error: looked at');
        assert.deepEqual([pending, listeners], [0, 0]);
      }
    }
  });

  it('may answer with what cannot be looked at where it is dropped', async () => {
    const mock = { status: 503, headers: new Headers(), get body() { return fail(); } };

    const tried = await play(url, { timeout: Infinity, fetch: async () => mock });
    const told = await play(url, { timeout: Infinity, fetch: async () => mock, onFailure: () => { throw new Error('told'); } });

    assert.deepEqual(tried, { result: mock, pending: 0, listeners: 0 });
    assert.equal(String(told.result), 'Error: told');
  });

  it('may leave the body of a Request alone, which is the caller\'s again where there are no retries', async () => {
    const request = new Request(url, { method: 'PUT', body: 'x' });

    await play(request, { retries: 0, fetch: async () => response });

    assert.equal(request.bodyUsed, false);
  });

  it('may break off what has a factory that makes no body, and is asked again', async () => {
    const outcomes = [() => Promise.reject(new TypeError('reset')), async () => response];

    const { result } = await play(url, { body: () => null, fetch: () => outcomes.shift()?.() });

    assert.equal(result, response);
  });

  it('may have a body that throws when it is dropped', async () => {
    for (const cancel of [() => undefined, fail]) {
      const bodies = [{ locked: false, cancel }];
      const mock = async (): Promise<unknown> => ({ status: bodies.length > 0 ? 503 : 200, body: bodies.pop() });

      const { result, pending } = await play(url, { fetch: mock });

      assert.deepEqual(result, { status: 200, body: undefined });
      assert.equal(pending, 0);
    }
  });

  it('throws before an abort that was there before the call, and is not heard', async () => {
    const { result } = await play(url, { fetch: fail, signal: AbortSignal.abort('left') });

    assert.equal(result, 'left');
  });
});

describe('arguments that throw where they are looked at', () => {
  const arguments_: [name: string, input: unknown, init: Record<string, unknown>][] = [
    ['a URL', { toString: fail }, {}],
    ['headers', url, { headers: { [Symbol.iterator]: fail } }],
  ];
  for (const [name, input, init] of arguments_) {
    it(`reject the call, and leave no timer and no listener: ${name}`, async () => {
      const { result, pending, listeners } = await play(input, { ...init, totalTimeout: 60_000, fetch: async () => new Response() });

      assert.equal(String(result), 'Error: looked at');
      assert.deepEqual([pending, listeners], [0, 0]);
    });
  }

  for (const [name, options] of Object.entries({ 'an attempt': { retries: 0 }, 'a total': { totalTimeout: 60_000 } })) {
    it(`are looked at before ${name} is timed, and the hook is told of nothing`, async () => {
      const clock = new FakeClock();
      const { signal } = new AbortController();
      const told: unknown[] = [];
      const api = resilientFetch.with({ ...options, clock, onFailure: (failure) => told.push(failure), fetch: async () => new Response() });
      const calls: Promise<unknown>[] = [];

      // Whoever reads it for the n-th time is thrown at.
      for (let reads = 1; reads <= 10; reads += 1) {
        let left = reads;
        const init = { signal, get method() { return (left -= 1) === 0 ? fail() : 'GET'; } };
        calls.push(api(url, init).catch((error: unknown) => error));
        await clock.settle();
      }
      const { pending } = clock;
      await clock.advance(100_000);

      const results = await Promise.all(calls);
      assert.ok(results.some((result) => String(result) === 'Error: looked at') && results.at(-1) instanceof Response);
      assert.deepEqual([pending, told], [0, []]);
    });
  }
});

describe('the global Promise', () => {
  it('may be another one than that of async functions', async (t) => {
    const { Promise } = globalThis;
    t.after(() => { globalThis.Promise = Promise; });
    const told: unknown[] = [];
    const statuses = [200, 201];
    const fetch: Fetch = async () => new Response(null, { status: statuses.shift() ?? 404 });

    globalThis.Promise = class<Value> extends Promise<Value> {} as PromiseConstructor;
    const { status } = await resilientFetch(url, { fetch, backoff: { base: 0 }, shouldRetry: ({ response }) => response?.status === 200, onFailure: (failure) => told.push(failure) });

    assert.equal(status, 201);
    assert.equal(told.length, 1);
  });
});
