import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, TimeoutError, type Failure, type ResilientInit } from '../../src/index.ts';
import { FakeClock, scriptedFetch, type ScriptedOutcome } from '../../src/testing/index.ts';
import { refusedError, resetError, respond, statusOf, trace, url } from './trace.ts';

describe('withRetry', () => {
  it('makes one request if the first attempt succeeds', async () => {
    const { fetch, result, failures } = await trace([200]);

    assert.equal(statusOf(result), 200);
    assert.deepEqual(fetch.times, [0]);
    assert.deepEqual(failures, []);
  });

  it('retries 3 times by default, with a growing backoff', async () => {
    const last = respond(503);
    const { fetch, result, settledAt } = await trace([503, 503, 503, last]);

    assert.equal(result, last);
    assert.deepEqual(fetch.times, [0, 100, 300, 700]);
    assert.equal(settledAt, 700);
  });

  it('resolves with the last response, its body unread', async () => {
    const last = respond(503);
    await trace([503, last], { retries: 1 });

    assert.equal(last.bodyUsed, false);
    assert.equal(await last.text(), 'a body');
  });

  it('rejects with the last error itself', async () => {
    const last = resetError();
    const { fetch, result } = await trace([resetError(), last], { retries: 1 });

    assert.equal(result, last);
    assert.deepEqual(fetch.times, [0, 100]);
  });

  it('rejects with an exception of clock.setTimeout in any attempt', async () => {
    for (const throwingTimer of [1, 3]) {
      const clock = new FakeClock();
      const error = new Error('broken');
      let timers = 0;
      const setTimeout: typeof clock.setTimeout = (callback, ms) => {
        timers += 1;
        if (timers === throwingTimer) throw error;
        return clock.setTimeout(callback, ms);
      };
      const call = resilientFetch(url, {
        clock: { now: () => clock.now(), date: () => clock.date(), setTimeout, clearTimeout: (timer) => clock.clearTimeout(timer) },
        fetch: scriptedFetch([503, 200], clock),
      }).catch((reason: unknown) => reason);

      await clock.advance(1_000);

      assert.equal(await call, error);
    }
  });

  it('resolves with a success after failures', async () => {
    const { fetch, result, failures } = await trace([503, resetError(), 200]);

    assert.equal(statusOf(result), 200);
    assert.deepEqual(fetch.times, [0, 100, 300]);
    assert.deepEqual(failures.map(({ kind }) => kind), ['response', 'network-error']);
  });

  it('makes one request if retries is 0', async () => {
    const { fetch, result, failures } = await trace([503], { retries: 0 });

    assert.equal(statusOf(result), 503);
    assert.deepEqual(fetch.times, [0]);
    assert.deepEqual(failures.map(({ stopped }) => stopped), ['retries-spent']);
  });

  it('retries without end if retries is Infinity', async () => {
    const { fetch } = await trace([...new Array<number>(50).fill(503), 200], { retries: Infinity, backoff: { max: 1_000 } });

    assert.equal(fetch.times.length, 51);
  });

  it('retries an attempt that timed out', async () => {
    const { fetch, result } = await trace(['hang', 200], { timeout: 1_000 });

    assert.equal(statusOf(result), 200);
    assert.deepEqual(fetch.times, [0, 1_100]);
  });

  it('rejects with a TimeoutError if the last attempt timed out', async () => {
    const { fetch, result, settledAt } = await trace(['hang', 'hang'], { timeout: 1_000, retries: 1 });

    assert.ok(result instanceof TimeoutError);
    assert.deepEqual([result.scope, result.timeout], ['attempt', 1_000]);
    assert.deepEqual(fetch.times, [0, 1_100]);
    assert.equal(settledAt, 2_100);
  });

  it('starts the timeout anew for each attempt', async () => {
    const slow = { after: 900, outcome: 503 };
    const { fetch } = await trace([slow, slow, { after: 900, outcome: 200 }], { timeout: 1_000 });

    assert.deepEqual(fetch.times, [0, 1_000, 2_100]);
  });

  it('sends headers from an iterator with every attempt', async () => {
    const headers = new Map([['authorization', 'Bearer 7']]).entries();
    const { fetch } = await trace([503, 200], { headers: headers as unknown as [string, string][] });

    assert.deepEqual(fetch.requests.map(({ request }) => request.headers.get('authorization')), ['Bearer 7', 'Bearer 7']);
  });

  it('sends the arguments as they were at the call, even if the caller changes them', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 200], clock);
    const input = new URL('http://users.test/?page=1');
    const init = { method: 'PUT', headers: { a: '1' }, body: 'first' };
    const call = resilientFetch.with({ clock, fetch, random: () => 0.5 })(input, init);
    await clock.settle();

    input.searchParams.set('page', '2');
    Object.assign(init, { method: 'POST', body: 'second' }).headers.a = '2';
    await clock.advance(1_000);

    assert.equal((await call).status, 200);
    const [, { request } = assert.fail('made one request')] = fetch.requests;
    assert.deepEqual([request.url, request.method, request.headers.get('a')], ['http://users.test/?page=1', 'PUT', '1']);
    assert.equal(await request.text(), 'first');
  });

  for (const headers of [new Headers({ a: '1' }), [['a', '1']] as [string, string][]]) {
    it(`sends headers in an instance of ${headers.constructor.name} as they were at the call`, async () => {
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

  it('waits as long as a backoff function says', async () => {
    const backoff = (retry: number): number => (retry === 1 ? 0 : 1_000 * 2 ** (retry - 1));
    const { fetch } = await trace([502, 502, 502, 502, 502, 502], { retries: 5, backoff });

    assert.deepEqual(fetch.times, [0, 0, 2_000, 6_000, 14_000, 30_000]);
  });

  it('calls a backoff function with the previous delay', async () => {
    const previous: number[] = [];
    const backoff = (retry: number, _random: number, last: number): number => {
      previous.push(last);
      return retry * 10;
    };
    await trace([503, 503, 503, 200], { backoff });

    assert.deepEqual(previous, [0, 10, 20]);
  });

  it('rejects with an exception of the input, and leaves no timer', async () => {
    const clock = new FakeClock();
    const input = { toString(): string { throw new Error('broken'); } } as unknown as string;

    await assert.rejects(resilientFetch(input, { clock, totalTimeout: 1_000 }), /^Error: broken$/);

    assert.equal(clock.pending, 0);
  });

  it('measures an attempt from the start of the call', async () => {
    const clock = new FakeClock({ now: 5_000 });
    const response = await resilientFetch(url, { clock, fetch: scriptedFetch([503], clock), retries: 0 });

    assert.deepEqual(failuresOf(response).map(({ duration }) => duration), [0]);
  });

  it('resolves with undefined if a mock does', async () => {
    const { result, failures } = await trace([], { fetch: async () => undefined as unknown as Response });

    assert.deepEqual([result, failures], [undefined, []]);
  });

  it("rejects with an exception of a mock's getter", async () => {
    const response = { get status() { throw new Error('broken'); } } as unknown as Response;
    const { result } = await trace([], { fetch: async () => response });

    assert.match(String(result), /^Error: broken$/);
  });

  it('leaves no listener after a retry', async () => {
    const { signal } = new AbortController();
    const { result } = await trace([503, 200], { signal });

    assert.equal(statusOf(result), 200);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('aborts the request of a response that it discards', async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    const stalled = new Response(new ReadableStream(), { status: 503 });
    const fetch = async (_input: unknown, init?: RequestInit): Promise<Response> => signals.push(init?.signal) === 1 ? stalled : respond(200);
    const { result } = await trace([], { fetch });

    assert.equal(statusOf(result), 200);
    assert.deepEqual(signals.map((signal) => signal?.aborted), [true, false]);
  });
});

describe('onFailure', () => {
  it('is called with each failed attempt before its delay, with the records of failuresOf', async () => {
    const reported: [number, Failure][] = [];
    const clock = new FakeClock();
    const fetch = scriptedFetch([{ after: 5, outcome: 503 }, refusedError(), 200], clock);

    const call = resilientFetch(url, { clock, fetch, random: () => 0.5, onFailure: (failure) => void reported.push([clock.now(), failure]) });
    await clock.advance(1_000);
    const failures = failuresOf(await call);

    assert.deepEqual(reported.map(([at]) => at), [5, 105]);
    assert.ok(reported.every(([, failure], index) => failure === failures[index]));
    assert.deepEqual(failures[0], { attempt: 1, kind: 'response', status: 503, duration: 5, delay: 100, delayFrom: 'backoff' });
    assert.equal((failures[1]?.error as Error).message, 'fetch failed');
  });

  it('is not called if no attempt fails', async () => {
    await trace([200], { onFailure: () => assert.fail('called onFailure') });
  });

  it('rejects with its exception, and discards the response', async () => {
    const response = respond(503);
    const { fetch, result } = await trace([response], { onFailure: () => { throw new Error('broken'); } });

    assert.match(String(result), /^Error: broken$/);
    assert.deepEqual(fetch.times, [0]);
    assert.equal(response.bodyUsed, true);
  });
});

describe('init.signal', () => {
  for (const retries of [0, 3]) {
    it(`is read at the call, with ${retries} retries`, async () => {
      const clock = new FakeClock();
      const [first, second] = [new AbortController(), new AbortController()];
      const api = resilientFetch.with({ clock, retries, fetch: scriptedFetch([{ after: 100, outcome: 200 }], clock) });
      const shared: ResilientInit = { signal: first.signal };
      const call = api(url, shared);

      shared.signal = second.signal;
      second.abort('of another call');
      await clock.advance(100);

      assert.equal((await call).status, 200);
    });
  }

  it('rejects with a reason that is a revoked proxy', async () => {
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
    it(`rejects with the reason when aborted during the backoff: ${String(reason)}`, async () => {
      const clock = new FakeClock();
      const controller = new AbortController();
      const fetch = scriptedFetch([503], clock);
      const call = resilientFetch(url, { clock, fetch, random: () => 0.5, signal: controller.signal });
      await clock.advance(50);

      controller.abort(reason);

      await assert.rejects(call, (error) => error === reason);
      assert.deepEqual([fetch.times, clock.now(), clock.pending], [[0], 50, 0]);
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    });
  }

  it('rejects with the reason when aborted as the response arrives, and discards the response', async () => {
    const controller = new AbortController();
    const response = respond(200);
    const fetch = (): Promise<Response> => {
      controller.abort('stop');
      return Promise.resolve(response);
    };
    const { result } = await trace([], { fetch, signal: controller.signal, timeout: Infinity });

    assert.equal(result, 'stop');
    assert.equal(response.bodyUsed, true);
  });

  const hooks: [string, (abort: () => void) => ResilientInit][] = [
    ['shouldRetry()', (abort) => ({ shouldRetry: () => { abort(); return true; } })],
    ['a pending shouldRetry()', (abort) => ({ shouldRetry: () => { queueMicrotask(abort); return new Promise<boolean>(() => {}); } })],
    ['onFailure()', (abort) => ({ onFailure: abort })],
    ['backoff()', (abort) => ({ backoff: () => { abort(); return 0; } })],
  ];
  for (const [name, options] of hooks) {
    it(`rejects with the reason when aborted in ${name}, and discards the response`, async () => {
      const controller = new AbortController();
      const response = respond(503);
      const { fetch, result } = await trace([response], { ...options(() => controller.abort('stop')), signal: controller.signal });

      assert.equal(result, 'stop');
      assert.deepEqual(fetch.times, [0]);
      assert.equal(response.bodyUsed, true);
    });
  }

  it('rejects with the reason when aborted between a delay of 0 and the next attempt', async () => {
    const controller = new AbortController();
    const body = new ReadableStream({ cancel: () => controller.abort('stop') });
    const { fetch, result } = await trace([new Response(body, { status: 503 })], { backoff: { base: 0 }, signal: controller.signal });

    assert.equal(result, 'stop');
    assert.deepEqual(fetch.times, [0]);
  });

  it("rejects with the reason when aborted in a mock's getter", async () => {
    const controller = new AbortController();
    const response = { get status() { controller.abort('stop'); return 200; } } as unknown as Response;
    const { result } = await trace([], { fetch: async () => response, signal: controller.signal });

    assert.equal(result, 'stop');
  });

  it('rejects with the reason when aborted in budget.deposit()', async () => {
    const controller = new AbortController();
    const budget = { deposit: () => controller.abort('stop'), withdraw: () => true };
    const { result } = await trace([200], { budget, signal: controller.signal });

    assert.equal(result, 'stop');
  });
});

describe('a body factory', () => {
  it('is called once for each attempt', async () => {
    let calls = 0;
    const { fetch } = await trace([503, 503, 200], { method: 'PUT', body: () => `body ${calls += 1}` });

    const bodies = await Promise.all(fetch.requests.map(({ request }) => request.text()));
    assert.deepEqual(bodies, ['body 1', 'body 2', 'body 3']);
  });

  it('may be async', async () => {
    const { fetch } = await trace([503, 200], { method: 'PUT', body: async () => 'x' });

    assert.deepEqual(await Promise.all(fetch.requests.map(({ request }) => request.text())), ['x', 'x']);
  });

  for (const [name, body] of [
    ['an exception', () => { throw new Error('no body'); }],
    ['a rejection', () => Promise.reject(new Error('no body'))],
  ] as const) {
    it(`rejects the call with ${name}`, async () => {
      const { fetch, result, failures } = await trace([200], { method: 'PUT', body });

      assert.match(String(result), /^Error: no body$/);
      assert.deepEqual([fetch.times, failures], [[], []]);
    });
  }

  it('does not delay an abort', async () => {
    const controller = new AbortController();
    const body = (): Promise<string> => {
      queueMicrotask(() => controller.abort('stop'));
      return new Promise(() => {});
    };
    const { result } = await trace([200], { method: 'PUT', body, signal: controller.signal });

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

  it('is sent first, then its clones', async () => {
    const request = put();
    const inputs: unknown[] = [];
    const { fetch } = await trace([], {
      fetch: (input, init) => {
        inputs.push(input);
        return new Request(input, init).text().then((text) => respond(text === 'x' ? 503 : 500));
      },
    }, request);

    assert.deepEqual(fetch.times, []);
    assert.equal(inputs.length, 4);
    assert.deepEqual(inputs.map((input) => input === request), [true, false, false, false]);
  });

  it('sends its body with every attempt', async () => {
    const { fetch } = await trace([503, 503, 200], {}, put('the same'));

    assert.deepEqual(await Promise.all(fetch.requests.map(({ request }) => request.text())), ['the same', 'the same', 'the same']);
  });

  it('is not cloned if retries is 0', async () => {
    const request = put();
    Object.defineProperty(request, 'clone', { value: () => assert.fail('called clone') });
    const { fetch } = await trace([503], { retries: 0 }, request);

    assert.equal(fetch.times.length, 1);
  });

  it("follows the caller's signal in every attempt", async () => {
    const controller = new AbortController();
    const request = new Request(url, { method: 'PUT', body: 'x', signal: controller.signal });
    const abort = (): ScriptedOutcome => {
      controller.abort('stop');
      return 'hang';
    };
    const { fetch, result } = await trace([503, abort], { timeout: Infinity }, request);

    assert.equal(result, 'stop');
    assert.deepEqual(fetch.times, [0, 100]);
  });

  it('follows no signal in any attempt if init.signal is null', async () => {
    const controller = new AbortController();
    const request = new Request(url, { method: 'PUT', body: 'x', signal: controller.signal });
    const abort = (): ScriptedOutcome => {
      controller.abort('stop');
      return 200;
    };
    const { result } = await trace([503, abort], { timeout: Infinity, signal: null }, request);

    assert.equal(statusOf(result), 200);
  });

  it('sends its body with the last attempt', async () => {
    const { fetch, result } = await trace([503, 503, 200], { retries: 2 }, put('the same'));

    assert.equal(statusOf(result), 200);
    assert.deepEqual(await Promise.all(fetch.requests.map(({ request }) => request.text())), ['the same', 'the same', 'the same']);
  });

  it('has its unsent clone cancelled', async () => {
    const request = put();
    const clones: Request[] = [];
    const clone = (): Request => clones[clones.push(Request.prototype.clone.call(request)) - 1] as Request;
    Object.defineProperty(request, 'clone', { value: clone });
    await trace([200], {}, request);

    assert.deepEqual(clones.map(({ bodyUsed }) => bodyUsed), [true]);
  });

  it('is not cancelled itself if retries is 0', async () => {
    const request = put();
    await trace([], { retries: 0, fetch: async () => respond(200) }, request);

    assert.equal(await request.text(), 'x');
  });
});
