import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { sleep } from '../../../src/testing/sleep.ts';
import { FakeClock } from '../../../src/testing/index.ts';

describe('sleep', () => {
  it('resolves after the delay', async () => {
    const clock = new FakeClock();
    const wokenAt = sleep(100, clock, undefined).then(() => clock.now());

    await clock.advance(1_000);

    assert.equal(await wokenAt, 100);
  });

  it('sets no timer for a delay of 0', async () => {
    const clock = new FakeClock();

    const promise = sleep(0, clock, undefined);

    assert.equal(clock.pending, 0);
    await promise;
  });

  it('supports a delay above the longest timer of a platform', async () => {
    const clock = new FakeClock();
    const wokenAt = sleep(3_000_000_000, clock, undefined).then(() => clock.now());

    await clock.advance(4_000_000_000);

    assert.equal(await wokenAt, 3_000_000_000);
  });

  it("rejects with the signal's reason, and leaves no timer and no listener", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const promise = sleep(100, clock, controller.signal);

    controller.abort('stop');

    await assert.rejects(promise, (reason) => reason === 'stop');
    assert.equal(clock.pending, 0);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  it('leaves no listener when it resolves', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const promise = sleep(100, clock, signal);

    await clock.advance(100);
    await promise;

    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });
});
