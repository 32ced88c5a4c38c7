import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withBodyLimits } from '../../src/body-limits.ts';
import type { Clock } from '../../src/clock.ts';
import { TimeoutError } from '../../src/errors.ts';
import { resilientFetch } from '../../src/resilient-fetch.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { collectGarbage } from '../support/garbage-collection.ts';
import { rejectionOf } from '../support/wait.ts';
import { createLateClock, toFetch, url } from './trace.ts';

/** Creates a body and the functions of its server. `state` counts the pulls, and has the reason of a cancel. */
function createBody(kind?: 'bytes') {
  let sink: ReadableByteStreamController | ReadableStreamDefaultController | undefined;
  const state: { pulls: number; cancelled?: unknown } = { pulls: 0 };
  const body = new ReadableStream({
    type: kind as 'bytes',
    start(controller) { sink = controller; },
    pull() { state.pulls += 1; },
    cancel(reason) { state.cancelled = reason; },
  }, { highWaterMark: 0 });
  const send = (text: string): void => sink?.enqueue(new TextEncoder().encode(text));
  return { body, state, send, end: () => sink?.close(), fail: (error: unknown) => sink?.error(error) };
}

/** Passes a response through the layer. `controller` aborts the request, and its signal is the caller's. */
const wrap = (response: Response, clock: Clock = new FakeClock(), controller = new AbortController(), limits: { bodyTimeout?: number; totalTimeout?: number } = {}): Promise<Response> => {
  const request = { abort: (reason: unknown) => controller.abort(reason), release() {} };
  const layer = withBodyLimits({ bodyTimeout: 100, totalTimeout: Infinity, clock, ...limits });
  return toFetch(layer((_input, _init, _signal, callback) => callback.onResponse(response, request)))(url, { signal: controller.signal });
};

const decode = (chunk: Uint8Array | undefined): string => new TextDecoder().decode(chunk);

describe('withBodyLimits', () => {
  for (const kind of [undefined, 'bytes'] as const) {
    const name = kind === undefined ? 'a default stream' : 'a byte stream';

    it(`reads ${name} chunk by chunk, and leaves no timer`, async () => {
      const clock = new FakeClock();
      const { body, send, end } = createBody(kind);
      const reader = (await wrap(new Response(body), clock)).body!.getReader();
      const chunks: string[] = [];

      for (const word of ['one', 'two']) {
        const next = reader.read();
        await clock.advance(99);
        send(word);
        chunks.push(decode((await next).value));
      }
      const last = reader.read();
      end();

      assert.deepEqual(await last, { done: true, value: undefined });
      assert.deepEqual(chunks, ['one', 'two']);
      assert.equal(clock.pending, 0);
    });

    it(`rejects the read of ${name} with a TimeoutError after a silence, and aborts the request`, async () => {
      const clock = new FakeClock();
      const controller = new AbortController();
      const { body, state, send } = createBody(kind);
      const response = await wrap(new Response(body), clock, controller);
      send('the beginning');
      const rejection = rejectionOf(response.text());

      await clock.advance(99);
      assert.equal(state.cancelled, undefined);
      await clock.advance(1);

      const error = await rejection;
      assert.ok(error instanceof TimeoutError);
      assert.deepEqual([error.name, error.scope, error.timeout], ['TimeoutError', 'body', 100]);
      assert.equal(state.cancelled, error);
      assert.equal(controller.signal.reason, error);
      assert.equal(clock.pending, 0);
    });

    it(`pulls no more of ${name} than is read`, async () => {
      const clock = new FakeClock();
      const { body, state, send } = createBody(kind);
      const reader = (await wrap(new Response(body), clock)).body!.getReader();

      await clock.settle();
      const before = state.pulls;
      const read = reader.read();
      send('one');
      await read;
      await clock.settle();

      assert.deepEqual([before, state.pulls], [0, 1]);
    });

    it(`does not limit how slowly ${name} is read`, async () => {
      const clock = new FakeClock();
      const { body, send, end } = createBody(kind);
      const reader = (await wrap(new Response(body), clock)).body!.getReader();
      send('one');
      send('two');
      end();

      await clock.advance(1_000);
      const first = await reader.read();
      await clock.advance(1_000);
      const second = await reader.read();

      assert.deepEqual([first, second].map(({ value }) => decode(value)), ['one', 'two']);
      assert.equal((await reader.read()).done, true);
    });

    it(`cancels ${name} with the reason while a read is pending`, async () => {
      const clock = new FakeClock();
      const { body, state } = createBody(kind);
      const reader = (await wrap(new Response(body), clock)).body!.getReader();
      const read = reader.read();
      await clock.settle();

      await reader.cancel('enough');

      assert.deepEqual(await read, { done: true, value: undefined });
      assert.equal(state.cancelled, 'enough');
      await clock.settle();
      assert.equal(clock.pending, 0);
    });

    it(`rejects with the error of ${name} itself`, async () => {
      const clock = new FakeClock();
      const { body, fail } = createBody(kind);
      const text = (await wrap(new Response(body), clock)).text();
      const error = new TypeError('reset');

      fail(error);

      assert.equal(await rejectionOf(text), error);
      assert.equal(clock.pending, 0);
    });
  }

  it('cancels a body that has no reader', async () => {
    const { body, state } = createBody();
    const controller = new AbortController();
    const response = await wrap(new Response(body), new FakeClock(), controller);

    await response.body!.cancel('enough');

    assert.equal(state.cancelled, 'enough');
    assert.equal(controller.signal.reason, 'enough');
  });

  it("rejects with the reason of an abort rather than with the platform's error", async () => {
    const controller = new AbortController();
    const { body, fail } = createBody();
    const text = (await wrap(new Response(body), new FakeClock(), controller)).text();

    controller.abort('left');
    fail(new DOMException('platform error', 'AbortError'));

    assert.equal(await rejectionOf(text), 'left');
  });

  it('supports a BYOB reader where the body of the platform does', async () => {
    const { body, send, end } = createBody('bytes');
    const reader = (await wrap(new Response(body))).body!.getReader({ mode: 'byob' });
    send('abcdef');

    const first = await reader.read(new Uint8Array(4));
    const second = await reader.read(new Uint8Array(4));
    const last = reader.read(new Uint8Array(4));
    end();

    assert.deepEqual([decode(first.value), decode(second.value)], ['abcd', 'ef']);
    assert.equal((await last).done, true);
  });

  it('supports no BYOB reader where the body of the platform does not', async () => {
    const response = await wrap(new Response(createBody().body));

    assert.throws(() => response.body!.getReader({ mode: 'byob' }), TypeError);
  });

  it('restarts a timer that fires late, for as long as it was late', async () => {
    const clock = new FakeClock();
    const lateClock = createLateClock(clock);
    const { body, send, end } = createBody();
    const text = (await wrap(new Response(body), lateClock)).text();
    await clock.settle(() => clock.pending === 1);

    lateClock.lateness = 5_000;
    await clock.advance(100 + 99);
    send('read late');
    await clock.settle();
    end();

    assert.equal(await text, 'read late');
    assert.equal(clock.pending, 0);
  });

  it('rejects when a timer that fired late expires again', async () => {
    const clock = new FakeClock();
    const lateClock = createLateClock(clock);
    const rejection = rejectionOf((await wrap(new Response(createBody().body), lateClock)).text());
    await clock.settle(() => clock.pending === 1);

    lateClock.lateness = 30;
    await clock.advance(129);
    const pending = clock.pending;
    await clock.advance(1);

    assert.ok(await rejection instanceof TimeoutError);
    assert.equal(pending, 1);
    assert.equal(clock.pending, 0);
  });

  it("closes with the source, and rejects its reader's closed with the source", async () => {
    const clock = new FakeClock();
    const [ending, failing] = [createBody(), createBody()];
    const [ended, failed] = await Promise.all([ending, failing].map(async ({ body }) => (await wrap(new Response(body), clock, undefined, { totalTimeout: 1_000 })).body!.getReader()));
    const error = new TypeError('reset');

    ending.end();
    failing.fail(error);

    assert.equal(await ended?.closed, undefined);
    assert.equal(await rejectionOf(failed!.closed), error);
    assert.equal(clock.pending, 0);
  });

  it('ends with the source where all chunks were read before', async () => {
    const clock = new FakeClock();
    const { body, send, end } = createBody();
    const reader = (await wrap(new Response(body), clock, undefined, { totalTimeout: 1_000 })).body!.getReader();
    send('one');
    assert.equal(decode((await reader.read()).value), 'one');

    end();
    await clock.settle();

    assert.equal(clock.pending, 0);
  });

  it('closes only after the last chunk is read', async () => {
    const clock = new FakeClock();
    const { body, send, end } = createBody();
    const reader = (await wrap(new Response(body), clock)).body!.getReader();
    let isClosed = false;
    void reader.closed.then(() => { isClosed = true; });
    send('one');
    end();
    await clock.settle();
    const before = isClosed;

    const { value } = await reader.read();
    await clock.settle();

    assert.deepEqual([before, decode(value), isClosed], [false, 'one', true]);
  });

  it('rejects a pending read when the signal aborts, even if the body ignores it', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const reader = (await wrap(new Response(createBody().body), clock, controller, { totalTimeout: 1_000 })).body!.getReader();
    const reading = rejectionOf(reader.read());
    const closed = rejectionOf(reader.closed);
    await clock.settle();

    controller.abort('left');

    assert.deepEqual([await reading, await closed, clock.pending], ['left', 'left', 0]);
  });

  it('rejects the read of a body whose signal has no reason with an AbortError', async () => {
    const signal = Object.assign(new EventTarget(), { aborted: true }) as AbortSignal;
    const layer = withBodyLimits({ bodyTimeout: 100, totalTimeout: Infinity, clock: new FakeClock() });
    const response = await toFetch(layer((_input, _init, _signal, callback) => callback.onResponse(new Response(createBody().body))))(url, { signal });

    const error = await rejectionOf(response.text());

    assert.deepEqual([(error as Error).name, (error as Error).message], ['AbortError', 'This operation was aborted']);
  });

  for (const kind of [undefined, 'bytes'] as const) {
    const name = kind === undefined ? 'a default stream' : 'a byte stream';

    it(`ends ${name} that trickles when totalTimeout runs out`, async () => {
      const clock = new FakeClock();
      const controller = new AbortController();
      const { body, state, send } = createBody(kind);
      const text = rejectionOf((await wrap(new Response(body), clock, controller, { totalTimeout: 1_000 })).text());

      for (let chunk = 1; chunk < 20; chunk += 1) {
        send('x');
        await clock.advance(50);
      }
      const before = state.cancelled;
      await clock.advance(50);

      const error = await text;
      assert.ok(error instanceof TimeoutError);
      assert.deepEqual([error.scope, error.timeout, error.message], ['total', 1_000, 'GET http://users.test/1: not complete within 1000 ms']);
      assert.deepEqual([before, state.cancelled, controller.signal.reason], [undefined, error, error]);
      assert.equal(clock.pending, 0);
    });

    it(`ends ${name} that nobody reads when totalTimeout runs out`, async () => {
      const clock = new FakeClock();
      const { body, state } = createBody(kind);
      const response = await wrap(new Response(body), clock, undefined, { totalTimeout: 1_000 });

      await clock.advance(999);
      const before = clock.pending;
      await clock.advance(1);

      assert.ok(state.cancelled instanceof TimeoutError);
      assert.deepEqual([before, clock.pending], [1, 0]);
      assert.equal(await rejectionOf(response.text()), state.cancelled);
    });
  }

  it('ends the pending read of a BYOB reader when totalTimeout runs out, whatever the clock shows', async () => {
    const clock = new FakeClock({ now: 10_000 });
    const response = await wrap(new Response(createBody('bytes').body), clock, undefined, { totalTimeout: 50 });
    const reading = rejectionOf(response.body!.getReader({ mode: 'byob' }).read(new Uint8Array(4)));

    await clock.advance(50);

    assert.equal((await reading as TimeoutError).scope, 'total');
    assert.equal(clock.pending, 0);
  });

  it('ends a clone when totalTimeout runs out', async () => {
    const clock = new FakeClock();
    const response = await wrap(new Response(createBody().body), clock, undefined, { totalTimeout: 1_000 });
    const texts = [response.clone(), response].map((one) => rejectionOf(one.text()));

    await clock.advance(100);

    assert.deepEqual((await Promise.all(texts)).map((error) => (error as TimeoutError).scope), ['body', 'body']);
  });

  it('restarts a total timer that fires late, for as long as it was late', async () => {
    const clock = new FakeClock();
    const lateClock = createLateClock(clock);
    const { body, send, end } = createBody();
    const text = (await wrap(new Response(body), lateClock, undefined, { bodyTimeout: Infinity, totalTimeout: 1_000 })).text();
    lateClock.lateness = 500;
    await clock.advance(1_499);

    send('read late');
    end();

    assert.equal(await text, 'read late');
    assert.equal(clock.pending, 0);
  });

  it('ends the body when a total timer that fired late expires again', async () => {
    const clock = new FakeClock();
    const lateClock = createLateClock(clock);
    const text = rejectionOf((await wrap(new Response(createBody().body), lateClock, undefined, { bodyTimeout: Infinity, totalTimeout: 1_000 })).text());
    lateClock.lateness = 500;

    await clock.advance(1_499);
    const { pending } = clock;
    await clock.advance(1);

    assert.equal((await text as TimeoutError).scope, 'total');
    assert.deepEqual([pending, clock.pending], [1, 0]);
  });

  it('does not let a total timer keep the process alive, nor one that fired late', async () => {
    const clock = new FakeClock();
    const lateClock = createLateClock(clock);
    const timers: { isReferenced: boolean }[] = [];
    const setTimeout = (callback: () => void, ms: number): unknown => {
      const timer = { isReferenced: true, unref: () => { timer.isReferenced = false; } };
      lateClock.setTimeout(callback, ms);
      timers.push(timer);
      return timer;
    };
    const response = await wrap(new Response(createBody().body), { ...lateClock, now: () => lateClock.now(), setTimeout, clearTimeout() {} }, undefined, { totalTimeout: 1_000 });

    lateClock.lateness = 500;
    await clock.advance(1_000);

    assert.deepEqual(timers.map(({ isReferenced }) => isReferenced), [false, false]);
    assert.equal(response.bodyUsed, false);
  });

  it('ignores timers that the clock was unable to clear', async () => {
    const clock = new FakeClock();
    const unclearable = { ...createLateClock(clock), now: () => clock.now(), clearTimeout() {} };
    const controller = new AbortController();
    const { body, state, send, end } = createBody();
    const text = (await wrap(new Response(body), unclearable, controller, { totalTimeout: 1_000 })).text();
    send('complete');
    end();
    await text;

    await clock.advance(10_000);

    assert.equal(await text, 'complete');
    assert.deepEqual([state.cancelled, controller.signal.aborted], [undefined, false]);
  });

  const endings: [string, (response: Response, server: ReturnType<typeof createBody>, controller: AbortController) => Promise<unknown>][] = [
    ['ends', (response, { end }) => { end(); return response.text(); }],
    ['ends unread', async (_response, { end }) => end()],
    ['is cancelled', (response) => response.body!.cancel('enough')],
    ['fails', (response, { fail }) => { fail(new TypeError('reset')); return rejectionOf(response.text()); }],
    ['fails unread', async (_response, { fail }) => fail(new TypeError('reset'))],
    ['is aborted while it is read', (response, _server, controller) => { const text = rejectionOf(response.text()); controller.abort(); return text; }],
  ];
  for (const [name, finish] of endings) {
    it(`stops the total timer and releases the request when the body ${name}`, async () => {
      const clock = new FakeClock();
      const controller = new AbortController();
      const server = createBody();
      let releases = 0;
      const request = { abort() {}, release: () => { releases += 1; } };
      const layer = withBodyLimits({ bodyTimeout: Infinity, totalTimeout: 1_000, clock });
      const response = await toFetch(layer((_input, _init, _signal, callback) => callback.onResponse(new Response(server.body), request)))(url, { signal: controller.signal });
      const before = [clock.pending, releases];

      await finish(response, server, controller);
      await clock.settle();

      assert.deepEqual(before, [1, 0]);
      assert.ok(releases > 0);
      assert.equal(clock.pending, 0);
    });
  }

  it('stops the total timer when a body that nobody reads is collected', async () => {
    const clock = new FakeClock();
    await (async () => void await wrap(new Response(createBody().body), clock, undefined, { totalTimeout: 1_000 }))();
    const before = clock.pending;

    await collectGarbage();

    assert.deepEqual([before, clock.pending], [1, 0]);
  });

  it('keeps the limit while only a reader references the body', async () => {
    const clock = new FakeClock();
    const reader = await (async () => (await wrap(new Response(createBody().body), clock, undefined, { totalTimeout: 1_000 })).body!.getReader())();
    await collectGarbage();

    await clock.advance(1_000);

    assert.equal((await rejectionOf(reader.read()) as TimeoutError).scope, 'total');
  });

  it('has members that can be configured, as those of a Response', async () => {
    const wrapped = await wrap(new Response(createBody().body));

    assert.equal(Reflect.set(wrapped, 'clone', () => wrapped), true);
    assert.equal(wrapped.clone(), wrapped);
    for (const name of ['url', 'redirected', 'type', 'status', 'statusText', 'ok', 'headers', 'clone'] as const) {
      Object.defineProperty(wrapped, name, { get: () => 'mine' });
      assert.equal(wrapped[name], 'mine');
    }
  });

  it('has the very headers of the original, neither trimmed nor copied', async () => {
    const response = new Response(createBody().body);

    assert.equal((await wrap(response)).headers, response.headers);
  });

  for (const status of [204, 205, 304]) {
    it(`keeps the body of a mock with the status ${status}`, async () => {
      const { body, send, end } = createBody();
      const wrapped = await wrap({ body, status, headers: new Headers() } as Response);
      send('a body');
      end();

      assert.deepEqual([wrapped.status, await wrapped.text()], [status, 'a body']);
    });
  }

  it('keeps a status text that the Response constructor rejects', async () => {
    const response = Object.defineProperty(new Response(createBody().body), 'statusText', { value: 'Пусто' });

    assert.equal((await wrap(response)).statusText, 'Пусто');
  });

  it('rejects with an exception of clock.setTimeout, and discards the response', async () => {
    const controller = new AbortController();
    const error = new Error('broken');
    const clock = { ...createLateClock(new FakeClock()), now: () => 0, setTimeout: () => { throw error; } };

    assert.equal(await rejectionOf(wrap(new Response(createBody().body), clock, controller, { totalTimeout: 1_000 })), error);

    assert.equal(controller.signal.reason, error);
  });

  it('wraps a Response in one with the same members, clones included', async () => {
    const response = new Response(createBody().body, { status: 404, statusText: 'Missing', headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['content-type', 'text/x']] });
    Object.defineProperties(response, { url: { value: url }, redirected: { value: true }, type: { value: 'cors' } });

    const wrapped = await wrap(response);

    for (const candidate of [wrapped, wrapped.clone(), wrapped.clone().clone()]) {
      const { status, statusText, ok, redirected, type, bodyUsed, headers } = candidate;
      assert.ok(candidate instanceof Response);
      assert.deepEqual([status, statusText, ok, candidate.url, redirected, type, bodyUsed], [404, 'Missing', false, url, true, 'cors', false]);
      assert.deepEqual([...headers], [...response.headers]);
    }
  });

  it('keeps a status that the Response constructor rejects', async () => {
    const response = new Response(createBody().body, { headers: { 'x-why': 'bots' } });
    Object.defineProperties(response, { status: { value: 999 }, statusText: { value: 'Denied' }, ok: { value: false } });

    const { status, statusText, ok, headers } = await wrap(response);

    assert.deepEqual([status, statusText, ok, headers.get('x-why')], [999, 'Denied', false, 'bots']);
  });

  it("creates a Response of the platform's class, since another class may take other arguments", async () => {
    class ParsedResponse extends Response {
      constructor(inner: Response) {
        super(inner.body, inner);
      }
    }
    const wrapped = await wrap(new ParsedResponse(new Response('hello', { status: 201 })));

    assert.deepEqual([wrapped.constructor, wrapped.status, await wrapped.text()], [Response, 201, 'hello']);
  });

  it('rejects with the error of a mock whose reader throws, and discards the response', async () => {
    const error = new Error('no reader');
    let cancels = 0;
    const body = { locked: false, getReader: () => { throw error; }, cancel: async () => { cancels += 1; } };

    assert.equal(await rejectionOf(wrap({ body, status: 200, headers: new Headers() } as unknown as Response)), error);

    await new FakeClock().settle();
    assert.equal(cancels, 1);
  });

  it('rejects with the error of wrapping, and discards the response', async () => {
    const error = new Error('no status');
    const { body, state } = createBody();
    const controller = new AbortController();
    const response = Object.defineProperty(new Response(body), 'status', { get: () => { throw error; } });

    assert.equal(await rejectionOf(wrap(response, new FakeClock(), controller)), error);

    await new FakeClock().settle();
    assert.ok('cancelled' in state && controller.signal.aborted);
  });

  for (const member of ['status', 'headers', 'redirected']) {
    it(`ends a call under a total timeout with the error of a mock's ${member}`, async () => {
      const error = new Error('from a getter');
      const clock = new FakeClock();
      const fetch = async (): Promise<Response> => Object.defineProperty(new Response('text'), member, { get: () => { throw error; } });

      const rejection = rejectionOf(resilientFetch(url, { fetch, clock, retries: 0, totalTimeout: 1_000 }));

      assert.equal(await clock.run(rejection), error);
      assert.equal(clock.pending, 0);
    });
  }

  it('passes an error on', async () => {
    const error = new TypeError('reset');

    assert.equal(await rejectionOf(toFetch(withBodyLimits({ bodyTimeout: 100, totalTimeout: Infinity, clock: new FakeClock() })((_input, _init, _signal, callback) => callback.onError(error)))(url)), error);
  });

  it('wraps a mock whose body is a stream', async () => {
    const { body, send, end } = createBody();
    const wrapped = await wrap({ body, status: 200, headers: new Headers() } as Response);
    send('from a mock');
    end();

    assert.equal(await wrapped.text(), 'from a mock');
  });

  const unwrapped: [string, () => Response][] = [
    ['is undefined, as from a mock', () => undefined as unknown as Response],
    ['has no body', () => new Response(null)],
    ['has a Node stream as its body', () => ({ body: { pipe: () => {} } }) as unknown as Response],
    ['is being read', () => {
      const response = new Response('x');
      response.body?.getReader();
      return response;
    }],
  ];
  for (const [name, createResponse] of unwrapped) {
    it(`returns the same response when it ${name}`, async () => {
      const response = createResponse();

      assert.equal(await wrap(response), response);
    });
  }

  it('aborts no request whose body was read to its end', async () => {
    const controller = new AbortController();
    const clock = new FakeClock();
    const wrapped = await wrap(new Response('a body'), clock, controller);

    assert.equal(await wrapped.text(), 'a body');
    await clock.settle();

    assert.equal(controller.signal.aborted, false);
  });

  // A service worker that responds with the Response reads its internal state, and not its properties.
  const internal = (name: 'status' | 'statusText', response: Response): unknown =>
    Object.getOwnPropertyDescriptor(Response.prototype, name)?.get?.call(response);
  const statuses: [status: number, internalStatus: number, internalText: string][] =
    [[199, 200, ''], [200, 200, ''], [404, 404, ''], [599, 599, ''], [600, 200, '']];
  for (const [status, internalStatus, internalText] of statuses) {
    it(`has an internal status of ${internalStatus} for ${status}`, async () => {
      const response = new Response(createBody().body, { status: internalStatus, statusText: 'Text' });
      Object.defineProperty(response, 'status', { value: status });

      const wrapped = await wrap(response);

      assert.deepEqual([internal('status', wrapped), internal('statusText', wrapped)], [internalStatus, internalText]);
    });
  }
});
