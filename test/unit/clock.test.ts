import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endLimit, startTimer, stopTimer, systemClock } from '../../src/clock.ts';
import { FakeClock } from '../../src/testing/index.ts';

const longest = 2_147_483_647;

/** A clock that records the delay of each timer. */
class RecordingClock extends FakeClock {
  readonly delays: number[] = [];

  override setTimeout(callback: () => void, ms: number): unknown {
    this.delays.push(ms);
    return super.setTimeout(callback, ms);
  }
}

describe('startTimer', () => {
  it('calls back once, after the delay', async () => {
    const clock = new FakeClock();
    const calls: number[] = [];

    startTimer({ clock }, 100, () => calls.push(clock.now()));
    await clock.advance(1_000);

    assert.deepEqual(calls, [100]);
  });

  it('sets one timer for the longest delay of a platform', () => {
    const clock = new RecordingClock();

    startTimer({ clock }, longest, () => {});

    assert.deepEqual(clock.delays, [longest]);
  });

  it('sets several timers, one after the other, for a longer delay', async () => {
    const clock = new RecordingClock();
    const calls: number[] = [];

    startTimer({ clock }, 2 * longest + 5, () => calls.push(clock.now()));
    await clock.advance(3 * longest);

    assert.deepEqual(clock.delays, [longest, longest, 5]);
    assert.deepEqual(calls, [2 * longest + 5]);
  });

});

describe('startTimer, by a clock', () => {
  it('runs although its setTimeout returns nothing', async () => {
    const fake = new FakeClock();
    const cleared: unknown[] = [];
    const clock = { ...systemClock, now: () => fake.now(), setTimeout: (callback: () => void, ms: number) => void fake.setTimeout(callback, ms), clearTimeout: (timer: unknown) => void cleared.push(timer) };
    const calls: number[] = [];
    const timer = { clock, isBackground: true };

    startTimer(timer, 100, () => endLimit(timer, 100, 0, () => calls.push(fake.now())));
    await fake.advance(1_000);
    stopTimer(timer);

    assert.deepEqual(calls, [100]);
    assert.equal(cleared.length, 1);
  });

  it('keeps a process alive, unless the timer is one of the background', () => {
    const createTimer = () => ({ isReferenced: true, unref() { this.isReferenced = false; } });
    const timers = [false, true].map((isBackground) => {
      const id = createTimer();
      startTimer({ clock: { ...systemClock, setTimeout: () => id }, isBackground }, 3 * longest, () => {});
      return id.isReferenced;
    });

    assert.deepEqual(timers, [true, false]);
  });
});

/** A clock that cannot clear its timers. */
class LastingClock extends FakeClock {
  override clearTimeout(): void {}
}

describe('a timer that was stopped, by a clock that cannot clear it,', () => {
  it('sets no further timer for the rest of a long delay', async () => {
    const clock = new LastingClock();
    const timer = { clock };
    startTimer(timer, 2 * longest, () => assert.fail('called back'));

    stopTimer(timer);
    await clock.advance(longest);

    assert.equal(clock.pending, 0);
  });

  it('does not call back at the second look of a limit', async () => {
    const clock = new LastingClock({ now: 150 });
    const timer = { clock, id: 1 };
    endLimit(timer, 100, 0, () => assert.fail('called back'));

    stopTimer(timer);
    await clock.advance(1_000);

    assert.equal(clock.pending, 0);
  });
});

describe('endLimit', () => {
  it('calls back after as much time again as the timer was late', async () => {
    const clock = new FakeClock({ now: 150 });
    const calls: number[] = [];

    endLimit({ clock, id: 1 }, 100, 0, () => calls.push(clock.now()));
    await clock.advance(1_000);

    assert.deepEqual(calls, [200]);
  });

  it('does nothing for a timer that was stopped', () => {
    const clock = new FakeClock({ now: 500 });

    endLimit({ clock }, 100, 0, () => assert.fail('called back'));

    assert.equal(clock.pending, 0);
  });
});

describe('stopTimer', () => {
  it('clears any of several timers for one delay', async () => {
    const clock = new FakeClock();
    const timer = { clock };
    startTimer(timer, 2 * longest, () => assert.fail('fired after stopTimer'));
    await clock.advance(longest + 1);

    stopTimer(timer);

    assert.equal(clock.pending, 0);
  });

  it('calls back at the end of the longest timer', async () => {
    const clock = new RecordingClock();
    const calls: number[] = [];

    startTimer({ clock }, longest, () => calls.push(clock.now()));
    await clock.advance(longest);

    assert.deepEqual([clock.delays, calls], [[longest], [longest]]);
  });
});

describe('systemClock', () => {
  it('returns the time of the platform', () => {
    const [now, date] = [performance.now(), Date.now()];

    const [clockNow, clockDate] = [systemClock.now(), systemClock.date()];

    assert.ok(clockNow >= now && clockNow <= performance.now());
    assert.ok(clockDate >= date && clockDate <= Date.now());
  });

  it('calls back after the delay', async () => {
    await new Promise<void>((resolve) => void systemClock.setTimeout(resolve, 0));
  });

  it('clears a timer', async () => {
    const timer = systemClock.setTimeout(() => assert.fail('fired after clearTimeout'), 0);

    systemClock.clearTimeout(timer);

    await new Promise<void>((resolve) => void systemClock.setTimeout(resolve, 1));
  });
});
