import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { discard, discardUnread, drain, readThrough } from '../../src/discard.ts';

/** Creates a body of `count` chunks of 16 KiB, which then calls `atEnd`. `state` counts the chunks read, and notes a cancel. */
function createBody(count: number, atEnd: (controller: ReadableStreamDefaultController) => void) {
  const state: { read: number; cancelled?: boolean } = { read: 0 };
  const stream = new ReadableStream({
    pull(controller) {
      if (state.read === count) return atEnd(controller);
      state.read += 1;
      controller.enqueue(new Uint8Array(16_384));
      return undefined;
    },
    cancel() {
      state.cancelled = true;
    },
  }, { highWaterMark: 0 });
  return { state, stream };
}

const stall = (): void => {};

/** Lets streams read and cancel until only time could bring more. */
async function settleStreams(): Promise<void> {
  for (let count = 0; count < 20; count += 1) await turn();
}

describe('discard, given a body', () => {
  it('cancels a body', () => {
    const { state, stream } = createBody(0, stall);

    discard({ body: stream });

    assert.equal(state.cancelled, true);
  });

  it('ignores a body that is being read, null and undefined', () => {
    const { state, stream } = createBody(0, stall);
    stream.getReader();

    discard({ body: stream });
    discard({ body: null });
    discard({ body: undefined });

    assert.equal(state.cancelled, undefined);
  });

  it('ignores an error of the cancel', async () => {
    discard({ body: new ReadableStream({ cancel: () => Promise.reject(new Error('not now')) }) });

    await settleStreams();
  });
});

describe('discard', () => {
  it('cancels a body without reading it', async () => {
    const { state, stream } = createBody(1, stall);

    discard(new Response(stream));
    await settleStreams();

    assert.deepEqual(state, { read: 0, cancelled: true });
  });

  it('aborts the request after the body is cancelled', async () => {
    const controller = new AbortController();
    let wasAborted: boolean | undefined;
    const stream = new ReadableStream({ cancel: () => { wasAborted = controller.signal.aborted; } });

    discard(new Response(stream), controller);
    await settleStreams();

    assert.deepEqual([wasAborted, controller.signal.aborted], [false, true]);
  });

  it('aborts the request only when a clone of its response ends too', async () => {
    const controller = new AbortController();
    const response = new Response(createBody(1, stall).stream);
    const clone = response.clone();

    discard(response, controller);
    await settleStreams();
    assert.equal(controller.signal.aborted, false);
    await clone.body?.cancel();
    await settleStreams();

    assert.equal(controller.signal.aborted, true);
  });

  it('ignores a body that is being read', async () => {
    const response = new Response('being read');
    const text = response.text();

    discard(response);

    assert.equal(await text, 'being read');
  });

  it('aborts with an AbortError', async () => {
    const controller = new AbortController();

    discard(new Response('a body'), controller);
    await settleStreams();

    assert.equal(String(controller.signal.reason), 'AbortError: Discarded');
  });

  it('aborts no request whose response has no body', async () => {
    const controller = new AbortController();

    discard(new Response(null), controller);
    await settleStreams();

    assert.equal(controller.signal.aborted, false);
  });
});

describe('discard, given a stream of Node', () => {
  /** A stream as node-fetch has it: an abort of the request destroys it with an error. */
  const createStream = () => {
    const stream = new Readable({ read() {} });
    const state: { reason?: unknown } = {};
    const request = {
      abort(reason: unknown): void {
        state.reason = reason;
        stream.emit('error', reason);
      },
    };
    return { stream, state, request };
  };
  const streamOf = ({ stream }: ReturnType<typeof createStream>): Response => ({ body: stream }) as unknown as Response;

  for (const [name, drop] of [['discard', discard], ['drain', drain]] as const) {
    it(`destroys it, aborts the request and ignores the error of that, by ${name}`, async () => {
      const setup = createStream();

      drop(streamOf(setup), setup.request);
      await settleStreams();

      assert.equal(setup.stream.destroyed, true);
      assert.equal((setup.state.reason as Error).name, 'AbortError');
    });
  }

  it('listens to the errors of a stream that it destroys, which nobody else does', () => {
    const stream = new PassThrough();

    discard({ body: stream } as unknown as Response);

    assert.equal(stream.listenerCount('error'), 1);
  });

  it('destroys a response of a request that cannot be aborted', () => {
    const setup = createStream();

    discard(streamOf(setup));

    assert.equal(setup.stream.destroyed, true);
  });

  it('destroys a stream that was piped', () => {
    const setup = createStream();
    setup.stream.pipe(new PassThrough());

    discard(streamOf(setup));

    assert.equal(setup.stream.destroyed, true);
  });

  const strange: [string, unknown][] = [
    ['that throws when it is destroyed', { destroy() { throw new Error('destroyed'); } }],
    ['that throws when it is listened to', { destroy() {}, on() { throw new Error('listened to'); } }],
    ['whose destroy rejects', { destroy: () => Promise.reject(new Error('destroyed')) }],
    ['whose return rejects', { return: () => Promise.reject(new Error('returned')) }],
    ['whose destroy is no function', { destroy: true }],
    ['that has no destroy', { pipe() {} }],
    ['that is a string', 'text'],
    ['that is 0', 0],
    ['that is a symbol', Symbol('body')],
  ];
  for (const [name, body] of strange) {
    it(`ignores a body ${name}`, async () => {
      discard({ body });
      discardUnread({ body });

      await settleStreams();
    });
  }
});

describe('discard, given a body whose locked throws', () => {
  it('ignores the body', async () => {
    const body = { get locked() { throw new TypeError('Illegal invocation'); } };

    discard({ body });
    assert.equal(drain({ body } as unknown as Response), undefined);

    await settleStreams();
  });
});

describe('discard, given an async iterator', () => {
  it('ends it', async () => {
    let hasEnded = false;
    const body = (async function* () {
      try {
        yield 'one';
        yield 'two';
      } finally {
        hasEnded = true;
      }
    })();
    await body.next();

    discard({ body });
    await settleStreams();

    assert.equal(hasEnded, true);
  });

  it('aborts the request of one that never ends', () => {
    const controller = new AbortController();

    discard({ body: { return: () => new Promise(() => {}) } }, controller);

    assert.equal(controller.signal.aborted, true);
  });
});

describe('discardUnread', () => {
  it('destroys a stream of Node that was not read', () => {
    const body = new Readable({ read() {} });

    discardUnread({ body });

    assert.equal(body.destroyed, true);
  });

  it('leaves a stream of Node that is being read', async () => {
    const body = new Readable({ read() {} });
    body.push('one');
    body.pipe(new PassThrough());
    await settleStreams();

    discardUnread({ body });

    assert.equal(body.destroyed, false);
  });

  it('leaves a web stream and an async iterator that are being read', async () => {
    const { state, stream } = createBody(0, stall);
    stream.getReader();
    let hasEnded = false;
    const iterator = { return: () => { hasEnded = true; } };

    discardUnread({ body: stream });
    discardUnread({ body: iterator });
    await settleStreams();

    assert.deepEqual([state.cancelled, hasEnded], [undefined, false]);
  });

  it('cancels a web stream that was not read', async () => {
    const { state, stream } = createBody(0, stall);

    discardUnread({ body: stream });
    await settleStreams();

    assert.equal(state.cancelled, true);
  });

  it('ignores an init without a body, and none', () => {
    discardUnread({});
    discardUnread({ body: null });
    discardUnread(undefined);
  });
});

describe('drain', () => {
  it('reads a small body to its end', async () => {
    const { state, stream } = createBody(2, (controller) => controller.close());

    drain(new Response(stream));
    await settleStreams();

    assert.deepEqual(state, { read: 2 });
  });

  it('cancels after 64 KiB and the chunk that exceeds them', async () => {
    const { state, stream } = createBody(1_000, stall);

    drain(new Response(stream));
    await settleStreams();

    assert.deepEqual(state, { read: 5, cancelled: true });
  });

  it('reads a body of exactly 64 KiB to its end', async () => {
    const { state, stream } = createBody(4, (controller) => controller.close());

    drain(new Response(stream));
    await settleStreams();

    assert.deepEqual(state, { read: 4 });
  });

  it('ignores an error of the body', async () => {
    const { stream } = createBody(1, (controller) => controller.error(new Error('reset')));

    drain(new Response(stream));

    await settleStreams();
  });

  it('aborts no request whose body failed', async () => {
    const controller = new AbortController();
    const { stream } = createBody(1, (source) => source.error(new Error('reset')));

    const stop = drain(new Response(stream), controller);
    await settleStreams();
    stop?.();
    await settleStreams();

    assert.equal(controller.signal.aborted, false);
  });

  const undrainable: [string, Response | undefined][] = [
    ['no response', undefined],
    ['a response without a body', new Response(null)],
    ['a mock whose getter throws', { get body() { throw new Error('looked at'); } } as unknown as Response],
    ['a mock whose body is a Node stream', { body: { pipe: () => {} } } as unknown as Response],
  ];
  for (const [name, response] of undrainable) {
    it(`ignores ${name}`, () => {
      drain(response);
    });
  }

  it('ignores a body that is being read', async () => {
    const response = new Response('being read');
    const text = response.text();

    drain(response);

    assert.equal(await text, 'being read');
  });
});

describe('the stop function of drain', () => {
  it('cancels a stalled body', async () => {
    const { state, stream } = createBody(1, stall);

    const draining = drain(new Response(stream));
    await settleStreams();
    assert.equal(state.cancelled, undefined);
    draining?.();
    await settleStreams();

    assert.equal(state.cancelled, true);
  });

  it('cancels once when called twice', async () => {
    let cancels = 0;
    const stream = new ReadableStream({ cancel: () => { cancels += 1; } });

    const draining = drain(new Response(stream));
    draining?.();
    draining?.();
    await settleStreams();

    assert.equal(cancels, 1);
  });

  it('aborts the request of a stalled body', async () => {
    const controller = new AbortController();

    const draining = drain(new Response(createBody(1, stall).stream), controller);
    await settleStreams();
    draining?.();
    await settleStreams();

    assert.equal(controller.signal.aborted, true);
  });

  it('does not abort the request of a body that was read to its end', async () => {
    const controller = new AbortController();

    const draining = drain(new Response('complete'), controller);
    await settleStreams();
    draining?.();
    await settleStreams();

    assert.equal(controller.signal.aborted, false);
  });
});

describe('readThrough', () => {
  it('reads no chunk before it is needed, and then all of them', async () => {
    const { state, stream } = createBody(2, (controller) => controller.close());

    const { body } = readThrough(stream);
    await settleStreams();

    assert.deepEqual([state.read, body === stream], [0, false]);
    assert.equal((await new Response(body).arrayBuffer()).byteLength, 2 * 16_384);
  });

  it('cancels the stream, which is locked meanwhile', async () => {
    const { state, stream } = createBody(2, stall);

    readThrough(stream).cancel?.();
    await settleStreams();

    assert.deepEqual([stream.locked, state.cancelled], [true, true]);
  });

  it('cancels the stream when the platform cancels its own', async () => {
    const { state, stream } = createBody(2, stall);

    await readThrough(stream).body.cancel();

    assert.equal(state.cancelled, true);
  });

  for (const body of ['text', undefined, { pipe() {} }]) {
    it(`leaves ${JSON.stringify(body)} as it is`, () => {
      assert.deepEqual(readThrough(body), { body, cancel: undefined });
    });
  }
});
