import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { resilientFetch, failuresOf, TimeoutError, type Attempt, type Failure, type ResilientInit } from '../../src/index.ts';
import { FakeClock, scriptedFetch, type ScriptedFetch, type ScriptedOutcome } from '../../src/testing/index.ts';

const url = 'http://users.test/1';

/** A network error as Node's fetch gives it: the connection broke after the request was sent. */
const reset = (): Error => new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });

const refused = (): Error => new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });

const respond = (status: number, headers: Record<string, string> = {}): Response => new Response('a body', { status, headers });

interface Story {
  readonly clock: FakeClock;
  readonly fetch: ScriptedFetch;
  /** What the call came to: a response, or an error. */
  readonly result: unknown;
  /** When it came. */
  readonly settledAt: number;
  readonly failures: readonly Failure[];
}

/** Plays a script to its end. Without jitter, the waits are 100, 200, 400 ms and so on. */
async function play(outcomes: ScriptedOutcome[], init: ResilientInit = {}, input: string | Request = url): Promise<Story> {
  const clock = new FakeClock({ turns: 3 });
  const fetch = scriptedFetch(outcomes, clock);
  const call = resilientFetch(input, { clock, fetch, random: () => 0.5, ...init });
  let settledAt = NaN;
  const settled = call.then((response) => response, (error: unknown) => error).finally(() => { settledAt = clock.now(); });
  await clock.advance(10_000_000);
  const result = await settled;
  assert.equal(clock.pending, 0, 'a timer was left behind');
  return { clock, fetch, result, settledAt, failures: failuresOf(result) };
}

const statusOf = (result: unknown): number => {
  assert.ok(result instanceof Response, String(result));
  return result.status;
};

describe('withRetry', () => {
  it('makes one request where the first attempt succeeds', async () => {
    const { fetch, result, failures } = await play([200]);

    assert.equal(statusOf(result), 200);
    assert.deepEqual(fetch.times, [0]);
    assert.deepEqual(failures, []);
  });

  it('tries again after growing waits, at most 3 times', async () => {
    const last = respond(503);
    const { fetch, result, settledAt } = await play([503, 503, 503, last]);

    assert.equal(result, last);
    assert.deepEqual(fetch.times, [0, 100, 300, 700]);
    assert.equal(settledAt, 700);
  });

  it('hands over the last response unread', async () => {
    const last = respond(503);
    await play([503, last], { retries: 1 });

    assert.equal(last.bodyUsed, false);
    assert.equal(await last.text(), 'a body');
  });

  it('rethrows the last error untouched', async () => {
    const last = reset();
    const { fetch, result } = await play([reset(), last], { retries: 1 });

    assert.equal(result, last);
    assert.deepEqual(fetch.times, [0, 100]);
  });

  it('rejects with what a clock throws, in any attempt', async () => {
    for (const broken of [1, 3]) {
      const clock = new FakeClock();
      const error = new Error('out of order');
      let timers = 0;
      const setTimeout: typeof clock.setTimeout = (callback, ms) => {
        timers += 1;
        if (timers === broken) throw error;
        return clock.setTimeout(callback, ms);
      };
      const call = resilientFetch(url, {
        clock: { now: () => clock.now(), date: () => clock.date(), setTimeout, clearTimeout: (timer) => clock.clearTimeout(timer) },
        fetch: scriptedFetch([503, 200], clock),
      }).catch((thrown: unknown) => thrown);

      await clock.advance(1_000);

      assert.equal(await call, error);
    }
  });

  it('hands over a success that follows failures', async () => {
    const { fetch, result, failures } = await play([503, reset(), 200]);

    assert.equal(statusOf(result), 200);
    assert.deepEqual(fetch.times, [0, 100, 300]);
    assert.deepEqual(failures.map(({ kind }) => kind), ['response', 'network-error']);
  });

  it('makes one request with retries of 0', async () => {
    const { fetch, result, failures } = await play([503], { retries: 0 });

    assert.equal(statusOf(result), 503);
    assert.deepEqual(fetch.times, [0]);
    assert.deepEqual(failures.map(({ stopped }) => stopped), ['retries-spent']);
  });

  it('goes on without end with retries of Infinity', async () => {
    const { fetch } = await play([...new Array<number>(50).fill(503), 200], { retries: Infinity, backoff: { max: 1_000 } });

    assert.equal(fetch.times.length, 51);
  });

  it('retries an attempt that timed out', async () => {
    const { fetch, result } = await play(['hang', 200], { timeout: 1_000 });

    assert.equal(statusOf(result), 200);
    assert.deepEqual(fetch.times, [0, 1_100]);
  });

  it('rejects with a TimeoutError where the last attempt timed out', async () => {
    const { fetch, result, settledAt } = await play(['hang', 'hang'], { timeout: 1_000, retries: 1 });

    assert.ok(result instanceof TimeoutError);
    assert.deepEqual([result.scope, result.timeout], ['attempt', 1_000]);
    assert.deepEqual(fetch.times, [0, 1_100]);
    assert.equal(settledAt, 2_100);
  });

  it('gives each attempt its own timeout', async () => {
    const slow = { after: 900, outcome: 503 };
    const { fetch } = await play([slow, slow, { after: 900, outcome: 200 }], { timeout: 1_000 });

    assert.deepEqual(fetch.times, [0, 1_000, 2_100]);
  });

  it('sends headers that come from an iterator with every attempt', async () => {
    const headers = new Map([['authorization', 'Bearer 7']]).entries();
    const { fetch } = await play([503, 200], { headers: headers as unknown as [string, string][] });

    assert.deepEqual(fetch.requests.map(({ request }) => request.headers.get('authorization')), ['Bearer 7', 'Bearer 7']);
  });

  it('sends what was asked at the call with every attempt, whatever becomes of the objects', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 200], clock);
    const asked = new URL('http://users.test/?page=1');
    const init = { method: 'PUT', headers: { a: '1' }, body: 'first' };
    const call = resilientFetch.with({ clock, fetch, random: () => 0.5 })(asked, init);
    await clock.settle();

    asked.searchParams.set('page', '2');
    Object.assign(init, { method: 'POST', body: 'second' }).headers.a = '2';
    await clock.advance(1_000);

    assert.equal((await call).status, 200);
    const [, { request } = assert.fail('one request')] = fetch.requests;
    assert.deepEqual([request.url, request.method, request.headers.get('a')], ['http://users.test/?page=1', 'PUT', '1']);
    assert.equal(await request.text(), 'first');
  });

  for (const headers of [new Headers({ a: '1' }), [['a', '1']] as [string, string][]]) {
    it(`sends ${headers.constructor.name} as they were at the call`, async () => {
      const clock = new FakeClock();
      const fetch = scriptedFetch([503, 200], clock);
      const call = resilientFetch(url, { clock, fetch, random: () => 0.5, headers });
      await clock.settle();

      if (headers instanceof Headers) headers.set('a', '2');
      else headers[0] = ['a', '2'];
      await clock.advance(1_000);
      await call;

      assert.equal(fetch.requests[1]?.request.headers.get('a'), '1');
    });
  }

  it('follows a series of waits of the user', async () => {
    const backoff = (retry: number): number => (retry === 1 ? 0 : 1_000 * 2 ** (retry - 1));
    const { fetch } = await play([502, 502, 502, 502, 502, 502], { retries: 5, backoff });

    assert.deepEqual(fetch.times, [0, 0, 2_000, 6_000, 14_000, 30_000]);
  });

  it('tells a function that computes waits of the wait before', async () => {
    const previous: number[] = [];
    const backoff = (retry: number, _random: number, last: number): number => {
      previous.push(last);
      return retry * 10;
    };
    await play([503, 503, 503, 200], { backoff });

    assert.deepEqual(previous, [0, 10, 20]);
  });
});

describe('the wait that a server asks for', () => {
  it('is waited out, with some jitter on top', async () => {
    const { fetch, failures } = await play([respond(503, { 'retry-after': '7' }), 200]);

    assert.deepEqual(fetch.times, [0, 7_875]);
    assert.deepEqual(failures, [{
      attempt: 1, kind: 'response', status: 503, duration: 0, delay: 7_875, delayFrom: 'retry-after', retryAfter: 7_000,
    }]);
  });

  it('counts for any response that is retried', async () => {
    const { fetch } = await play([respond(500, { 'retry-after': '7' }), 200]);

    assert.deepEqual(fetch.times, [0, 7_875]);
  });

  it('is measured from the wall clock, wherever that is', async () => {
    const clock = new FakeClock({ date: Date.UTC(2026, 10, 23, 12) });
    const fetch = scriptedFetch([respond(503, { 'retry-after': 'Mon, 23 Nov 2026 12:00:07 GMT' }), 200], clock);
    const call = resilientFetch(url, { clock, fetch, random: () => 0 });

    await clock.settle();
    clock.stepDate(-3_600_000);
    await clock.advance(7_000);

    assert.equal((await call).status, 200);
    assert.deepEqual(fetch.times, [0, 7_000]);
  });

  it('ends the retries where it is too long', async () => {
    const response = respond(503, { 'retry-after': '9999999' });
    const { fetch, result, settledAt, failures } = await play([response]);

    assert.equal(result, response);
    assert.deepEqual([fetch.times, settledAt], [[0], 0]);
    assert.deepEqual(failures, [{
      attempt: 1, kind: 'response', status: 503, duration: 0, retryAfter: 9_999_999_000, stopped: 'retry-after-too-long',
    }]);
  });

  for (const value of ['-1', '1.5', 'soon', '', '120, 60', 'NaN']) {
    it(`is the backoff where the header says ${JSON.stringify(value)}`, async () => {
      const { fetch } = await play([respond(503, { 'retry-after': value }), 200]);

      assert.deepEqual(fetch.times, [0, 100]);
    });
  }

  it('can be read by a function of the user', async () => {
    const retryAfter = (response: Response): number | undefined => Number(response.headers.get('x-reset-ms') ?? NaN) || undefined;
    const { fetch } = await play([respond(429, { 'x-reset-ms': '500' }), respond(429), 200], { retryAfter });

    assert.deepEqual(fetch.times, [0, 600, 800]);
  });

  it('invites a POST back', async () => {
    const { fetch } = await play([respond(429, { 'retry-after': '1' }), 200], { method: 'POST', body: 'x' });

    assert.deepEqual(fetch.times, [0, 1_125]);
    assert.equal(await fetch.requests[1]?.request.text(), 'x');
  });
});

describe('what is not worth repeating', () => {
  it('is handed over: a status that is not in the rules', async () => {
    const { fetch, result, failures } = await play([404]);

    assert.equal(statusOf(result), 404);
    assert.deepEqual([fetch.times, failures], [[0], []]);
  });

  it('is handed over: a failure of a method that is not idempotent', async () => {
    const { fetch, result, failures } = await play([503], { method: 'POST' });

    assert.equal(statusOf(result), 503);
    assert.deepEqual(fetch.times, [0]);
    assert.deepEqual(failures.map(({ stopped }) => stopped), ['not-repeatable']);
  });

  it('is handed over: a POST that may have reached the server', async () => {
    const { fetch, failures } = await play([reset()], { method: 'POST' });

    assert.deepEqual(fetch.times, [0]);
    assert.deepEqual(failures.map(({ stopped }) => stopped), ['not-repeatable']);
  });

  it('does not cover a POST that never reached the server', async () => {
    const { fetch } = await play([refused(), 200], { method: 'POST', body: 'x' });

    assert.deepEqual(fetch.times, [0, 100]);
  });

  it('does not cover a POST with an Idempotency-Key', async () => {
    const { fetch } = await play([503, 200], { method: 'POST', headers: { 'idempotency-key': '7' } });

    assert.deepEqual(fetch.times, [0, 100]);
  });

  it('follows the rules given', async () => {
    const retryOn = { statuses: [404], methods: ['POST'] };

    assert.deepEqual((await play([404, 200], { retryOn, method: 'POST' })).fetch.times, [0, 100]);
    assert.deepEqual((await play([503], { retryOn, method: 'POST' })).fetch.times, [0]);
    assert.deepEqual((await play([404], { retryOn })).fetch.times, [0]);
  });

  it('includes what fetch refuses, which leaves no record and asks no predicate', async () => {
    const error = new TypeError('refused');
    const { fetch, result, settledAt, failures } = await play([], {
      fetch: () => Promise.reject(error),
      shouldRetry: () => assert.fail('was asked'),
      headers: { 'not a name': '' },
    });

    assert.equal(result, error);
    assert.deepEqual([fetch.times, settledAt, failures], [[], 0, []]);
  });

  it('includes a body that can be sent once only', async () => {
    const body = new Response('x').body as ReadableStream;
    const { fetch, result, failures } = await play([503], { method: 'PUT', body, duplex: 'half' } as ResilientInit);

    assert.equal(statusOf(result), 503);
    assert.deepEqual(fetch.times, [0]);
    assert.deepEqual(failures.map(({ stopped }) => stopped), ['one-shot-body']);
  });
});

describe('totalTimeout', () => {
  it('cuts the attempt in flight, which is recorded', async () => {
    const { result, settledAt, failures } = await play([503, 'hang'], { totalTimeout: 500 });

    assert.ok(result instanceof TimeoutError);
    assert.deepEqual([result.scope, result.timeout, settledAt], ['total', 500, 500]);
    assert.deepEqual(failures.at(-1), { attempt: 2, kind: 'timeout', error: result, duration: 400, stopped: 'total-timeout' });
  });

  it('is known to the hook before the call has settled', async () => {
    const told: unknown[] = [];
    const { result } = await play(['hang'], { totalTimeout: 500, onFailure: ({ error, stopped }) => void told.push(error, stopped) });

    assert.deepEqual(told, [result, 'total-timeout']);
  });

  it('begins no wait that cannot end in time', async () => {
    const last = respond(503);
    const { fetch, result, settledAt, failures } = await play([503, last], { totalTimeout: 250 });

    assert.equal(result, last);
    assert.deepEqual([fetch.times, settledAt], [[0, 100], 100]);
    assert.equal(failures.at(-1)?.stopped, 'total-timeout');
  });

  it('rethrows an error where no wait can end in time', async () => {
    const last = reset();
    const { result } = await play([last], { totalTimeout: 50 });

    assert.equal(result, last);
  });

  it('cuts an attempt that has no timeout of its own, even of a fetch that ignores its signal', async () => {
    const { result, settledAt } = await play([], { totalTimeout: 500, timeout: Infinity, fetch: () => new Promise(() => {}) });

    assert.ok(result instanceof TimeoutError);
    assert.equal(settledAt, 500);
  });

  it('cuts a predicate that takes too long', async () => {
    const { result, settledAt } = await play([503], { totalTimeout: 500, shouldRetry: () => new Promise<boolean>(() => {}) });

    assert.ok(result instanceof TimeoutError);
    assert.equal(settledAt, 500);
  });

  it('counts the waits', async () => {
    const { fetch, result } = await play([503, 503, 'hang'], { totalTimeout: 1_000, timeout: 900 });

    assert.deepEqual(fetch.times, [0, 100, 300]);
    assert.ok(result instanceof TimeoutError && result.scope === 'total');
  });

  it('leaves a call alone that ends in time', async () => {
    const { result } = await play([503, 200], { totalTimeout: 500 });

    assert.equal(statusOf(result), 200);
  });
});

describe('shouldRetry', () => {
  it('is asked about every outcome, good ones and the last one too', async () => {
    const asked: unknown[] = [];
    await play([503, reset(), 200], {
      retries: 5,
      shouldRetry: ({ attempt, kind, transient, response, elapsed }: Attempt) => {
        asked.push([attempt, kind, transient, response?.status, elapsed]);
        return transient;
      },
    });

    assert.deepEqual(asked, [[1, 'response', true, 503, 0], [2, 'network-error', true, undefined, 100], [3, 'response', false, 200, 300]]);
  });

  it('is asked even where no retry is left', async () => {
    let asked = 0;
    await play([503], { retries: 0, shouldRetry: () => { asked += 1; return true; } });

    assert.equal(asked, 1);
  });

  it('learns what was asked', async () => {
    const seen: Attempt['request'][] = [];
    await play([200], { method: 'put', headers: { a: 'b' }, shouldRetry: ({ request }) => { seen.push(request); return false; } });

    const [request] = seen;
    assert.deepEqual([request?.url, request?.method, request?.headers.get('a')], [url, 'PUT', 'b']);
  });

  it('learns the error of a timeout', async () => {
    const seen: unknown[] = [];
    await play(['hang'], { timeout: 10, shouldRetry: ({ kind, error }) => { seen.push(kind, error instanceof TimeoutError); return false; } });

    assert.deepEqual(seen, ['timeout', true]);
  });

  it('can ask for a retry that the rules would not make', async () => {
    const { fetch, failures } = await play([respond(418), 200], { method: 'POST', shouldRetry: ({ response }) => response?.status === 418 });

    assert.deepEqual(fetch.times, [0, 100]);
    assert.deepEqual(failures, [{ attempt: 1, kind: 'response', status: 418, duration: 0, delay: 100, delayFrom: 'backoff' }]);
  });

  it('can decline a retry that the rules would make', async () => {
    const { fetch, failures } = await play([503], { shouldRetry: () => false });

    assert.deepEqual(fetch.times, [0]);
    assert.deepEqual(failures.map(({ stopped }) => stopped), ['declined']);
  });

  it('never passes a hard limit', async () => {
    const { fetch, failures } = await play([200, 200], { retries: 1, shouldRetry: () => true });

    assert.deepEqual(fetch.times, [0, 100]);
    assert.deepEqual(failures.map(({ stopped }) => stopped), [undefined, 'retries-spent']);
  });

  it('may be async', async () => {
    const { fetch } = await play([503, 200], { shouldRetry: async ({ transient }) => transient });

    assert.deepEqual(fetch.times, [0, 100]);
  });

  it('may read the body of a clone', async () => {
    const { fetch } = await play([respond(400), 200], {
      shouldRetry: async ({ response }) => response?.status === 400 && await response.clone().text() === 'a body',
    });

    assert.deepEqual(fetch.times, [0, 100]);
  });

  for (const [name, shouldRetry] of [
    ['throws', () => { throw new Error('broken'); }],
    ['rejects with', () => Promise.reject(new Error('broken'))],
  ] as const) {
    it(`ends the call with what it ${name}, and drops the response`, async () => {
      const response = respond(503);
      const { fetch, result } = await play([response], { shouldRetry });

      assert.match(String(result), /^Error: broken$/);
      assert.deepEqual(fetch.times, [0]);
      assert.equal(response.bodyUsed, true);
    });
  }
});

describe('onFailure', () => {
  it('is told of each failed attempt before its wait, by the records that failuresOf gives', async () => {
    const told: [number, Failure][] = [];
    const clock = new FakeClock();
    const fetch = scriptedFetch([{ after: 5, outcome: 503 }, refused(), 200], clock);
    const call = resilientFetch(url, { clock, fetch, random: () => 0.5, onFailure: (failure) => void told.push([clock.now(), failure]) });
    await clock.advance(1_000);
    const failures = failuresOf(await call);

    assert.deepEqual(told.map(([at]) => at), [5, 105]);
    assert.ok(told.every(([, failure], index) => failure === failures[index]));
    assert.deepEqual(failures[0], { attempt: 1, kind: 'response', status: 503, duration: 5, delay: 100, delayFrom: 'backoff' });
    assert.equal((failures[1]?.error as Error).message, 'fetch failed');
  });

  it('is told nothing where nothing fails', async () => {
    await play([200], { onFailure: () => assert.fail('was told') });
  });

  it('ends the call with what it throws, and drops the response', async () => {
    const response = respond(503);
    const { fetch, result } = await play([response], { onFailure: () => { throw new Error('broken'); } });

    assert.match(String(result), /^Error: broken$/);
    assert.deepEqual(fetch.times, [0]);
    assert.equal(response.bodyUsed, true);
  });
});

describe('failuresOf', () => {
  it('tells what is behind an error', async () => {
    const { result, failures } = await play([503, reset()], { retries: 1 });

    assert.deepEqual(failures.map(({ attempt, status, error, stopped }) => [attempt, status, error, stopped]), [
      [1, 503, undefined, undefined],
      [2, undefined, result, 'retries-spent'],
    ]);
  });

  it('tells what is behind an abort reason', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { result, failures } = await play([503, (): number => { controller.abort(reason); return 200; }], { signal: controller.signal });

    assert.equal(result, reason);
    assert.deepEqual(failures.map(({ attempt, status }) => [attempt, status]), [[1, 503]]);
  });

  it("tells the latest call's of a reason, where that call was aborted before it began", async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    await play([503, (): number => { controller.abort(reason); return 200; }], { signal: controller.signal });
    assert.equal(failuresOf(reason).length, 1);

    const { failures } = await play([], { signal: controller.signal });

    assert.deepEqual(failures, []);
  });

  for (const limit of [7, 500]) {
    it(`takes another call's total timeout of ${limit} ms for an abort as any other, where it is the caller's reason`, async () => {
      const controller = new AbortController();
      const reason = new TimeoutError('total', limit);
      const told: Failure[] = [];
      const abort = (): ScriptedOutcome => {
        controller.abort(reason);
        return 'hang';
      };
      const { result, failures } = await play([abort], { signal: controller.signal, totalTimeout: 500, onFailure: (failure) => told.push(failure) });

      assert.equal(result, reason);
      assert.deepEqual([failures, told], [[], []]);
    });
  }

  it("does not record the attempt that the caller's abort ended", async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { failures } = await play([() => { controller.abort(reason); return 'hang'; }], { signal: controller.signal });

    assert.deepEqual(failures, []);
  });
});

describe("the caller's abort", () => {
  for (const retries of [0, 3]) {
    it(`is that of the signal that was given at the call, with ${retries} retries`, async () => {
      const clock = new FakeClock();
      const [given, later] = [new AbortController(), new AbortController()];
      const api = resilientFetch.with({ clock, retries, fetch: scriptedFetch([{ after: 100, outcome: 200 }], clock) });
      const shared: ResilientInit = { signal: given.signal };
      const call = api(url, shared);

      shared.signal = later.signal;
      later.abort('of another call');
      await clock.advance(100);

      assert.equal((await call).status, 200);
    });
  }

  it('ends the call with a reason that cannot be looked at', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const outcomes of [['hang'], [503, 200]] as const) {
      const clock = new FakeClock();
      const controller = new AbortController();
      const call = resilientFetch(url, { clock, fetch: scriptedFetch(outcomes, clock), signal: controller.signal, random: () => 0.5 });
      let isReason = false;
      call.catch((error: unknown) => { isReason = error === proxy; });
      await clock.settle();

      controller.abort(proxy);
      await clock.settle();

      assert.equal(isReason, true);
      assert.equal(clock.pending, 0);
    }
  });

  for (const reason of ['a bare string', new Error('enough'), 0, null]) {
    it(`rejects with its own reason in the wait: ${String(reason)}`, async () => {
      const clock = new FakeClock();
      const controller = new AbortController();
      const fetch = scriptedFetch([503], clock);
      const call = resilientFetch(url, { clock, fetch, random: () => 0.5, signal: controller.signal });
      await clock.advance(50);

      controller.abort(reason);

      await assert.rejects(call, (thrown) => thrown === reason);
      assert.deepEqual([fetch.times, clock.now(), clock.pending], [[0], 50, 0]);
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    });
  }

  it('wins over an answer that comes with it, which is dropped', async () => {
    const controller = new AbortController();
    const response = respond(200);
    const fetch = (): Promise<Response> => {
      controller.abort('stop');
      return Promise.resolve(response);
    };
    const { result } = await play([], { fetch, signal: controller.signal, timeout: Infinity });

    assert.equal(result, 'stop');
    assert.equal(response.bodyUsed, true);
  });

  const hooks: [string, (abort: () => void) => ResilientInit][] = [
    ['shouldRetry', (abort) => ({ shouldRetry: () => { abort(); return true; } })],
    ['an async shouldRetry that never answers', (abort) => ({ shouldRetry: () => { queueMicrotask(abort); return new Promise<boolean>(() => {}); } })],
    ['onFailure', (abort) => ({ onFailure: abort })],
    ['a function that computes the wait', (abort) => ({ backoff: () => { abort(); return 0; } })],
  ];
  for (const [name, options] of hooks) {
    it(`wins in ${name}, and drops the response`, async () => {
      const controller = new AbortController();
      const response = respond(503);
      const { fetch, result } = await play([response], { ...options(() => controller.abort('stop')), signal: controller.signal });

      assert.equal(result, 'stop');
      assert.deepEqual(fetch.times, [0]);
      assert.equal(response.bodyUsed, true);
    });
  }

  it('wins between a wait of 0 and the attempt after it', async () => {
    const controller = new AbortController();
    const body = new ReadableStream({ cancel: () => controller.abort('stop') });
    const { fetch, result } = await play([new Response(body, { status: 503 })], { backoff: { base: 0 }, signal: controller.signal });

    assert.equal(result, 'stop');
    assert.deepEqual(fetch.times, [0]);
  });
});

describe('a body that is made for each attempt', () => {
  it('is made once an attempt', async () => {
    let made = 0;
    const { fetch } = await play([503, 503, 200], { method: 'PUT', body: () => `body ${made += 1}` });

    const bodies = await Promise.all(fetch.requests.map(({ request }) => request.text()));
    assert.deepEqual(bodies, ['body 1', 'body 2', 'body 3']);
  });

  it('may be made asynchronously', async () => {
    const { fetch } = await play([503, 200], { method: 'PUT', body: async () => 'x' });

    assert.deepEqual(await Promise.all(fetch.requests.map(({ request }) => request.text())), ['x', 'x']);
  });

  for (const [name, body] of [
    ['throws', () => { throw new Error('no body'); }],
    ['rejects with', () => Promise.reject(new Error('no body'))],
  ] as const) {
    it(`ends the call with what its maker ${name}`, async () => {
      const { fetch, result, failures } = await play([200], { method: 'PUT', body });

      assert.match(String(result), /^Error: no body$/);
      assert.deepEqual([fetch.times, failures], [[], []]);
    });
  }

  it('is not waited for once the caller has aborted', async () => {
    const controller = new AbortController();
    const body = (): Promise<string> => {
      queueMicrotask(() => controller.abort('stop'));
      return new Promise(() => {});
    };
    const { result } = await play([200], { method: 'PUT', body, signal: controller.signal });

    assert.equal(result, 'stop');
  });

  it('is cancelled when it is made after the abort', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const cancelledAt: number[] = [];
    const stream = new ReadableStream({ cancel: () => void cancelledAt.push(clock.now()) });
    const body = (): Promise<ReadableStream> => new Promise((resolve) => clock.setTimeout(() => resolve(stream), 100));
    const fetch = scriptedFetch([200], clock);
    const call = resilientFetch(url, { clock, fetch, method: 'PUT', body, signal: controller.signal });
    const rejection = assert.rejects(call, (reason) => reason === 'stop');

    controller.abort('stop');
    await clock.advance(1_000);

    await rejection;
    assert.deepEqual([fetch.times, cancelledAt], [[], [100]]);
  });
});

describe('a Request with a body', () => {
  const put = (body = 'x'): Request => new Request(url, { method: 'PUT', body });

  it('is sent itself at first, then as its clones', async () => {
    const request = put();
    const inputs: unknown[] = [];
    const { fetch } = await play([], {
      fetch: (input, init) => {
        inputs.push(input);
        return new Request(input, init).text().then((text) => respond(text === 'x' ? 503 : 500));
      },
    }, request);

    assert.deepEqual(fetch.times, []);
    assert.equal(inputs.length, 4);
    assert.deepEqual(inputs.map((input) => input === request), [true, false, false, false]);
  });

  it('brings its body to every attempt', async () => {
    const { fetch } = await play([503, 503, 200], {}, put('the same'));

    assert.deepEqual(await Promise.all(fetch.requests.map(({ request }) => request.text())), ['the same', 'the same', 'the same']);
  });

  it('is not cloned with retries of 0', async () => {
    const request = put();
    Object.defineProperty(request, 'clone', { value: () => assert.fail('was cloned') });
    const { fetch } = await play([503], { retries: 0 }, request);

    assert.equal(fetch.times.length, 1);
  });

  it('keeps the signal of the caller on every attempt', async () => {
    const controller = new AbortController();
    const request = new Request(url, { method: 'PUT', body: 'x', signal: controller.signal });
    const abort = (): ScriptedOutcome => {
      controller.abort('stop');
      return 'hang';
    };
    const { fetch, result } = await play([503, abort], { timeout: Infinity }, request);

    assert.equal(result, 'stop');
    assert.deepEqual(fetch.times, [0, 100]);
  });

  it('is sent without a signal on every attempt where init says so', async () => {
    const controller = new AbortController();
    const request = new Request(url, { method: 'PUT', body: 'x', signal: controller.signal });
    const abort = (): ScriptedOutcome => {
      controller.abort('stop');
      return 200;
    };
    const { result } = await play([503, abort], { timeout: Infinity, signal: null }, request);

    assert.equal(statusOf(result), 200);
  });
});
