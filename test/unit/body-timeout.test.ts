import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withBodyTimeout } from '../../src/body-timeout.ts';
import type { Clock } from '../../src/clock.ts';
import { TimeoutError } from '../../src/errors.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { rejectionOf } from '../support/loopback.ts';
import { toFetch, url } from './trace.ts';

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
const wrap = (response: Response, clock: Clock = new FakeClock(), controller = new AbortController()): Promise<Response> =>
  toFetch(withBodyTimeout(100, clock)((_input, _init, _signal, callback) => callback.onResponse(response, controller)))(url, { signal: controller.signal });

/** A clock whose timers fire `lateness` milliseconds late, like those of a program that blocks its event loop. */
function createLateClock(clock: FakeClock): Clock & { lateness: number } {
  return {
    lateness: 0,
    now() { return clock.now() + this.lateness; },
    date: () => clock.date(),
    setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
    clearTimeout: (timer) => clock.clearTimeout(timer),
  };
}

const decode = (chunk: Uint8Array | undefined): string => new TextDecoder().decode(chunk);

describe('withBodyTimeout', () => {
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

  it('creates a Response of the same class', async () => {
    class OwnResponse extends Response {}

    assert.ok(await wrap(new OwnResponse(createBody().body)) instanceof OwnResponse);
  });

  it("rejects with the error of the Response's constructor, and discards the response", async () => {
    const error = new Error('constructed twice');
    class SingleResponse extends Response {
      static isCreated = false;
      constructor(...args: ConstructorParameters<typeof Response>) {
        if (SingleResponse.isCreated) throw error;
        SingleResponse.isCreated = true;
        super(...args);
      }
    }

    const { body, state } = createBody();
    const controller = new AbortController();

    assert.equal(await rejectionOf(wrap(new SingleResponse(body), new FakeClock(), controller)), error);

    assert.ok('cancelled' in state && controller.signal.aborted);
  });

  it('passes an error on', async () => {
    const error = new TypeError('reset');

    assert.equal(await rejectionOf(toFetch(withBodyTimeout(100, new FakeClock())((_input, _init, _signal, callback) => callback.onError(error)))(url)), error);
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

  it('rejects with a TimeoutError without a signal and a request', async () => {
    const clock = new FakeClock();
    const response = new Response(createBody().body);
    const wrapped = await toFetch(withBodyTimeout(100, clock)((_input, _init, _signal, callback) => callback.onResponse(response)))(url);
    const rejection = rejectionOf(wrapped.text());

    await clock.advance(100);

    assert.ok(await rejection instanceof TimeoutError);
  });

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
    [[199, 200, ''], [200, 200, 'Text'], [404, 404, 'Text'], [599, 599, 'Text'], [600, 200, '']];
  for (const [status, internalStatus, internalText] of statuses) {
    it(`has an internal status of ${internalStatus} for ${status}`, async () => {
      const response = new Response(createBody().body, { status: internalStatus, statusText: 'Text' });
      Object.defineProperty(response, 'status', { value: status });

      const wrapped = await wrap(response);

      assert.deepEqual([internal('status', wrapped), internal('statusText', wrapped)], [internalStatus, internalText]);
    });
  }
});
