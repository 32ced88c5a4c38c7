import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { discard, drain } from '../../src/discard.ts';
import { isOneShot, sendsOwnBody, type Init, type Input } from '../../src/fetch-arguments.ts';

const url = 'http://users.test/1';

/** A body of so many chunks of 16 KiB, then of what `last` does; notes how many were read and why it was cancelled. */
function chunks(count: number, last: (controller: ReadableStreamDefaultController) => void) {
  const seen: { read: number; cancelled?: boolean } = { read: 0 };
  const stream = new ReadableStream({
    pull(controller) {
      if (seen.read === count) return last(controller);
      seen.read += 1;
      controller.enqueue(new Uint8Array(16_384));
      return undefined;
    },
    cancel() {
      seen.cancelled = true;
    },
  }, { highWaterMark: 0 });
  return { seen, stream };
}

const stall = (): void => {};

/** Lets a stream do what it can do without more time. */
async function settle(): Promise<void> {
  for (let count = 0; count < 20; count += 1) await turn();
}

describe('isOneShot', () => {
  const rows: [string, unknown, boolean][] = [
    ['nothing', undefined, false],
    ['null', null, false],
    ['a string', 'x', false],
    ['a buffer', new ArrayBuffer(1), false],
    ['a view', new Uint8Array(1), false],
    ['a Blob', new Blob(['x']), false],
    ['FormData', new FormData(), false],
    ['URLSearchParams', new URLSearchParams(), false],
    ['a list, which is sent as a string', [1], false],
    ['a function that makes one', () => 'x', false],
    ['a stream', new ReadableStream(), true],
    ['an async generator', (async function* () {})(), true],
  ];
  for (const [name, body, expected] of rows) {
    it(`says ${expected ? 'yes' : 'no'} to ${name}`, () => {
      assert.equal(isOneShot(body), expected);
    });
  }
});

describe('sendsOwnBody', () => {
  const post = new Request(url, { method: 'POST', body: 'x' });
  const rows: [string, Input, Init | undefined, boolean][] = [
    ['a URL', url, { method: 'POST', body: 'x' }, false],
    ['a Request without a body', new Request(url), undefined, false],
    ['a Request with a body', post, undefined, true],
    ['a Request beside an init of null', post, null as unknown as Init, true],
    ['a Request beside a body of null', post, { body: null }, true],
    ['a Request whose body init replaces', post, { body: '' }, false],
    // Firefox does not tell the body of a Request.
    ['a GET Request of unknown body', { url, method: 'GET' } as Request, undefined, false],
    ['a HEAD Request of unknown body', { url, method: 'HEAD' } as Request, undefined, false],
    ['a POST Request of unknown body', { url, method: 'POST' } as Request, undefined, true],
  ];
  for (const [name, input, init, expected] of rows) {
    it(`says ${expected ? 'yes' : 'no'} to ${name}`, () => {
      assert.equal(sendsOwnBody(input, init), expected);
    });
  }
});

describe('discard, given a body', () => {
  it('cancels a body', () => {
    const { seen, stream } = chunks(0, stall);

    discard({ body: stream });

    assert.equal(seen.cancelled, true);
  });

  it('lets be what is no body, or is being read', () => {
    const { seen, stream } = chunks(0, stall);
    stream.getReader();

    discard({ body: stream });
    discard({ body: null });
    discard({ body: undefined });

    assert.equal(seen.cancelled, undefined);
  });

  it('keeps the failure of a cancel to itself', async () => {
    discard({ body: new ReadableStream({ cancel: () => Promise.reject(new Error('not now')) }) });

    await settle();
  });
});

describe('discard', () => {
  it('cancels a body unread', async () => {
    const { seen, stream } = chunks(1, stall);

    discard(new Response(stream));
    await settle();

    assert.deepEqual(seen, { read: 0, cancelled: true });
  });

  it('aborts the request of a body that does not end, once it is cancelled', async () => {
    const controller = new AbortController();
    let isCut: boolean | undefined;
    const stream = new ReadableStream({ cancel: () => { isCut = controller.signal.aborted; } });

    discard(new Response(stream), controller);
    await settle();

    assert.deepEqual([isCut, controller.signal.aborted], [false, true]);
  });

  it('aborts no request while a clone of its response is read', async () => {
    const controller = new AbortController();
    const response = new Response(chunks(1, stall).stream);
    const clone = response.clone();

    discard(response, controller);
    await settle();
    assert.equal(controller.signal.aborted, false);
    await clone.body?.cancel();
    await settle();

    assert.equal(controller.signal.aborted, true);
  });

  it('leaves a body to whoever is reading it', async () => {
    const response = new Response('still mine');
    const text = response.text();

    discard(response);

    assert.equal(await text, 'still mine');
  });

  it('aborts with an AbortError', async () => {
    const controller = new AbortController();

    discard(new Response('a body'), controller);
    await settle();

    assert.equal(String(controller.signal.reason), 'AbortError: Response discarded');
  });

  it('aborts no request whose response has no body', async () => {
    const controller = new AbortController();

    discard(new Response(null), controller);
    await settle();

    assert.equal(controller.signal.aborted, false);
  });
});

describe('drain', () => {
  it('reads a small body to its end, so that its connection can be used again', async () => {
    const { seen, stream } = chunks(2, (controller) => controller.close());

    drain(new Response(stream));
    await settle();

    assert.deepEqual(seen, { read: 2 });
  });

  it('reads no more than 64 KiB and the chunk that exceeds it, then cancels', async () => {
    const { seen, stream } = chunks(1_000, stall);

    drain(new Response(stream));
    await settle();

    assert.deepEqual(seen, { read: 5, cancelled: true });
  });

  it('reads exactly 64 KiB to its end', async () => {
    const { seen, stream } = chunks(4, (controller) => controller.close());

    drain(new Response(stream));
    await settle();

    assert.deepEqual(seen, { read: 4 });
  });

  it('cancels a body that stalls when the wait ends', async () => {
    const { seen, stream } = chunks(1, stall);

    const rest = drain(new Response(stream));
    await settle();
    assert.equal(seen.cancelled, undefined);
    rest?.();
    await settle();

    assert.equal(seen.cancelled, true);
  });

  it('cancels once, however often it is told to stop', async () => {
    let cancels = 0;
    const stream = new ReadableStream({ cancel: () => { cancels += 1; } });

    const rest = drain(new Response(stream));
    rest?.();
    rest?.();
    await settle();

    assert.equal(cancels, 1);
  });

  it('keeps the failure of a body to itself', async () => {
    const { stream } = chunks(1, (controller) => controller.error(new Error('reset')));

    drain(new Response(stream));

    await settle();
  });

  it('aborts the request of a body that stalls when it is told to stop', async () => {
    const controller = new AbortController();

    const rest = drain(new Response(chunks(1, stall).stream), controller);
    await settle();
    rest?.();
    await settle();

    assert.equal(controller.signal.aborted, true);
  });

  it('aborts no request whose response came whole', async () => {
    const controller = new AbortController();

    const rest = drain(new Response('whole'), controller);
    await settle();
    rest?.();
    await settle();

    assert.equal(controller.signal.aborted, false);
  });

  it('aborts no request whose body failed', async () => {
    const controller = new AbortController();
    const { stream } = chunks(1, (source) => source.error(new Error('reset')));

    const rest = drain(new Response(stream), controller);
    await settle();
    rest?.();
    await settle();

    assert.equal(controller.signal.aborted, false);
  });

  const bodiless: [string, Response | undefined][] = [
    ['no response', undefined],
    ['a response without a body', new Response(null)],
    ['a stand-in that throws where it is looked at', { get body() { throw new Error('looked at'); } } as unknown as Response],
    ['a response with a body of another kind', { body: { pipe: () => {} } } as unknown as Response],
  ];
  for (const [name, response] of bodiless) {
    it(`has nothing to do for ${name}`, () => {
      drain(response);
    });
  }

  it('leaves a body to whoever is reading it', async () => {
    const response = new Response('still mine');
    const text = response.text();

    drain(response);

    assert.equal(await text, 'still mine');
  });
});
