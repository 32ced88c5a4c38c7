import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { sleep } from '../../../src/testing/sleep.ts';
import { FakeClock } from '../../../src/testing/index.ts';

describe('sleep', () => {
  it('wakes when the time is over', async () => {
    const clock = new FakeClock();
    const woken = sleep(100, clock, undefined).then(() => clock.now());

    await clock.advance(1_000);

    assert.equal(await woken, 100);
  });

  it('takes no timer for a wait of 0', async () => {
    const clock = new FakeClock();

    const asleep = sleep(0, clock, undefined);

    assert.equal(clock.pending, 0);
    await asleep;
  });

  it('sleeps longer than the longest timer', async () => {
    const clock = new FakeClock();
    const woken = sleep(3_000_000_000, clock, undefined).then(() => clock.now());

    await clock.advance(4_000_000_000);

    assert.equal(await woken, 3_000_000_000);
  });

  it("rejects with the signal's reason at once, and leaves no timer and no listener", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const asleep = sleep(100, clock, controller.signal);

    controller.abort('stop');

    await assert.rejects(asleep, (reason) => reason === 'stop');
    assert.equal(clock.pending, 0);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  it('leaves no listener when it wakes', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const asleep = sleep(100, clock, signal);

    await clock.advance(100);
    await asleep;

    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });
});
