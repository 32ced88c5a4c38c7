import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { TimeoutError } from '../../src/errors.ts';
import { resilientFetch } from '../../src/index.ts';
import type { Abortable } from '../../src/abort-forwarding.ts';
import type { Init } from '../../src/fetch-arguments.ts';
import { toDispatch, type Callback, type Fetch, type Layer } from '../../src/dispatch.ts';
import { FakeClock, scriptedFetch } from '../../src/testing/index.ts';
import { withTimeout } from '../../src/timeout.ts';
import { collect } from '../support/loopback.ts';
import { resetError, respond, statusOf, toFetch, trace, url } from './trace.ts';

/** Wraps a fetch in a layer. */
const wrap = (layer: Layer, fetch: Fetch): Fetch => toFetch(layer(toDispatch(fetch)));

/** A fetch that ignores its signal, and stays pending until `respond` is called. `inits` has the init of each request. */
function createPendingFetch(): { fetch: Fetch; inits: (Init | undefined)[]; respond: (response: Response) => void } {
  const inits: (Init | undefined)[] = [];
  let respond: (response: Response) => void = () => {};
  const fetch: Fetch = (_input, init) => {
    inits.push(init);
    return new Promise((resolve) => { respond = resolve; });
  };
  return { fetch, inits, respond: (response) => respond(response) };
}

describe('withTimeout without a controller', () => {
  it('rejects with the reason even if fetch ignores its signal, and discards a late response', async () => {
    const controller = new AbortController();
    const { fetch, respond } = createPendingFetch();
    const late = new Response('late');
    const call = wrap(withTimeout(Infinity, 'attempt', new FakeClock(), false), fetch)(url, { signal: controller.signal });

    controller.abort('stop');
    await assert.rejects(call, (reason) => reason === 'stop');
    respond(late);
    await new FakeClock().settle();

    assert.equal(late.bodyUsed, true);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  it('resolves with the response, and removes its listener', async () => {
    const { signal } = new AbortController();
    const response = new Response('x');

    assert.equal(await wrap(withTimeout(Infinity, 'attempt', new FakeClock(), false), async () => response)(url, { signal }), response);

    assert.equal(response.body?.locked, false);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });
});

describe('withTimeout', () => {
  it('lets a body be collected that an abort reason references', async () => {
    const setup = async (abortedBy: 'caller' | 'library'): Promise<WeakRef<object>> => {
      const caller = new AbortController();
      const body = new ReadableStream();
      let request: Abortable | undefined;
      const callback: Callback = { onResponse: (_response, abortable) => { request = abortable; }, onError: assert.fail };
      withTimeout(100, 'attempt', new FakeClock(), true)(toDispatch(async () => new Response(body)))(url, { signal: caller.signal }, caller.signal, callback);
      await new FakeClock().settle();
      (abortedBy === 'caller' ? caller : request)?.abort({ body });
      return new WeakRef(body);
    };
    const bodies = [await setup('caller'), await setup('library')];

    await collect();

    assert.deepEqual(bodies.map((body) => body.deref()), [undefined, undefined]);
  });

  it('resolves with the same response, and leaves no timer and no listener', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const response = new Response(null);

    const result = await wrap(withTimeout(100, 'attempt', clock, true), scriptedFetch([response], clock))(url, { signal });

    assert.equal(result, response);
    assert.equal(clock.pending, 0);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('rejects with a TimeoutError after the timeout', async () => {
    const clock = new FakeClock();
    const call = wrap(withTimeout(100, 'attempt', clock, true), scriptedFetch(['hang'], clock))(url);
    const rejection = assert.rejects(call, (error) => {
      assert.ok(error instanceof TimeoutError);
      assert.deepEqual([error.scope, error.timeout, clock.now()], ['attempt', 100, 100]);
      return true;
    });

    await clock.advance(1_000);

    await rejection;
  });

  it('aborts the signal of the request with the same error', async () => {
    const clock = new FakeClock();
    const { fetch, inits } = createPendingFetch();
    const call = wrap(withTimeout(100, 'attempt', clock, true), fetch)(url);
    const rejection = assert.rejects(call, (error) => error === inits[0]?.signal?.reason);

    await clock.advance(100);

    await rejection;
  });

  it('resolves with a response within the timeout', async () => {
    const clock = new FakeClock();
    const call = wrap(withTimeout(100, 'attempt', clock, true), scriptedFetch([{ after: 99, outcome: 200 }], clock))(url);

    await clock.advance(99);

    assert.equal((await call).status, 200);
  });

  it('rejects even if fetch ignores its signal, and discards a late response', async () => {
    const clock = new FakeClock();
    const { fetch, respond } = createPendingFetch();
    const late = new Response('late');
    const call = wrap(withTimeout(100, 'attempt', clock, true), fetch)(url);
    const rejection = assert.rejects(call, { name: 'TimeoutError' });
    await clock.advance(100);
    await rejection;

    respond(late);
    await clock.settle();

    assert.equal(late.bodyUsed, true);
  });

  it("rejects with the caller's reason, and leaves no timer and no listener", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const call = wrap(withTimeout(100, 'attempt', clock, true), scriptedFetch(['hang'], clock))(url, { signal: controller.signal });

    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
    await clock.settle();
    assert.equal(clock.pending, 0);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  it("rejects with the reason of a Request's signal", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const request = new Request(url, { signal: controller.signal });
    const call = wrap(withTimeout(100, 'attempt', clock, true), scriptedFetch(['hang'], clock))(request);

    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
  });

  it('sets no timer for a timeout of Infinity', async () => {
    const clock = new FakeClock();
    const call = wrap(withTimeout(Infinity, 'attempt', clock, true), scriptedFetch([{ after: 5, outcome: 200 }], clock))(url);
    await clock.settle();

    assert.equal(clock.pending, 1);
    await clock.advance(5);
    await call;
  });

  it('settles an aborted total only when the inner fetch settles', async () => {
    const clock = new FakeClock();
    let rejectInner: () => void = () => {};
    const inner: Fetch = (_input, init) => new Promise((_resolve, reject) => {
      rejectInner = () => reject(init?.signal?.reason);
    });
    const errors: unknown[] = [];
    wrap(withTimeout(100, 'total', clock, true), inner)(url).catch((error: unknown) => errors.push(error));

    await clock.advance(100);
    const before = errors.length;
    rejectInner();
    await clock.settle();

    assert.equal(before, 0);
    assert.ok(errors[0] instanceof TimeoutError && errors[0].scope === 'total');
  });

  it("aborts the request when the caller's signal aborts after the headers", async () => {
    const controller = new AbortController();
    const { fetch, inits, respond } = createPendingFetch();
    const call = wrap(withTimeout(100, 'attempt', new FakeClock(), true), fetch)(url, { signal: controller.signal });
    respond(new Response('a body'));
    const response = await call;

    controller.abort('stop');

    assert.equal(inits[0]?.signal?.reason, 'stop');
    assert.equal(response.bodyUsed, false);
  });

  it('removes its listener when the body is collected', async () => {
    const { signal } = new AbortController();
    const layer = withTimeout(100, 'attempt', new FakeClock(), true);
    await wrap(layer, async () => new Response('a body'))(url, { signal });

    await collect();

    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('aborts an inner call as its caller does, which records nothing', async () => {
    const clock = new FakeClock();
    const failures: unknown[] = [];
    const inner = resilientFetch.with({ clock, fetch: scriptedFetch(['hang'], clock), onFailure: (failure) => failures.push(failure) });
    const call = wrap(withTimeout(100, 'attempt', clock, true), inner as Fetch)(url);
    const rejection = assert.rejects(call, { name: 'TimeoutError', scope: 'attempt' });

    await clock.advance(100);

    await rejection;
    assert.deepEqual(failures, []);
  });
});

describe('totalTimeout', () => {
  it('aborts the attempt in flight, and records it', async () => {
    const { result, settledAt, failures } = await trace([503, 'hang'], { totalTimeout: 500 });

    assert.ok(result instanceof TimeoutError);
    assert.deepEqual([result.scope, result.timeout, settledAt], ['total', 500, 500]);
    assert.deepEqual(failures.at(-1), { attempt: 2, kind: 'timeout', error: result, duration: 400, stopped: 'total-timeout' });
  });

  it('is reported to onFailure', async () => {
    const reported: unknown[] = [];
    const { result } = await trace(['hang'], { totalTimeout: 500, onFailure: ({ error, stopped }) => void reported.push(error, stopped) });

    assert.deepEqual(reported, [result, 'total-timeout']);
  });

  it('resolves with the response at once if the delay exceeds the time left', async () => {
    const last = respond(503);
    const { fetch, result, settledAt, failures } = await trace([503, last], { totalTimeout: 250 });

    assert.equal(result, last);
    assert.deepEqual([fetch.times, settledAt], [[0, 100], 100]);
    assert.equal(failures.at(-1)?.stopped, 'total-timeout');
  });

  it('rejects with the error at once if the delay exceeds the time left', async () => {
    const last = resetError();
    const { result } = await trace([last], { totalTimeout: 50 });

    assert.equal(result, last);
  });

  it('aborts an attempt without a timeout, even if fetch ignores its signal', async () => {
    const { result, settledAt } = await trace([], { totalTimeout: 500, timeout: Infinity, fetch: () => new Promise(() => {}) });

    assert.ok(result instanceof TimeoutError);
    assert.equal(settledAt, 500);
  });

  it('ends a pending shouldRetry', async () => {
    const { result, settledAt } = await trace([503], { totalTimeout: 500, shouldRetry: () => new Promise<boolean>(() => {}) });

    assert.ok(result instanceof TimeoutError);
    assert.equal(settledAt, 500);
  });

  it('includes the delays', async () => {
    const { fetch, result } = await trace([503, 503, 'hang'], { totalTimeout: 1_000, timeout: 900 });

    assert.deepEqual(fetch.times, [0, 100, 300]);
    assert.ok(result instanceof TimeoutError && result.scope === 'total');
  });

  it('does not change a call that settles in time', async () => {
    const { result } = await trace([503, 200], { totalTimeout: 500 });

    assert.equal(statusOf(result), 200);
  });
});
