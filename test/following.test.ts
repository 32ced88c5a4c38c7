import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { follow, followWhileHeld, throwIfAborted, unfollow, untilAborted, type Follower } from '../src/following.ts';
import { collect } from './loopback.ts';

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

/** A follower that notes the reasons it was told. */
function noting(): { reasons: unknown[]; abort(reason: unknown): void } {
  const reasons: unknown[] = [];
  return { reasons, abort: (reason) => void reasons.push(reason) };
}

describe('follow', () => {
  it('tells every follower the reason', () => {
    const controller = new AbortController();
    const [first, second] = [noting(), noting()];
    follow(controller.signal, first);
    follow(controller.signal, second);

    controller.abort('stop');

    assert.deepEqual([first.reasons, second.reasons], [['stop'], ['stop']]);
  });

  it('adds one listener, however many follow', () => {
    const { signal } = new AbortController();

    for (let count = 0; count < 100; count += 1) follow(signal, noting());

    assert.equal(listeners(signal), 1);
  });

  it('tells at once of an abort that has been', () => {
    const signal = AbortSignal.abort('stop');
    const follower = noting();

    follow(signal, follower);

    assert.deepEqual(follower.reasons, ['stop']);
    assert.equal(listeners(signal), 0);
  });

  it('follows nothing where there is no signal', () => {
    const follower = noting();

    follow(undefined, follower);
    unfollow(undefined, follower);

    assert.deepEqual(follower.reasons, []);
  });
});

describe('unfollow', () => {
  it('ends the following', () => {
    const controller = new AbortController();
    const [first, second] = [noting(), noting()];
    follow(controller.signal, first);
    follow(controller.signal, second);

    unfollow(controller.signal, first);
    controller.abort('stop');

    assert.deepEqual([first.reasons, second.reasons], [[], ['stop']]);
  });

  it('takes the listener away with the last follower only', () => {
    const { signal } = new AbortController();
    const [first, second] = [noting(), noting()];
    follow(signal, first);
    follow(signal, second);

    unfollow(signal, first);
    const before = listeners(signal);
    unfollow(signal, second);

    assert.deepEqual([before, listeners(signal)], [1, 0]);
  });

  it('lets be whoever does not follow', () => {
    const { signal } = new AbortController();
    follow(signal, noting());

    unfollow(signal, noting());
    unfollow(new AbortController().signal, noting());

    assert.equal(listeners(signal), 1);
  });
});

describe('followWhileHeld', () => {
  /** Has it follow as long as a body can be read that only a reader holds. */
  function begin(signal: AbortSignal, follower: Follower): ReadableStreamDefaultReader {
    const response = new Response('a body');
    follow(signal, follower);
    followWhileHeld(signal, follower, response, response.body as ReadableStream);
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
    const other = noting();
    follow(controller.signal, other);
    begin(controller.signal, { abort: () => assert.fail('was collected') });
    await collect();

    controller.abort('stop');

    assert.deepEqual(other.reasons, ['stop']);
  });

  it('lets a body be collected that what follows leads to', async () => {
    const { signal } = new AbortController();
    const body = (() => {
      const response = new Response('a body');
      const follower = { body: response.body, abort(): void {} };
      follow(signal, follower);
      followWhileHeld(signal, follower, response, response.body as ReadableStream);
      return new WeakRef(response.body as ReadableStream);
    })();

    await collect();

    assert.equal(body.deref(), undefined);
    assert.equal(listeners(signal), 0);
  });
});

describe('untilAborted', () => {
  it('resolves as the promise does, and lets go of the signal', async () => {
    const { signal } = new AbortController();

    const value = await untilAborted(Promise.resolve(7), signal);

    assert.equal(value, 7);
    assert.equal(listeners(signal), 0);
  });

  it('rejects as the promise does, and lets go of the signal', async () => {
    const { signal } = new AbortController();

    await assert.rejects(untilAborted(Promise.reject(new Error('no')), signal), /^Error: no$/);

    assert.equal(listeners(signal), 0);
  });

  it('rejects with the reason when the signal aborts first', async () => {
    const controller = new AbortController();
    const waiting = untilAborted(new Promise(() => {}), controller.signal);

    controller.abort('stop');

    await assert.rejects(waiting, (reason) => reason === 'stop');
  });
});

describe('throwIfAborted', () => {
  it('throws the reason of an aborted signal', () => {
    assert.throws(() => throwIfAborted(AbortSignal.abort('stop')), (reason) => reason === 'stop');
  });

  it('lets all else pass', () => {
    throwIfAborted(undefined);
    throwIfAborted(new AbortController().signal);
  });
});
