import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withBodyTimeout } from '../../src/body-timeout.ts';
import type { Clock } from '../../src/clock.ts';
import { TimeoutError } from '../../src/errors.ts';
import { toPromise, type Dispatch, type Fetch } from '../../src/dispatch.ts';
import { signalOf } from '../../src/fetch-arguments.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { rejectionOf } from '../support/loopback.ts';

const url = 'http://users.test/1';

const toFetch = (dispatch: Dispatch): Fetch => (input, init) => toPromise(dispatch, input, init, signalOf(input, init));

/** A server at the other end of a body: what it sends is there at once, and what became of its connection is seen. */
function peer(kind?: 'bytes') {
  let sink: ReadableByteStreamController | ReadableStreamDefaultController | undefined;
  const seen: { pulls: number; cancelled?: unknown } = { pulls: 0 };
  const body = new ReadableStream({
    type: kind as 'bytes',
    start(controller) { sink = controller; },
    pull() { seen.pulls += 1; },
    cancel(reason) { seen.cancelled = reason; },
  }, { highWaterMark: 0 });
  const send = (text: string): void => sink?.enqueue(new TextEncoder().encode(text));
  return { body, seen, send, end: () => sink?.close(), fail: (error: unknown) => sink?.error(error) };
}

/** The response as it comes through the layer, for a caller whose signal is the request's own. */
const received = (response: Response, clock: Clock = new FakeClock(), controller = new AbortController()): Promise<Response> =>
  toFetch(withBodyTimeout(100, clock)((_input, _init, _signal, callback) => callback.onResponse(response, controller)))(url, { signal: controller.signal });

/** A clock whose timers all fire so many milliseconds late, as those of a program do that keeps its event loop busy. */
function busyClock(clock: FakeClock): Clock & { late: number } {
  return {
    late: 0,
    now() { return clock.now() + this.late; },
    date: () => clock.date(),
    setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
    clearTimeout: (timer) => clock.clearTimeout(timer),
  };
}

const decoded = (chunk: Uint8Array | undefined): string => new TextDecoder().decode(chunk);

describe('withBodyTimeout', () => {
  for (const kind of [undefined, 'bytes'] as const) {
    const words = kind === undefined ? 'a plain body' : 'a body of bytes';

    it(`hands ${words} on, chunk by chunk, and leaves no timer`, async () => {
      const clock = new FakeClock();
      const { body, send, end } = peer(kind);
      const reader = (await received(new Response(body), clock)).body!.getReader();
      const chunks: string[] = [];

      for (const word of ['one', 'two']) {
        const next = reader.read();
        await clock.advance(99);
        send(word);
        chunks.push(decoded((await next).value));
      }
      const last = reader.read();
      end();

      assert.deepEqual(await last, { done: true, value: undefined });
      assert.deepEqual(chunks, ['one', 'two']);
      assert.equal(clock.pending, 0);
    });

    it(`rejects the read of ${words} that is silent for too long, and closes the connection`, async () => {
      const clock = new FakeClock();
      const controller = new AbortController();
      const { body, seen, send } = peer(kind);
      const response = await received(new Response(body), clock, controller);
      send('the beginning');
      const rejection = rejectionOf(response.text());

      await clock.advance(99);
      assert.equal(seen.cancelled, undefined);
      await clock.advance(1);

      const error = await rejection;
      assert.ok(error instanceof TimeoutError);
      assert.deepEqual([error.name, error.scope, error.timeout], ['TimeoutError', 'body', 100]);
      assert.equal(seen.cancelled, error);
      assert.equal(controller.signal.reason, error);
      assert.equal(clock.pending, 0);
    });

    it(`asks for no more than is read of ${words}`, async () => {
      const clock = new FakeClock();
      const { body, seen, send } = peer(kind);
      const reader = (await received(new Response(body), clock)).body!.getReader();

      await clock.settle();
      const before = seen.pulls;
      const read = reader.read();
      send('one');
      await read;
      await clock.settle();

      assert.deepEqual([before, seen.pulls], [0, 1]);
    });

    it(`does not mind how slowly ${words} is read`, async () => {
      const clock = new FakeClock();
      const { body, send, end } = peer(kind);
      const reader = (await received(new Response(body), clock)).body!.getReader();
      send('one');
      send('two');
      end();

      await clock.advance(1_000);
      const first = await reader.read();
      await clock.advance(1_000);
      const second = await reader.read();

      assert.deepEqual([first, second].map(({ value }) => decoded(value)), ['one', 'two']);
      assert.equal((await reader.read()).done, true);
    });

    it(`cancels ${words} with the reason, also while it is awaited`, async () => {
      const clock = new FakeClock();
      const { body, seen } = peer(kind);
      const reader = (await received(new Response(body), clock)).body!.getReader();
      const read = reader.read();
      await clock.settle();

      await reader.cancel('enough');

      assert.deepEqual(await read, { done: true, value: undefined });
      assert.equal(seen.cancelled, 'enough');
      await clock.settle();
      assert.equal(clock.pending, 0);
    });

    it(`rejects with the very error that breaks ${words} off`, async () => {
      const clock = new FakeClock();
      const { body, fail } = peer(kind);
      const text = (await received(new Response(body), clock)).text();
      const error = new TypeError('reset');

      fail(error);

      assert.equal(await rejectionOf(text), error);
      assert.equal(clock.pending, 0);
    });
  }

  it('cancels a body that nobody has begun to read', async () => {
    const { body, seen } = peer();
    const controller = new AbortController();
    const response = await received(new Response(body), new FakeClock(), controller);

    await response.body!.cancel('enough');

    assert.equal(seen.cancelled, 'enough');
    assert.equal(controller.signal.reason, 'enough');
  });

  it('rejects with the reason of an abort, whatever the platform makes of it', async () => {
    const controller = new AbortController();
    const { body, fail } = peer();
    const text = (await received(new Response(body), new FakeClock(), controller)).text();

    controller.abort('left');
    fail(new DOMException('Its own words', 'AbortError'));

    assert.equal(await rejectionOf(text), 'left');
  });

  it('fills the buffers that a reader brings, where the platform\'s body does', async () => {
    const { body, send, end } = peer('bytes');
    const reader = (await received(new Response(body))).body!.getReader({ mode: 'byob' });
    send('abcdef');

    const first = await reader.read(new Uint8Array(4));
    const second = await reader.read(new Uint8Array(4));
    const last = reader.read(new Uint8Array(4));
    end();

    assert.deepEqual([decoded(first.value), decoded(second.value)], ['abcd', 'ef']);
    assert.equal((await last).done, true);
  });

  it('takes no buffers where the platform\'s body takes none', async () => {
    const response = await received(new Response(peer().body));

    assert.throws(() => response.body!.getReader({ mode: 'byob' }), TypeError);
  });

  it('gives a program that was busy as long again to see what came meanwhile', async () => {
    const clock = new FakeClock();
    const busy = busyClock(clock);
    const { body, send, end } = peer();
    const text = (await received(new Response(body), busy)).text();
    await clock.settle(() => clock.pending === 1);

    busy.late = 5_000;
    await clock.advance(100 + 99);
    send('seen late');
    await clock.settle();
    end();

    assert.equal(await text, 'seen late');
    assert.equal(clock.pending, 0);
  });

  it('takes no longer than that for a silence behind a busy program', async () => {
    const clock = new FakeClock();
    const busy = busyClock(clock);
    const rejection = rejectionOf((await received(new Response(peer().body), busy)).text());
    await clock.settle(() => clock.pending === 1);

    busy.late = 30;
    await clock.advance(129);
    const pending = clock.pending;
    await clock.advance(1);

    assert.ok(await rejection instanceof TimeoutError);
    assert.equal(pending, 1);
    assert.equal(clock.pending, 0);
  });

  it('gives a Response that is like the platform\'s', async () => {
    const response = new Response(peer().body, { status: 404, statusText: 'Lost', headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['content-type', 'text/x']] });
    Object.defineProperties(response, { url: { value: url }, redirected: { value: true }, type: { value: 'cors' } });

    const wrapped = await received(response);

    for (const one of [wrapped, wrapped.clone(), wrapped.clone().clone()]) {
      const { status, statusText, ok, redirected, type, bodyUsed, headers } = one;
      assert.ok(one instanceof Response);
      assert.deepEqual([status, statusText, ok, one.url, redirected, type, bodyUsed], [404, 'Lost', false, url, true, 'cors', false]);
      assert.deepEqual([...headers], [...response.headers]);
    }
  });

  it('keeps a status that no Response can be made with', async () => {
    const response = new Response(peer().body, { headers: { 'x-why': 'bots' } });
    Object.defineProperties(response, { status: { value: 999 }, statusText: { value: 'Denied' }, ok: { value: false } });

    const { status, statusText, ok, headers } = await received(response);

    assert.deepEqual([status, statusText, ok, headers.get('x-why')], [999, 'Denied', false, 'bots']);
  });

  it('gives a Response of the class that fetch gave', async () => {
    class OwnResponse extends Response {}

    assert.ok(await received(new OwnResponse(peer().body)) instanceof OwnResponse);
  });

  it('fails with what the class of the response throws, and drops the response', async () => {
    const error = new Error('one of a kind');
    class OnlyResponse extends Response {
      static made = false;
      constructor(...given: ConstructorParameters<typeof Response>) {
        if (OnlyResponse.made) throw error;
        OnlyResponse.made = true;
        super(...given);
      }
    }

    const { body, seen } = peer();
    const controller = new AbortController();

    assert.equal(await rejectionOf(received(new OnlyResponse(body), new FakeClock(), controller)), error);

    assert.ok('cancelled' in seen && controller.signal.aborted);
  });

  it('hands on what fails', async () => {
    const error = new TypeError('reset');

    assert.equal(await rejectionOf(toFetch(withBodyTimeout(100, new FakeClock())((_input, _init, _signal, callback) => callback.onError(error)))(url)), error);
  });

  it('gives a Response in place of a stand-in that has a stream for its body', async () => {
    const { body, send, end } = peer();
    const wrapped = await received({ body, status: 200, headers: new Headers() } as Response);
    send('from a stand-in');
    end();

    assert.equal(await wrapped.text(), 'from a stand-in');
  });

  const untouched: [string, () => Response][] = [
    ['has no body', () => new Response(null)],
    ['has a body of another kind', () => ({ body: { pipe: () => {} } }) as unknown as Response],
    ['is being read', () => {
      const response = new Response('x');
      response.body?.getReader();
      return response;
    }],
  ];
  for (const [name, make] of untouched) {
    it(`hands over the very response that ${name}`, async () => {
      const response = make();

      assert.equal(await received(response), response);
    });
  }
});
