import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { follow, throwIfAborted, unfollow, untilAborted } from '../src/following.ts';

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
