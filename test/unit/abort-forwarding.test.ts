import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { forwardAbort, throwIfAborted, stopForwarding, untilAborted } from '../../src/abort-forwarding.ts';

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
    forwardAbort(controller.signal, first);
    forwardAbort(controller.signal, second);

    controller.abort('stop');

    assert.deepEqual([first.reasons, second.reasons], [['stop'], ['stop']]);
  });

  it('adds one listener, however many follow', () => {
    const { signal } = new AbortController();

    for (let count = 0; count < 100; count += 1) forwardAbort(signal, noting());

    assert.equal(listeners(signal), 1);
  });

  it('tells at once of an abort that has been', () => {
    const signal = AbortSignal.abort('stop');
    const follower = noting();

    forwardAbort(signal, follower);

    assert.deepEqual(follower.reasons, ['stop']);
    assert.equal(listeners(signal), 0);
  });

  it('follows nothing where there is no signal', () => {
    const follower = noting();

    forwardAbort(undefined, follower);
    stopForwarding(undefined, follower);

    assert.deepEqual(follower.reasons, []);
  });
});

describe('unfollow', () => {
  it('ends the following', () => {
    const controller = new AbortController();
    const [first, second] = [noting(), noting()];
    forwardAbort(controller.signal, first);
    forwardAbort(controller.signal, second);

    stopForwarding(controller.signal, first);
    controller.abort('stop');

    assert.deepEqual([first.reasons, second.reasons], [[], ['stop']]);
  });

  it('takes the listener away with the last follower only', () => {
    const { signal } = new AbortController();
    const [first, second] = [noting(), noting()];
    forwardAbort(signal, first);
    forwardAbort(signal, second);

    stopForwarding(signal, first);
    const before = listeners(signal);
    stopForwarding(signal, second);

    assert.deepEqual([before, listeners(signal)], [1, 0]);
  });

  it('lets be whoever does not follow', () => {
    const { signal } = new AbortController();
    forwardAbort(signal, noting());

    stopForwarding(signal, noting());
    stopForwarding(new AbortController().signal, noting());

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
