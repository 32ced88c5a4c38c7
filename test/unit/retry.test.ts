import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, TimeoutError, type Failure, type Fetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock, scriptedFetch, type ScriptedOutcome } from '../../src/testing/index.ts';
import { rejectionOf } from '../support/wait.ts';
import { refusedError, resetError, respond, statusOf, trace, traceWithRequest, url } from './trace.ts';

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

  it('starts the timeout again for each attempt', async () => {
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

  for (const retries of [0, 3]) {
    it(`sends the arguments as they were at the call with a body that a function creates, with retries of ${retries}`, async () => {
      const clock = new FakeClock();
      const fetch = scriptedFetch([200], clock);
      const input = new URL('http://users.test/?page=1');
      const init = { method: 'PUT', headers: { a: '1' }, body: () => 'a body' };
      const call = resilientFetch.with({ clock, fetch, retries })(input, init);

      input.searchParams.set('page', '2');
      Object.assign(init, { method: 'POST' }).headers.a = '2';

      assert.equal((await call).status, 200);
      assert.deepEqual(fetch.requests.map(({ request }) => [request.url, request.method, request.headers.get('a')]), [['http://users.test/?page=1', 'PUT', '1']]);
    });
  }

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
    assert.deepEqual(failures[0], { attempt: 1, method: 'GET', url, kind: 'response', status: 503, duration: 5, delay: 100, delayFrom: 'backoff' });
    assert.equal((failures[1]?.error as Error).message, 'fetch failed');
  });

  it('gets the method, and the URL without user info, query and fragment', async () => {
    // The platform's fetch rejects a URL with a password, but a mock may take it.
    const { failures } = await traceWithRequest([], { fetch: async () => respond(503), method: 'patch' }, 'http://user:secret@users.test/1?token=secret#secret');

    assert.deepEqual(failures.map(({ method, url: logged }) => [method, logged]), [['patch', url]]);
  });

  it('is awaited before the delay', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 200], clock);
    const onFailure = (): Promise<void> => new Promise((resolve) => { clock.setTimeout(resolve, 50); });

    await clock.run(resilientFetch(url, { clock, fetch, random: () => 0.5, onFailure }));

    assert.deepEqual(fetch.times, [0, 150]);
  });

  it('rejects the call with its rejection, and discards the response', async () => {
    const response = respond(503);
    const { times, result } = await trace([response], { onFailure: async () => { throw new Error('the log is down'); } });

    assert.match(String(result), /^Error: the log is down$/);
    assert.deepEqual([times, response.bodyUsed], [[0], true]);
  });

  it('is abandoned when the caller aborts', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const fetch = scriptedFetch([503], clock);
    const call = resilientFetch(url, { clock, fetch, signal: controller.signal, onFailure: () => new Promise(() => {}) });
    await clock.settle();

    controller.abort('stop');

    await assert.rejects(clock.run(call), (reason) => reason === 'stop');
    assert.equal(clock.pending, 0);
  });

  it('is abandoned when the total timeout runs out', async () => {
    const { result, settledAt, failures } = await trace([503], { totalTimeout: 1_000, onFailure: () => new Promise(() => {}) });

    assert.ok(result instanceof TimeoutError && result.scope === 'total');
    assert.deepEqual([settledAt, failures.length], [1_000, 1]);
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
    ['an onFailure() that throws', (abort) => ({ onFailure: () => { abort(); throw new Error('broken'); } })],
    ['a retryAfter() that throws', (abort) => ({ retryAfter: () => { abort(); throw new Error('broken'); } })],
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

describe('the body that a factory creates', () => {
  /** Creates a web stream, a stream of Node and an async iterator. `closed` counts those that were closed. */
  const createBodies = () => {
    const state = { closed: 0 };
    const close = (): void => { state.closed += 1; };
    const web = (): ReadableStream => new ReadableStream({ pull: () => new Promise(() => {}), cancel: close }, { highWaterMark: 0 });
    const node = (): ReadableStream => {
      const stream = new Readable({ read() {} });
      stream.push('the beginning');
      stream.on('close', close);
      return stream as unknown as ReadableStream;
    };
    const iterator = (): ReadableStream => ({
      [Symbol.asyncIterator]() { return this; },
      next: () => new Promise(() => {}),
      return: async () => { close(); return { done: true }; },
    }) as unknown as ReadableStream;
    return { state, kinds: { 'a web stream': web, 'a stream of Node': node, 'an async iterator': iterator } };
  };
  type Kind = keyof ReturnType<typeof createBodies>['kinds'];

  for (const kind of ['a web stream', 'a stream of Node', 'an async iterator'] as const satisfies Kind[]) {
    it(`is closed when each attempt fails before it reads ${kind}`, async () => {
      const { state, kinds } = createBodies();
      const { failures } = await trace([], { fetch: () => Promise.reject(refusedError()), method: 'PUT', duplex: 'half', body: kinds[kind] });

      assert.deepEqual([failures.length, state.closed], [4, 4]);
    });

    it(`is closed when an attempt times out before it reads ${kind}`, async () => {
      const { state, kinds } = createBodies();
      // A stream has no timeout of its own.
      await trace([], { fetch: () => new Promise(() => {}), method: 'PUT', duplex: 'half', body: kinds[kind], totalTimeout: 1_000 });

      assert.equal(state.closed, 1);
    });

    it(`is closed when the caller aborts before ${kind} is read`, async () => {
      const { state, kinds } = createBodies();
      const controller = new AbortController();
      const fetch: Fetch = () => {
        queueMicrotask(() => controller.abort('stop'));
        return new Promise(() => {});
      };
      const { result } = await trace([], { fetch, method: 'PUT', duplex: 'half', body: async () => kinds[kind](), signal: controller.signal });

      assert.deepEqual([result, state.closed], ['stop', 1]);
    });

    it(`is closed when the attempt cannot be sent: ${kind}`, async () => {
      const { state, kinds } = createBodies();
      const { result } = await trace([], { fetch: () => { throw new Error('not sent'); }, retries: 0, timeout: Infinity, method: 'PUT', duplex: 'half', body: kinds[kind] });

      assert.deepEqual([String(result), state.closed], ['Error: not sent', 1]);
    });
  }

  for (const kind of ['a web stream', 'a stream of Node'] as const) {
    it(`is closed when a response arrives before ${kind} is read`, async () => {
      const { state, kinds } = createBodies();
      const { times } = await trace([], { fetch: async () => respond(state.closed === 0 ? 503 : 200), method: 'PUT', duplex: 'half', body: kinds[kind] });

      assert.deepEqual([times, state.closed], [[], 2]);
    });
  }

  it('is destroyed when an attempt fails while it reads a stream of Node', async () => {
    const { state, kinds } = createBodies();
    const fetch: Fetch = (_input, init) => {
      (init?.body as unknown as Readable).pipe(new PassThrough());
      return new Promise((_resolve, reject) => setImmediate(reject, resetError()));
    };
    await trace([], { fetch, method: 'PUT', duplex: 'half', body: kinds['a stream of Node'] });

    assert.equal(state.closed, 4);
  });

  for (const kind of ['a web stream', 'a stream of Node', 'an async iterator'] as const) {
    it(`is closed before the next attempt where a response arrives while fetch reads ${kind}`, async () => {
      const { state, kinds } = createBodies();
      const closed: number[] = [];
      const fetch: Fetch = async (_input, init) => {
        const body = init?.body as unknown as ReadableStream | Readable;
        void body[Symbol.asyncIterator]().next();
        await new FakeClock().settle();
        closed.push(state.closed);
        return respond(503);
      };
      await trace([], { fetch, method: 'PUT', duplex: 'half', body: kinds[kind], retries: 2, backoff: { base: 0 } });

      assert.deepEqual([closed, state.closed], [[0, 1, 2], 2]);
    });
  }

  it('is closed as soon as an attempt fails, before the wait for the next one', async () => {
    const { state, kinds } = createBodies();
    const closed: number[] = [];
    await trace([], { fetch: () => Promise.reject(resetError()), method: 'PUT', duplex: 'half', body: kinds['an async iterator'], onFailure: () => void closed.push(state.closed) });

    assert.deepEqual(closed, [1, 2, 3, 4]);
  });

  it('is closed once where an async iterator was sent, and the caller aborts the wait for the next attempt', async () => {
    const { state, kinds } = createBodies();
    const controller = new AbortController();
    const { result } = await trace([503], { method: 'PUT', duplex: 'half', fetch: async () => respond(503), body: kinds['an async iterator'], signal: controller.signal, onFailure: () => { queueMicrotask(() => controller.abort('stop')); } });

    assert.deepEqual([result, state.closed], ['stop', 1]);
  });

  it('is left open while a response arrives early, and fetch still reads a stream of Node', async () => {
    const { state, kinds } = createBodies();
    const fetch: Fetch = async (_input, init) => {
      (init?.body as unknown as Readable).pipe(new PassThrough());
      await new FakeClock().settle();
      return respond(200);
    };
    await trace([], { fetch, method: 'PUT', duplex: 'half', body: kinds['a stream of Node'] });

    assert.equal(state.closed, 0);
  });
});

describe('a delay of 0', () => {
  for (const [name, init] of [['by the backoff', { backoff: { base: 0 } }], ['by Retry-After', { backoff: { jitter: 'none', base: 0 } }]] as const) {
    it(`lets a timer and an abort through, again and again, ${name}`, async () => {
      const controller = new AbortController();
      let requests = 0;
      let ticks = 0;
      const fetch: Fetch = async () => {
        requests += 1;
        return respond(503, { 'retry-after': '0' });
      };
      const timer = setInterval(() => {
        ticks += 1;
        if (ticks === 3) controller.abort('stop');
      }, 1);

      await assert.rejects(resilientFetch(url, { fetch, retries: Infinity, signal: controller.signal, ...init }), (reason) => reason === 'stop');
      clearInterval(timer);

      assert.ok(requests > 64);
    });
  }

  it('lets totalTimeout through over a fetch that rejects at once', async () => {
    const error = await rejectionOf(resilientFetch(url, { fetch: () => Promise.reject(resetError()), retries: Infinity, backoff: () => 0, totalTimeout: 5 }));

    // On a busy machine the timer may fire before an attempt ends too late for a retry.
    const hasTimedOut = error instanceof TimeoutError && error.scope === 'total';
    assert.ok(hasTimedOut || failuresOf(error).at(-1)?.stopped === 'total-timeout', String(error));
  });

  it('takes no timer for the first 63 retries', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([...new Array<number>(63).fill(503), 200], clock);

    const response = await resilientFetch(url, { clock, fetch, retries: 63, backoff: { base: 0 }, timeout: Infinity });

    assert.deepEqual([response.status, clock.pending], [200, 0]);
  });
});
