import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hintOf } from '../../src/classify.ts';
import { resilientFetch, TimeoutError, type Attempt, type Fetch, type ResilientInit } from '../../src/index.ts';
import { defaults } from '../../src/options.ts';
import type { RetryPolicy } from '../../src/retry-policy.ts';
import { FakeClock, scriptedFetch, type ScriptedOutcome } from '../../src/testing/index.ts';
import { rejectionOf } from '../support/wait.ts';
import { refusedError, resetError, respond, statusOf, trace, url } from './trace.ts';

/** The times of the requests for a relative URL, which the platform rejects. */
async function timesOfRelative(outcome: ScriptedOutcome): Promise<readonly number[]> {
  const clock = new FakeClock();
  const scripted = scriptedFetch([outcome, 200], clock);
  const fetch: Fetch = (input, init) => scripted(`http://users.test${String(input)}`, init);
  const call = resilientFetch('/1', { clock, fetch, timeout: 10, random: () => 0.5 });
  await clock.advance(1_000);
  await call;
  return scripted.times;
}

describe('classify', () => {
  it('rejects with the error for arguments that fetch rejects, without a record or a call of shouldRetry', async () => {
    const error = new TypeError('refused');
    const { fetch, result, settledAt, failures } = await trace([], {
      fetch: () => Promise.reject(error),
      shouldRetry: () => assert.fail('called shouldRetry'),
      headers: { 'not a name': '' },
    });

    assert.equal(result, error);
    assert.deepEqual([fetch.times, settledAt, failures], [[], 0, []]);
  });

  it('stops after an attempt with a stream as its body', async () => {
    const body = new Response('x').body as ReadableStream;
    const { fetch, result, failures } = await trace([503], { method: 'PUT', body, duplex: 'half' } as ResilientInit);

    assert.equal(statusOf(result), 503);
    assert.deepEqual(fetch.times, [0]);
    assert.deepEqual(failures.map(({ stopped }) => stopped), ['one-shot-body']);
  });

  for (const [name, outcome, times] of [['response', 503, [0, 100]], ['timeout', 'hang', [0, 110]]] as const) {
    it(`retries a ${name} of arguments that only the fetch option accepts`, async () => {
      assert.deepEqual(await timesOfRelative(outcome), times);
    });
  }
});

describe('retryOn', () => {
  it('excludes 404 by default, without a record', async () => {
    const { fetch, result, failures } = await trace([404]);

    assert.equal(statusOf(result), 404);
    assert.deepEqual([fetch.times, failures], [[0], []]);
  });

  it('excludes a 503 of a POST by default', async () => {
    const { fetch, result, failures } = await trace([503], { method: 'POST' });

    assert.equal(statusOf(result), 503);
    assert.deepEqual(fetch.times, [0]);
    assert.deepEqual(failures.map(({ stopped }) => stopped), ['not-repeatable']);
  });

  it('excludes a network error of a POST that the server may have received', async () => {
    const { fetch, failures } = await trace([resetError()], { method: 'POST' });

    assert.deepEqual(fetch.times, [0]);
    assert.deepEqual(failures.map(({ stopped }) => stopped), ['not-repeatable']);
  });

  for (const redirect of ['error', 'manual'] as const) {
    it(`includes a network error of a POST that the server never received, with redirect '${redirect}'`, async () => {
      const inInit = await trace([refusedError(), 200], { method: 'POST', body: 'x', redirect });
      const inRequest = await trace([refusedError(), 200], {}, new Request(url, { method: 'POST', body: 'x', redirect }));

      assert.deepEqual([inInit.times, inRequest.times], [[0, 100], [0, 100]]);
    });
  }

  it('excludes a network error of a POST that may have followed a redirect', async () => {
    const { times, failures } = await trace([refusedError()], { method: 'POST', body: 'x' });

    assert.deepEqual([times, failures.at(-1)?.stopped], [[0], 'not-repeatable']);
  });

  it('includes a POST with an Idempotency-Key', async () => {
    const { fetch } = await trace([503, 200], { method: 'POST', headers: { 'idempotency-key': '7' } });

    assert.deepEqual(fetch.times, [0, 100]);
  });

  it('replaces the default lists', async () => {
    const retryOn = { statuses: [404], methods: ['POST'] };

    assert.deepEqual((await trace([404, 200], { retryOn, method: 'POST' })).fetch.times, [0, 100]);
    assert.deepEqual((await trace([503], { retryOn, method: 'POST' })).fetch.times, [0]);
    assert.deepEqual((await trace([404], { retryOn })).fetch.times, [0]);
  });
});

describe('Retry-After', () => {
  it('is waited out, with jitter added', async () => {
    const { fetch, failures } = await trace([respond(503, { 'retry-after': '7' }), 200]);

    assert.deepEqual(fetch.times, [0, 7_875]);
    assert.deepEqual(failures, [{
      attempt: 1, kind: 'response', status: 503, duration: 0, delay: 7_875, delayFrom: 'retry-after', retryAfter: 7_000,
    }]);
  });

  it('applies to any response that is retried', async () => {
    const { fetch } = await trace([respond(500, { 'retry-after': '7' }), 200]);

    assert.deepEqual(fetch.times, [0, 7_875]);
  });

  it('is measured against clock.date(), and waited out on clock.now()', async () => {
    const clock = new FakeClock({ date: Date.UTC(2026, 10, 23, 12) });
    const fetch = scriptedFetch([respond(503, { 'retry-after': 'Mon, 23 Nov 2026 12:00:07 GMT' }), 200], clock);
    const call = resilientFetch(url, { clock, fetch, random: () => 0 });

    await clock.settle();
    clock.stepDate(-3_600_000);
    await clock.advance(7_000);

    assert.equal((await call).status, 200);
    assert.deepEqual(fetch.times, [0, 7_000]);
  });

  it('ends the retries if it is longer than maxRetryAfter', async () => {
    const response = respond(503, { 'retry-after': '9999999' });
    const { fetch, result, settledAt, failures } = await trace([response]);

    assert.equal(result, response);
    assert.deepEqual([fetch.times, settledAt], [[0], 0]);
    assert.deepEqual(failures, [{
      attempt: 1, kind: 'response', status: 503, duration: 0, retryAfter: 9_999_999_000, stopped: 'retry-after-too-long',
    }]);
  });

  for (const value of ['-1', '1.', 'soon', '', '120, 60', 'NaN']) {
    it(`is ignored if its value is ${JSON.stringify(value)}`, async () => {
      const { fetch } = await trace([respond(503, { 'retry-after': value }), 200]);

      assert.deepEqual(fetch.times, [0, 100]);
    });
  }

  it('can be replaced with the result of the retryAfter option', async () => {
    const retryAfter = (response: Response): number | undefined => Number(response.headers.get('x-reset-ms') ?? NaN) || undefined;
    const { fetch } = await trace([respond(429, { 'x-reset-ms': '500' }), respond(429), 200], { retryAfter });

    assert.deepEqual(fetch.times, [0, 600, 800]);
  });

  it('makes a POST repeatable', async () => {
    const { fetch } = await trace([respond(429, { 'retry-after': '1' }), 200], { method: 'POST', body: 'x' });

    assert.deepEqual(fetch.times, [0, 1_125]);
    assert.equal(await fetch.requests[1]?.request.text(), 'x');
  });
});

describe('shouldRetry', () => {
  it('is called for every outcome, successes and the last one included', async () => {
    const attempts: unknown[] = [];
    await trace([503, resetError(), 200], {
      retries: 5,
      shouldRetry: ({ attempt, kind, transient, response, elapsed }: Attempt) => {
        attempts.push([attempt, kind, transient, response?.status, elapsed]);
        return transient;
      },
    });

    assert.deepEqual(attempts, [[1, 'response', true, 503, 0], [2, 'network-error', true, undefined, 100], [3, 'response', false, 200, 300]]);
  });

  it('is called with retries of 0 too', async () => {
    let calls = 0;
    await trace([503], { retries: 0, shouldRetry: () => { calls += 1; return true; } });

    assert.equal(calls, 1);
  });

  it('gets the URL, method and headers of the request', async () => {
    const requests: Attempt['request'][] = [];
    await trace([200], { method: 'put', headers: { a: 'b' }, shouldRetry: ({ request }) => { requests.push(request); return false; } });

    const [request] = requests;
    assert.deepEqual([request?.url, request?.method, request?.headers.get('a')], [url, 'PUT', 'b']);
  });

  it('gets the TimeoutError of a timeout', async () => {
    const values: unknown[] = [];
    await trace(['hang'], { timeout: 10, shouldRetry: ({ kind, error }) => { values.push(kind, error instanceof TimeoutError); return false; } });

    assert.deepEqual(values, ['timeout', true]);
  });

  it('counts from the start of the call, whatever the clock shows', async () => {
    const clock = new FakeClock();
    await clock.advance(1_000);
    const elapsed: number[] = [];
    const fetch = scriptedFetch([503, 503, 200], clock);
    const shouldRetry = (attempt: Attempt): boolean => { elapsed.push(attempt.elapsed); return attempt.transient; };
    const response = await clock.run(resilientFetch(url, { clock, fetch, random: () => 0.5, shouldRetry, totalTimeout: 400 }));

    assert.deepEqual([response.status, elapsed], [200, [0, 100, 300]]);
  });

  it('is called for a mock fetch that resolves to nothing, and no reader of hints is', async () => {
    const { result } = await trace([], { fetch: (async () => undefined) as unknown as Fetch, shouldRetry: ({ transient }) => transient, retryAfter: () => assert.fail('called retryAfter') });

    assert.equal(result, undefined);
  });

  it('can decline a timeout whose error speaks of a total', async () => {
    const { failures } = await trace([new TimeoutError('total', 5)], { shouldRetry: () => false });

    assert.deepEqual(failures.map(({ kind, stopped }) => [kind, stopped]), [['timeout', 'declined']]);
  });

  it('can retry a response that retryOn excludes', async () => {
    const { fetch, failures } = await trace([respond(418), 200], { method: 'POST', shouldRetry: ({ response }) => response?.status === 418 });

    assert.deepEqual(fetch.times, [0, 100]);
    assert.deepEqual(failures, [{ attempt: 1, kind: 'response', status: 418, duration: 0, delay: 100, delayFrom: 'backoff' }]);
  });

  it('can decline a retry of a response that retryOn includes', async () => {
    const { fetch, failures } = await trace([503], { shouldRetry: () => false });

    assert.deepEqual(fetch.times, [0]);
    assert.deepEqual(failures.map(({ stopped }) => stopped), ['declined']);
  });

  it('cannot exceed retries', async () => {
    const { fetch, failures } = await trace([200, 200], { retries: 1, shouldRetry: () => true });

    assert.deepEqual(fetch.times, [0, 100]);
    assert.deepEqual(failures.map(({ stopped }) => stopped), [undefined, 'retries-spent']);
  });

  it('may be async', async () => {
    const { fetch } = await trace([503, 200], { shouldRetry: async ({ transient }) => transient });

    assert.deepEqual(fetch.times, [0, 100]);
  });

  it('may read the body of a clone of the response', async () => {
    const { fetch } = await trace([respond(400), 200], {
      shouldRetry: async ({ response }) => response?.status === 400 && await response.clone().text() === 'a body',
    });

    assert.deepEqual(fetch.times, [0, 100]);
  });

  for (const [name, shouldRetry] of [
    ['an exception of shouldRetry', () => { throw new Error('broken'); }],
    ['a rejection of shouldRetry', () => Promise.reject(new Error('broken'))],
  ] as const) {
    it(`rejects with ${name}, and discards the response`, async () => {
      const response = respond(503);
      const { fetch, result } = await trace([response], { shouldRetry });

      assert.match(String(result), /^Error: broken$/);
      assert.deepEqual(fetch.times, [0]);
      assert.equal(response.bodyUsed, true);
    });
  }

  it('resolves with a success that it accepts, without a budget', async () => {
    const { result } = await trace([200], { shouldRetry: () => false });

    assert.equal(statusOf(result), 200);
  });
});

const policy: RetryPolicy = { ...defaults, clock: new FakeClock({ date: 5 }), random: () => 0.5 };

describe('hintOf', () => {
  const response = new Response(null, { status: 503, headers: { 'retry-after': '7' } });

  it('reads Retry-After by default', () => {
    assert.equal(hintOf(response, policy, undefined), 7_000);
  });

  it('is undefined without a response', () => {
    assert.equal(hintOf(undefined, policy, undefined), undefined);
  });

  it('calls retryAfter with the response and the date', () => {
    const calls: unknown[] = [];

    hintOf(response, { ...policy, retryAfter: (...args) => void calls.push(args) as undefined }, undefined);

    assert.deepEqual(calls, [[response, 5]]);
  });

  it('is undefined if retryAfter returns null', () => {
    assert.equal(hintOf(response, { ...policy, retryAfter: () => null }, undefined), undefined);
  });

  it('reads Retry-After if retryAfter returns undefined', () => {
    assert.equal(hintOf(response, { ...policy, retryAfter: () => undefined }, undefined), 7_000);
  });

  it('awaits retryAfter', async () => {
    assert.equal(await hintOf(response, { ...policy, retryAfter: async () => 5 }, undefined), 5);
    assert.equal(await hintOf(response, { ...policy, retryAfter: async () => undefined }, undefined), 7_000);
  });

  it('rejects with the reason when aborted while retryAfter is pending', async () => {
    const controller = new AbortController();
    const hint = hintOf(response, { ...policy, retryAfter: () => new Promise(() => {}) }, controller.signal);

    controller.abort('stop');

    await assert.rejects(Promise.resolve(hint), (reason) => reason === 'stop');
  });

  it('is Infinity if retryAfter returns Infinity', () => {
    assert.equal(hintOf(response, { ...policy, retryAfter: () => Infinity }, undefined), Infinity);
  });

  const invalid: [unknown, ErrorConstructor][] = [[NaN, RangeError], [-1, RangeError], ['7', TypeError], [{}, TypeError]];
  for (const [value, ErrorClass] of invalid) {
    it(`throws a ${ErrorClass.name} if retryAfter returns ${JSON.stringify(value)}`, () => {
      const retryAfter = (): number => value as number;

      assert.throws(() => hintOf(response, { ...policy, retryAfter }, undefined), (error) => {
        assert.ok(error instanceof ErrorClass);
        assert.match(error.message, /^'retryAfter' must be a function that returns a number >= 0, undefined or null, not /);
        return true;
      });
    });
  }
});

describe('retryAfter', () => {
  const response = (): Response => respond(503, { 'retry-after': '7' });
  const waits: [string, ResilientInit['retryAfter'], number[]][] = [
    ['of a number', () => 1_000, [0, 1_125]],
    ['of a promise', async () => 1_000, [0, 1_125]],
    ['of a promise of another kind', () => ({ then: (resolve) => resolve?.(1_000) as never }), [0, 1_125]],
    ['of undefined: Retry-After is read', () => undefined, [0, 7_875]],
    ['of a promise of undefined: Retry-After is read', async () => undefined, [0, 7_875]],
    ['of null: there is none', () => null, [0, 100]],
    ['of a promise of null: there is none', async () => null, [0, 100]],
    ['of 0', () => 0, [0, 100]],
    ['told in the body of a clone', async (one) => (await one.clone().text()).length * 1_000, [0, 6_750]],
    ['above maxRetryAfter', async () => 61_000, [0]],
  ];
  for (const [name, retryAfter, times] of waits) {
    it(`is waited for, by a result ${name}`, async () => {
      const { fetch } = await trace([response(), 200], { retryAfter });

      assert.deepEqual(fetch.times, times);
    });
  }

  const broken: [string, ResilientInit['retryAfter'], RegExp][] = [
    ['an exception', () => { throw new Error('broken'); }, /^Error: broken$/],
    ['a rejection', () => Promise.reject(new Error('broken')), /^Error: broken$/],
    ['NaN', () => NaN, /^RangeError: 'retryAfter' must be/],
    ['a promise of a negative number', async () => -1, /^RangeError: 'retryAfter' must be/],
    ['a promise of a string', async () => '5' as never, /^TypeError: 'retryAfter' must be/],
  ];
  for (const [name, retryAfter, message] of broken) {
    it(`rejects the call with ${name}, and discards the response`, async () => {
      const dropped = response();
      const { result, times } = await trace([dropped], { retryAfter });

      assert.match(String(result), message);
      assert.deepEqual([times, dropped.bodyUsed], [[0], true]);
    });
  }

  it('is abandoned when totalTimeout runs out, and its late rejection is ignored', async () => {
    const clock = new FakeClock();
    const retryAfter = (): Promise<number> => new Promise((_resolve, reject) => { clock.setTimeout(() => reject(new Error('late')), 5_000); });

    await assert.rejects(clock.run(resilientFetch(url, { clock, fetch: scriptedFetch([503], clock), totalTimeout: 1_000, retryAfter })), { scope: 'total' });
    await clock.advance(10_000);

    assert.equal(clock.now(), 11_000);
  });

  it('is called for bad responses alone', async () => {
    await trace([200], { retryAfter: () => assert.fail('called') });
    await trace([404], { retryAfter: () => assert.fail('called') });
    await trace([resetError(), 200], { retryAfter: () => assert.fail('called') });
  });
});

describe('headers of null', () => {
  it('end in the error of fetch', async () => {
    const init = { headers: null } as unknown as ResilientInit;
    const native = await rejectionOf(fetch('http://127.0.0.1:1/', init as RequestInit));

    assert.deepEqual(await rejectionOf(resilientFetch('http://127.0.0.1:1/', init)), native);
  });

  for (const method of ['GET', 'POST']) {
    it(`are left to a mock that takes them, by ${method}`, async () => {
      const { result, failures } = await trace([], { method, headers: null, fetch: async () => respond(503), retries: 0 } as unknown as ResilientInit);

      assert.equal(statusOf(result), 503);
      assert.equal(failures.length, 1);
    });
  }
});

describe('the results of functions that are no promises', () => {
  for (const [name, result] of [['a promise', Promise.resolve(true)], ['a promise of false', Promise.resolve(false)], ['undefined', undefined], ['1', 1]] as const) {
    it(`reject the call, where withdraw returns ${name}`, async () => {
      const budget = { deposit() {}, withdraw: () => result as unknown as boolean };
      const { result: error, times } = await trace([503], { budget });

      assert.match(String(error), /^TypeError: 'budget' must be an object whose withdraw returns a boolean, not /);
      assert.deepEqual(times, [0]);
    });
  }

  for (const [name, key] of [['a promise', Promise.resolve('key')], ['undefined', undefined], ['a number', 7], ['an empty string', '']] as const) {
    it(`reject the call before a request is sent, where idempotencyKey returns ${name}`, async () => {
      const { result: error, times } = await trace([200], { method: 'POST', idempotencyKey: () => key as unknown as string });

      assert.match(String(error), /^TypeError: 'idempotencyKey' must be a function that returns a non-empty string, not /);
      assert.deepEqual(times, []);
    });
  }
});
