import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startTimer, stopTimer, systemClock } from '../../src/clock.ts';
import { FakeClock } from '../../src/testing/index.ts';

const longest = 2_147_483_647;

/** A clock that notes how long each of its timers is. */
class NotingClock extends FakeClock {
  readonly lengths: number[] = [];

  override setTimeout(callback: () => void, ms: number): unknown {
    this.lengths.push(ms);
    return super.setTimeout(callback, ms);
  }
}

describe('startTimer', () => {
  it('calls back once, when the time is over', async () => {
    const clock = new FakeClock();
    const calls: number[] = [];

    startTimer({ clock }, 100, () => calls.push(clock.now()));
    await clock.advance(1_000);

    assert.deepEqual(calls, [100]);
  });

  it('waits the longest timer in one piece', () => {
    const clock = new NotingClock();

    startTimer({ clock }, longest, () => {});

    assert.deepEqual(clock.lengths, [longest]);
  });

  it('waits longer than the longest timer in pieces', async () => {
    const clock = new NotingClock();
    const calls: number[] = [];

    startTimer({ clock }, 2 * longest + 5, () => calls.push(clock.now()));
    await clock.advance(3 * longest);

    assert.deepEqual(clock.lengths, [longest, longest, 5]);
    assert.deepEqual(calls, [2 * longest + 5]);
  });

  it('can be cleared in a later piece', async () => {
    const clock = new FakeClock();
    const timer = { clock };
    startTimer(timer, 2 * longest, () => assert.fail('was cleared'));
    await clock.advance(longest + 1);

    stopTimer(timer);

    assert.equal(clock.pending, 0);
  });

  it('calls back at the end of the longest timer', async () => {
    const clock = new NotingClock();
    const calls: number[] = [];

    startTimer({ clock }, longest, () => calls.push(clock.now()));
    await clock.advance(longest);

    assert.deepEqual([clock.lengths, calls], [[longest], [longest]]);
  });
});

describe('systemClock', () => {
  it('tells the time of the platform', () => {
    const [now, date] = [performance.now(), Date.now()];

    const [clockNow, clockDate] = [systemClock.now(), systemClock.date()];

    assert.ok(clockNow >= now && clockNow <= performance.now());
    assert.ok(clockDate >= date && clockDate <= Date.now());
  });

  it('calls back', async () => {
    await new Promise<void>((resolve) => void systemClock.setTimeout(resolve, 0));
  });

  it('clears its timers', async () => {
    const timer = systemClock.setTimeout(() => assert.fail('was cleared'), 0);

    systemClock.clearTimeout(timer);

    await new Promise<void>((resolve) => void systemClock.setTimeout(resolve, 1));
  });
});
