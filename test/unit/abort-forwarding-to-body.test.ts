import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { forwardAbort, forwardAbortToBody, type Abortable } from '../../src/abort-forwarding.ts';
import { collect } from '../support/loopback.ts';

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('followWhileHeld', () => {
  /** Has it follow as long as a body can be read that only a reader holds. */
  function begin(signal: AbortSignal, follower: Abortable): ReadableStreamDefaultReader {
    const response = new Response('a body');
    forwardAbort(signal, follower);
    forwardAbortToBody(signal, follower, response, response.body as ReadableStream);
    return (response.body as ReadableStream).getReader();
  }

  it('follows while a reader holds the body, which holds what follows', async () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    const reader = begin(controller.signal, { abort: (reason) => reasons.push(reason) });
    await collect();

    controller.abort('stop');

    assert.deepEqual(reasons, ['stop']);
    reader.releaseLock();
  });

  it('follows no more, and takes the listener away, once the body is collected', async () => {
    const controller = new AbortController();
    begin(controller.signal, { abort: () => assert.fail('was collected') });

    await collect();

    assert.equal(listeners(controller.signal), 0);
    controller.abort('stop');
  });

  it('leaves those alone who follow the same signal', async () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    const other = { abort: (reason: unknown) => reasons.push(reason) };
    forwardAbort(controller.signal, other);
    begin(controller.signal, { abort: () => assert.fail('was collected') });
    await collect();

    controller.abort('stop');

    assert.deepEqual(reasons, ['stop']);
  });

  it('lets a body be collected that what follows leads to', async () => {
    const { signal } = new AbortController();
    const body = (() => {
      const response = new Response('a body');
      const follower = { body: response.body, abort(): void {} };
      forwardAbort(signal, follower);
      forwardAbortToBody(signal, follower, response, response.body as ReadableStream);
      return new WeakRef(response.body as ReadableStream);
    })();

    await collect();

    assert.equal(body.deref(), undefined);
    assert.equal(listeners(signal), 0);
  });

  it('gives back what the body held before, for it to be kept', () => {
    const { signal } = new AbortController();
    const response = new Response('a body');
    const [first, second]: Abortable[] = [{ abort() {} }, { abort() {} }];

    const before = [first, second].map((follower) => forwardAbortToBody(signal, follower as Abortable, response, response.body as ReadableStream));

    assert.deepEqual(before, [undefined, first]);
  });
});
