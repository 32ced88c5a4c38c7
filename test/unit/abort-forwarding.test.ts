import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { forwardAbort, forwardAbortToBody, stopForwarding, throwIfAborted, untilAborted, type Abortable } from '../../src/abort-forwarding.ts';
import { collect } from '../support/loopback.ts';

const listenerCount = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

/** A target that records the reasons it is aborted with. */
function createTarget(): { reasons: unknown[]; abort(reason: unknown): void } {
  const reasons: unknown[] = [];
  return { reasons, abort: (reason) => void reasons.push(reason) };
}

describe('forwardAbort', () => {
  it('aborts every target with the reason', () => {
    const controller = new AbortController();
    const [first, second] = [createTarget(), createTarget()];
    forwardAbort(controller.signal, first);
    forwardAbort(controller.signal, second);

    controller.abort('stop');

    assert.deepEqual([first.reasons, second.reasons], [['stop'], ['stop']]);
  });

  it('adds one listener for all targets of a signal', () => {
    const { signal } = new AbortController();

    for (let count = 0; count < 100; count += 1) forwardAbort(signal, createTarget());

    assert.equal(listenerCount(signal), 1);
  });

  it('aborts the target at once when the signal is already aborted', () => {
    const signal = AbortSignal.abort('stop');
    const target = createTarget();

    forwardAbort(signal, target);

    assert.deepEqual(target.reasons, ['stop']);
    assert.equal(listenerCount(signal), 0);
  });

  it('does nothing without a signal', () => {
    const target = createTarget();

    forwardAbort(undefined, target);
    stopForwarding(undefined, target);

    assert.deepEqual(target.reasons, []);
  });
});

describe('stopForwarding', () => {
  it('stops forwarding to that target alone', () => {
    const controller = new AbortController();
    const [first, second] = [createTarget(), createTarget()];
    forwardAbort(controller.signal, first);
    forwardAbort(controller.signal, second);

    stopForwarding(controller.signal, first);
    controller.abort('stop');

    assert.deepEqual([first.reasons, second.reasons], [[], ['stop']]);
  });

  it('removes the listener with the last target', () => {
    const { signal } = new AbortController();
    const [first, second] = [createTarget(), createTarget()];
    forwardAbort(signal, first);
    forwardAbort(signal, second);

    stopForwarding(signal, first);
    const before = listenerCount(signal);
    stopForwarding(signal, second);

    assert.deepEqual([before, listenerCount(signal)], [1, 0]);
  });

  it('ignores an unknown target and an unknown signal', () => {
    const { signal } = new AbortController();
    forwardAbort(signal, createTarget());

    stopForwarding(signal, createTarget());
    stopForwarding(new AbortController().signal, createTarget());

    assert.equal(listenerCount(signal), 1);
  });
});

describe('forwardAbortToBody', () => {
  /** Forwards to a target, and returns a reader: the only reference to the body. */
  function setup(signal: AbortSignal, target: Abortable): ReadableStreamDefaultReader {
    const response = new Response('a body');
    forwardAbort(signal, target);
    forwardAbortToBody(signal, target, response, response.body as ReadableStream);
    return (response.body as ReadableStream).getReader();
  }

  it('forwards while only a reader references the body', async () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    const reader = setup(controller.signal, { abort: (reason) => reasons.push(reason) });
    await collect();

    controller.abort('stop');

    assert.deepEqual(reasons, ['stop']);
    reader.releaseLock();
  });

  it('stops forwarding and removes the listener when the body is collected', async () => {
    const controller = new AbortController();
    setup(controller.signal, { abort: () => assert.fail('aborted a collected target') });

    await collect();

    assert.equal(listenerCount(controller.signal), 0);
    controller.abort('stop');
  });

  it('keeps forwarding to other targets of the signal when the body is collected', async () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    const other = { abort: (reason: unknown) => reasons.push(reason) };
    forwardAbort(controller.signal, other);
    setup(controller.signal, { abort: () => assert.fail('aborted a collected target') });
    await collect();

    controller.abort('stop');

    assert.deepEqual(reasons, ['stop']);
  });

  it('lets a body be collected that its target references', async () => {
    const { signal } = new AbortController();
    const body = (() => {
      const response = new Response('a body');
      const target = { body: response.body, abort(): void {} };
      forwardAbort(signal, target);
      forwardAbortToBody(signal, target, response, response.body as ReadableStream);
      return new WeakRef(response.body as ReadableStream);
    })();

    await collect();

    assert.equal(body.deref(), undefined);
    assert.equal(listenerCount(signal), 0);
  });

  it('returns the object that the body kept alive before', () => {
    const { signal } = new AbortController();
    const response = new Response('a body');
    const [first, second]: Abortable[] = [{ abort() {} }, { abort() {} }];

    const previous = [first, second].map((target) => forwardAbortToBody(signal, target as Abortable, response, response.body as ReadableStream));

    assert.deepEqual(previous, [undefined, first]);
  });
});

describe('untilAborted', () => {
  it('resolves with the value of the promise, and removes its listener', async () => {
    const { signal } = new AbortController();

    const value = await untilAborted(Promise.resolve(7), signal);

    assert.equal(value, 7);
    assert.equal(listenerCount(signal), 0);
  });

  it('rejects with the error of the promise, and removes its listener', async () => {
    const { signal } = new AbortController();

    await assert.rejects(untilAborted(Promise.reject(new Error('no')), signal), /^Error: no$/);

    assert.equal(listenerCount(signal), 0);
  });

  it('rejects with the reason when the signal aborts first', async () => {
    const controller = new AbortController();
    const pending = untilAborted(new Promise(() => {}), controller.signal);

    controller.abort('stop');

    await assert.rejects(pending, (reason) => reason === 'stop');
  });
});

describe('throwIfAborted', () => {
  it('throws the reason of an aborted signal', () => {
    assert.throws(() => throwIfAborted(AbortSignal.abort('stop')), (reason) => reason === 'stop');
  });

  it('does not throw for a pending signal or for none', () => {
    throwIfAborted(undefined);
    throwIfAborted(new AbortController().signal);
  });
});
