import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { TimeoutError } from '../../src/errors.ts';
import { failuresOf } from '../../src/failures.ts';
import type { Abortable } from '../../src/abort-forwarding.ts';
import type { Clock } from '../../src/clock.ts';
import type { Init } from '../../src/fetch-arguments.ts';
import { toDispatch, type Callback, type Fetch, type DispatchLayer } from '../../src/dispatch.ts';
import { FakeClock, scriptedFetch, type ScriptedOutcome } from '../../src/testing/index.ts';
import { resilientFetch, type ResilientInit } from '../../src/resilient-fetch.ts';
import { withTimeout } from '../../src/timeout.ts';
import { collectGarbage } from '../support/garbage-collection.ts';
import { createLateClock, resetError, respond, statusOf, toFetch, trace, url } from './trace.ts';

/** Wraps a fetch in a layer. */
const wrap = (layer: DispatchLayer, fetch: Fetch): Fetch => toFetch(layer(toDispatch(fetch)));

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
    const call = wrap(withTimeout(Infinity, 'attempt', new FakeClock(), () => false), fetch)(url, { signal: controller.signal });

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

    assert.equal(await wrap(withTimeout(Infinity, 'attempt', new FakeClock(), () => false), async () => response)(url, { signal }), response);

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
      withTimeout(100, 'attempt', new FakeClock(), () => true)(toDispatch(async () => new Response(body)))(url, { signal: caller.signal }, caller.signal, callback);
      await new FakeClock().settle();
      (abortedBy === 'caller' ? caller : request)?.abort({ body });
      return new WeakRef(body);
    };
    const bodies = [await setup('caller'), await setup('library')];

    await collectGarbage();

    assert.deepEqual(bodies.map((body) => body.deref()), [undefined, undefined]);
  });

  it('resolves with the same response, and leaves no timer and no listener', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const response = new Response(null);

    const result = await wrap(withTimeout(100, 'attempt', clock, () => true), scriptedFetch([response], clock))(url, { signal });

    assert.equal(result, response);
    assert.equal(clock.pending, 0);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('rejects with a TimeoutError after the timeout', async () => {
    const clock = new FakeClock();
    const call = wrap(withTimeout(100, 'attempt', clock, () => true), scriptedFetch(['hang'], clock))(url);
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
    const call = wrap(withTimeout(100, 'attempt', clock, () => true), fetch)(url);
    const rejection = assert.rejects(call, (error) => error === inits[0]?.signal?.reason);

    await clock.advance(100);

    await rejection;
  });

  it('resolves with a response within the timeout', async () => {
    const clock = new FakeClock();
    const call = wrap(withTimeout(100, 'attempt', clock, () => true), scriptedFetch([{ after: 99, outcome: 200 }], clock))(url);

    await clock.advance(99);

    assert.equal((await call).status, 200);
  });

  it('rejects even if fetch ignores its signal, and discards a late response', async () => {
    const clock = new FakeClock();
    const { fetch, respond } = createPendingFetch();
    const late = new Response('late');
    const call = wrap(withTimeout(100, 'attempt', clock, () => true), fetch)(url);
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
    const call = wrap(withTimeout(100, 'attempt', clock, () => true), scriptedFetch(['hang'], clock))(url, { signal: controller.signal });

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
    const call = wrap(withTimeout(100, 'attempt', clock, () => true), scriptedFetch(['hang'], clock))(request);

    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
  });

  it('sets no timer for a timeout of Infinity', async () => {
    const clock = new FakeClock();
    const call = wrap(withTimeout(Infinity, 'attempt', clock, () => true), scriptedFetch([{ after: 5, outcome: 200 }], clock))(url);
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
    wrap(withTimeout(100, 'total', clock, () => true), inner)(url).catch((error: unknown) => errors.push(error));

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
    const call = wrap(withTimeout(100, 'attempt', new FakeClock(), () => true), fetch)(url, { signal: controller.signal });
    respond(new Response('a body'));
    const response = await call;

    controller.abort('stop');

    assert.equal(inits[0]?.signal?.reason, 'stop');
    assert.equal(response.bodyUsed, false);
  });

  it('removes its listener when the body is collected', async () => {
    const { signal } = new AbortController();
    const layer = withTimeout(100, 'attempt', new FakeClock(), () => true);
    await wrap(layer, async () => new Response('a body'))(url, { signal });

    await collectGarbage();

    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('aborts an inner call as its caller does, which records nothing', async () => {
    const clock = new FakeClock();
    const failures: unknown[] = [];
    const inner = resilientFetch.with({ clock, fetch: scriptedFetch(['hang'], clock), onFailure: (failure) => failures.push(failure) });
    const call = wrap(withTimeout(100, 'attempt', clock, () => true), inner as Fetch)(url);
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

  for (const [name, init] of [['the last attempt', { retries: 0 }], ['a POST', { method: 'POST' }], ['a call with a predicate', { shouldRetry: () => assert.fail('was called') }]] as const) {
    it(`is recorded as the limit that ran out, for ${name}`, async () => {
      const { failures } = await trace(['hang'], { totalTimeout: 500, ...init });

      assert.deepEqual(failures.map(({ kind, stopped }) => [kind, stopped]), [['timeout', 'total-timeout']]);
    });
  }

  it('is reported to onFailure', async () => {
    const reported: unknown[] = [];
    const { result } = await trace(['hang'], { totalTimeout: 500, onFailure: ({ error, stopped }) => void reported.push(error, stopped) });

    assert.deepEqual(reported, [result, 'total-timeout']);
  });

  it('is replaced by what onFailure throws about it', async () => {
    const { result } = await trace(['hang'], { totalTimeout: 500, onFailure: ({ stopped }) => { throw new Error(`stopped by ${stopped}`); } });

    assert.equal(String(result), 'Error: stopped by total-timeout');
  });

  it('resolves with the response at once if the delay exceeds the time left', async () => {
    const clock = new FakeClock();
    const last = respond(503);
    const fetch = scriptedFetch([503, last], clock);

    const result = await clock.run(resilientFetch(url, { clock, fetch, random: () => 0.5, totalTimeout: 250 }));

    assert.deepEqual([result.status, fetch.times, clock.now()], [503, [0, 100], 100]);
    assert.equal(failuresOf(result).at(-1)?.stopped, 'total-timeout');
    // The total limits the body too, so the response is wrapped.
    assert.deepEqual([await result.text(), last.bodyUsed, clock.pending], ['a body', true, 0]);
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

describe('timeout and the size of the body', () => {
  const bytes = new Uint8Array(640_000);
  const form = new FormData();
  form.append('file', new Blob([bytes]));
  const request = (init: object): Request => new Request(url, { method: 'PUT', ...init });

  const rows: [string, () => string | Request, ResilientInit, number][] = [
    ['a string', () => url, { body: 'x'.repeat(640_000) }, 20_000],
    ['a buffer', () => url, { body: bytes.buffer }, 20_000],
    ['a view', () => url, { body: bytes }, 20_000],
    ['a Blob', () => url, { body: new Blob([bytes]) }, 20_000],
    ['FormData', () => url, { body: form }, 20_000],
    ['URLSearchParams', () => url, { body: new URLSearchParams({ a: 'x'.repeat(640_000) }) }, 20_000],
    ['a string that a factory creates', () => url, { body: () => 'x'.repeat(640_000) }, 20_000],
    ['no bytes', () => url, { body: '' }, 10_000],
    ["a Request's own, whose size is unknown", () => request({ body: bytes }), {}, 10_000],
    ["init, in place of a Request's own", () => request({ body: 'x' }), { body: bytes }, 20_000],
  ];
  for (const [name, input, init, limit] of rows) {
    it(`is ${limit} ms for a body of ${name}`, async () => {
      const { settledAt, result } = await trace(['hang'], { method: 'PUT', retries: 0, ...init }, input());

      assert.equal(settledAt, limit);
      assert.equal((result as TimeoutError).timeout, limit);
    });

    it(`applies to each attempt with a body of ${name}`, async () => {
      const { times } = await trace(['hang', 'hang'], { method: 'PUT', retries: 1, ...init }, input());

      assert.deepEqual(times, [0, limit + 100]);
    });
  }

  const unlimited: [string, () => ResilientInit][] = [
    ['a stream', () => ({ body: new Blob(['x']).stream(), duplex: 'half' })],
    ['a stream that a factory creates', () => ({ body: () => new Blob(['x']).stream(), duplex: 'half' })],
    ['an async generator', () => ({ body: (async function* () { yield 'x'; })() as unknown as ReadableStream, duplex: 'half' })],
  ];
  for (const [name, init] of unlimited) {
    it(`is unlimited for a body of ${name}, except for totalTimeout`, async () => {
      const { settledAt, result } = await trace([], { method: 'PUT', ...init(), totalTimeout: 1_000_000, fetch: () => new Promise(() => {}) });

      assert.equal(settledAt, 1_000_000);
      assert.equal((result as TimeoutError).scope, 'total');
    });
  }

  it('does not extend totalTimeout', async () => {
    const { settledAt } = await trace(['hang'], { method: 'PUT', body: bytes, totalTimeout: 15_000 });

    assert.equal(settledAt, 15_000);
  });

  it('is measured from the sending, not from the creation of the body', async () => {
    const clock = new FakeClock();
    const body = (): Promise<string> => new Promise((resolve) => { clock.setTimeout(() => resolve('created'), 4_000); });
    const call = resilientFetch(url, { clock, fetch: scriptedFetch(['hang'], clock), retries: 0, method: 'PUT', body });

    await assert.rejects(clock.run(call), { scope: 'attempt' });

    assert.equal(clock.now(), 14_000);
  });
});

describe('the message of a TimeoutError', () => {
  const rows: [string, string, ScriptedOutcome[], ResilientInit][] = [
    ['names the attempt', 'GET http://users.test/1: no response within 50 ms (attempt 4 of 4)', ['hang', 'hang', 'hang', 'hang'], {}],
    ['names the attempt without retries', 'PUT http://users.test/1: no response within 50 ms (attempt 1 of 1)', ['hang'], { method: 'put', retries: 0 }],
    ['names no last attempt for Infinity', 'GET http://users.test/1: no response within 50 ms (attempt 3)', [503, 503, 'hang'], { retries: Infinity, shouldRetry: ({ kind }) => kind === 'response' }],
    ['names the total limit', 'GET http://users.test/1: not complete within 120 ms', ['hang', 'hang'], { totalTimeout: 120, random: () => 0.1 }],
  ];
  for (const [name, message, outcomes, init] of rows) {
    it(name, async () => {
      const { result } = await trace(outcomes, { timeout: 50, ...init }, `${url}?token=secret#secret`);

      assert.equal((result as Error).message, message);
    });
  }

  it('names the request alone where the body is silent', async () => {
    const clock = new FakeClock();
    const stalled = new Response(new ReadableStream());
    const response = await resilientFetch(new URL(`${url}?token=secret`), { clock, fetch: async () => stalled, bodyTimeout: 50, method: 'query' });

    await assert.rejects(clock.run(response.text()), { message: 'query http://users.test/1: no data from the body within 50 ms' });
  });

  const limits: [string, string, ResilientInit][] = [
    ['an attempt', 'PUT http://users.test/1: no response within 50 ms (attempt 1 of 1)', { timeout: 50, retries: 0, fetch: () => new Promise(() => {}) }],
    ['the call', 'PUT http://users.test/1: not complete within 50 ms', { totalTimeout: 50, fetch: () => new Promise(() => {}) }],
    ['the body', 'PUT http://users.test/1: no data from the body within 50 ms', { bodyTimeout: 50, fetch: async () => new Response(new ReadableStream()) }],
  ];
  for (const [limited, message, options] of limits) {
    it(`names the request that was sent, where the caller changes its arguments afterwards: the limit of ${limited}`, async () => {
      const clock = new FakeClock();
      const [input, init] = [new URL(url), { method: 'PUT' }];
      const call = resilientFetch.with({ clock, ...options })(input, init);
      input.pathname = '/2';
      init.method = 'DELETE';

      await assert.rejects(clock.run(call.then((response) => response.text())), { message });
    });
  }

  it("has no password of a mock's Request", async () => {
    const { result } = await trace([], { fetch: () => new Promise(() => {}), retries: 0 }, { url: 'http://user:secret@users.test/1', method: 'GET' } as Request);

    assert.equal((result as Error).message, 'GET http://users.test/1: no response within 10000 ms (attempt 1 of 1)');
  });

  it('names no request whose getters throw', async () => {
    const input = { url, get method() { throw new Error('looked at'); } } as unknown as Request;
    const { result } = await trace([], { fetch: () => new Promise(() => {}), totalTimeout: 50 }, input);

    assert.match(String(result), /^TimeoutError: fetch: not complete within 50 ms$|looked at/);
  });
});

describe('a timer that fires late', () => {
  for (const [scope, limits] of [['attempt', { timeout: 1_000 }], ['total', { timeout: Infinity, totalTimeout: 1_000 }]] as const) {
    it(`lets a response through that arrives while the ${scope} is given as long again`, async () => {
      const clock = new FakeClock();
      const lateClock = createLateClock(clock);
      const { fetch, respond: answer } = createPendingFetch();
      const call = resilientFetch(url, { clock: lateClock, fetch, ...limits });
      lateClock.lateness = 500;
      await clock.advance(1_499);

      answer(new Response('in time'));

      assert.equal(await (await call).text(), 'in time');
      assert.equal(clock.pending, 0);
    });

    it(`ends the ${scope} when as much time has passed again`, async () => {
      const clock = new FakeClock();
      const lateClock = createLateClock(clock);
      const { fetch } = createPendingFetch();
      const call = assert.rejects(resilientFetch(url, { clock: lateClock, fetch, retries: 0, ...limits }), { scope });
      lateClock.lateness = 500;

      await clock.advance(1_499);
      const { pending } = clock;
      await clock.advance(1);

      await call;
      assert.deepEqual([pending, clock.pending], [1, 0]);
    });

    it(`gives the ${scope} at most its own time again, after a sleep of a day`, async () => {
      const clock = new FakeClock();
      const lateClock = createLateClock(clock);
      const call = assert.rejects(resilientFetch(url, { clock: lateClock, fetch: createPendingFetch().fetch, retries: 0, ...limits }), { scope });
      lateClock.lateness = 86_400_000;

      await clock.advance(2_000);

      await call;
      assert.equal(clock.pending, 0);
    });
  }
});

describe('a timer that cannot be cleared', () => {
  const createClock = (): { clock: FakeClock; unclearable: Clock } => {
    const clock = new FakeClock();
    return { clock, unclearable: { now: () => clock.now(), date: () => clock.date(), setTimeout: (callback, ms) => clock.setTimeout(callback, ms), clearTimeout() {} } };
  };

  for (const [name, init] of [
    ['of an attempt', {}],
    ['of an attempt, with a signal', { signal: new AbortController().signal }],
    ['of a total', { totalTimeout: 20_000 }],
    ['of a silent body', { bodyTimeout: 20_000 }],
  ] as const) {
    it(`${name} does not abort the body of a call that has settled`, async () => {
      const { clock, unclearable } = createClock();
      let signal: AbortSignal | null | undefined;
      const fetch: Fetch = async (_input, sent) => {
        signal = sent?.signal;
        return new Response('complete');
      };
      const response = await resilientFetch(url, { ...init, clock: unclearable, fetch });
      const text = await response.text();

      await clock.advance(100_000);

      assert.deepEqual([text, signal?.aborted], ['complete', false]);
      assert.equal(clock.pending, 0);
    });
  }

  it('of a wait creates no body and sends no request after an abort', async () => {
    const { clock, unclearable } = createClock();
    const controller = new AbortController();
    const fetch = scriptedFetch([503, 200], clock);
    let bodies = 0;
    const init = { clock: unclearable, fetch, signal: controller.signal, random: () => 0.5, method: 'PUT', body: () => `body ${bodies += 1}` };
    const call = assert.rejects(resilientFetch(url, init), (reason) => reason === 'stop');
    await clock.settle();

    controller.abort('stop');
    await call;
    await clock.advance(100_000);

    assert.deepEqual([fetch.times, bodies], [[0], 1]);
  });

  it('of an attempt does not retry a call that was aborted', async () => {
    const { clock, unclearable } = createClock();
    const controller = new AbortController();
    const { fetch, inits } = createPendingFetch();
    const reported: unknown[] = [];
    const call = assert.rejects(resilientFetch(url, { clock: unclearable, fetch, signal: controller.signal, onFailure: (failure) => void reported.push(failure) }), (reason) => reason === 'stop');
    await clock.settle();

    controller.abort('stop');
    await call;
    await clock.advance(100_000);

    assert.deepEqual([inits.length, reported], [1, []]);
  });

  it('sets no other timer when it fires late, after its call has settled', async () => {
    const { clock, unclearable } = createClock();
    let lateness = 0;
    await resilientFetch(url, { clock: { ...unclearable, now: () => clock.now() + lateness }, fetch: async () => new Response(null) });
    lateness = 500;

    await clock.advance(10_000);

    assert.equal(clock.pending, 0);
  });
});
