import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { TimeoutError } from '../../src/errors.ts';
import type { Abortable } from '../../src/abort-forwarding.ts';
import { signalOf, type Init } from '../../src/fetch-arguments.ts';
import { toDispatch, toPromise, type Callback, type Fetch, type Layer } from '../../src/dispatch.ts';
import { FakeClock, scriptedFetch } from '../../src/testing/index.ts';
import { withTimeout } from '../../src/timeout.ts';
import { collect } from '../support/loopback.ts';

const url = 'http://users.test/1';

/** A fetch with the layer's quality. */
const over = (layer: Layer, fetch: Fetch): Fetch => (input, init) => toPromise(layer(toDispatch(fetch)), input, init, signalOf(input, init));

/** A fetch that never answers, whatever its signal says; notes the init that it was given. */
function deafFetch(): { fetch: Fetch; inits: (Init | undefined)[]; answer: (response: Response) => void } {
  const inits: (Init | undefined)[] = [];
  let answer: (response: Response) => void = () => {};
  const fetch: Fetch = (_input, init) => {
    inits.push(init);
    return new Promise((resolve) => { answer = resolve; });
  };
  return { fetch, inits, answer: (response) => answer(response) };
}

describe('withTimeout without a controller', () => {
  it('rejects with the reason though the fetch ignores its signal, and drops what it answers later', async () => {
    const controller = new AbortController();
    const { fetch, answer } = deafFetch();
    const late = new Response('late');
    const call = over(withTimeout(Infinity, 'attempt', new FakeClock(), false), fetch)(url, { signal: controller.signal });

    controller.abort('stop');
    await assert.rejects(call, (reason) => reason === 'stop');
    answer(late);
    await new FakeClock().settle();

    assert.equal(late.bodyUsed, true);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  it('hands over what comes, and lets go of the signal', async () => {
    const { signal } = new AbortController();
    const response = new Response('x');

    assert.equal(await over(withTimeout(Infinity, 'attempt', new FakeClock(), false), async () => response)(url, { signal }), response);

    assert.equal(response.body?.locked, false);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });
});

describe('withTimeout', () => {
  it('lets a body be collected that the reason of its abort holds', async () => {
    const begin = async (end: 'caller' | 'library'): Promise<WeakRef<object>> => {
      const caller = new AbortController();
      const body = new ReadableStream();
      let request: Abortable | undefined;
      const callback: Callback = { onResponse: (_response, told) => { request = told; }, onError: assert.fail };
      withTimeout(100, 'attempt', new FakeClock(), true)(toDispatch(async () => new Response(body)))(url, { signal: caller.signal }, caller.signal, callback);
      await new FakeClock().settle();
      (end === 'caller' ? caller : request)?.abort({ body });
      return new WeakRef(body);
    };
    const bodies = [await begin('caller'), await begin('library')];

    await collect();

    assert.deepEqual(bodies.map((body) => body.deref()), [undefined, undefined]);
  });

  it('hands over the very response, and leaves no timer and no listener', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const response = new Response(null);

    const result = await over(withTimeout(100, 'attempt', clock, true), scriptedFetch([response], clock))(url, { signal });

    assert.equal(result, response);
    assert.equal(clock.pending, 0);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('rejects with a TimeoutError when the time is over', async () => {
    const clock = new FakeClock();
    const call = over(withTimeout(100, 'attempt', clock, true), scriptedFetch(['hang'], clock))(url);
    const rejection = assert.rejects(call, (error) => {
      assert.ok(error instanceof TimeoutError);
      assert.deepEqual([error.scope, error.timeout, clock.now()], ['attempt', 100, 100]);
      return true;
    });

    await clock.advance(1_000);

    await rejection;
  });

  it('aborts what is beneath it with that error', async () => {
    const clock = new FakeClock();
    const { fetch, inits } = deafFetch();
    const call = over(withTimeout(100, 'attempt', clock, true), fetch)(url);
    const rejection = assert.rejects(call, (error) => error === inits[0]?.signal?.reason);

    await clock.advance(100);

    await rejection;
  });

  it('lets an answer through that comes in time', async () => {
    const clock = new FakeClock();
    const call = over(withTimeout(100, 'attempt', clock, true), scriptedFetch([{ after: 99, outcome: 200 }], clock))(url);

    await clock.advance(99);

    assert.equal((await call).status, 200);
  });

  it('leaves behind a fetch that ignores its signal, and drops what it answers later', async () => {
    const clock = new FakeClock();
    const { fetch, answer } = deafFetch();
    const late = new Response('late');
    const call = over(withTimeout(100, 'attempt', clock, true), fetch)(url);
    const rejection = assert.rejects(call, { name: 'TimeoutError' });
    await clock.advance(100);
    await rejection;

    answer(late);
    await clock.settle();

    assert.equal(late.bodyUsed, true);
  });

  it("rejects with the caller's own reason, and leaves no timer and no listener", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const call = over(withTimeout(100, 'attempt', clock, true), scriptedFetch(['hang'], clock))(url, { signal: controller.signal });

    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
    await clock.settle();
    assert.equal(clock.pending, 0);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  it('follows the signal of a Request', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const request = new Request(url, { signal: controller.signal });
    const call = over(withTimeout(100, 'attempt', clock, true), scriptedFetch(['hang'], clock))(request);

    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
  });

  it('passes on what is thrown beneath it at once', async () => {
    const clock = new FakeClock();
    const fetch: Fetch = () => { throw new Error('broken'); };

    await assert.rejects(over(withTimeout(100, 'attempt', clock, true), fetch)(url), /^Error: broken$/);

    assert.equal(clock.pending, 0);
  });

  it('sets no timer where there is no limit', async () => {
    const clock = new FakeClock();
    const call = over(withTimeout(Infinity, 'attempt', clock, true), scriptedFetch([{ after: 5, outcome: 200 }], clock))(url);
    await clock.settle();

    assert.equal(clock.pending, 1);
    await clock.advance(5);
    await call;
  });

  it('leaves it to what is beneath a total to settle, once it is aborted', async () => {
    const clock = new FakeClock();
    let settle: (reason: unknown) => void = () => {};
    const beneath: Fetch = (_input, init) => new Promise((_resolve, reject) => {
      settle = () => reject(init?.signal?.reason);
    });
    const settled: unknown[] = [];
    over(withTimeout(100, 'total', clock, true), beneath)(url).catch((error: unknown) => settled.push(error));

    await clock.advance(100);
    const before = settled.length;
    settle(undefined);
    await clock.settle();

    assert.equal(before, 0);
    assert.ok(settled[0] instanceof TimeoutError && settled[0].scope === 'total');
  });
});
