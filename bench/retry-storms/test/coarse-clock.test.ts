import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CoarseClock } from '../model/coarse-clock.ts';

describe('CoarseClock', () => {
  it('fires timers at the nearest tick, in the order they were set', async () => {
    const clock = new CoarseClock(10);
    const fired: [string, number][] = [];
    for (const [name, ms] of [['a', 14], ['b', 6], ['c', 12], ['d', 15]] as const) clock.setTimeout(() => fired.push([name, clock.now()]), ms);

    await clock.advance(100);

    assert.deepEqual(fired, [['a', 10], ['b', 10], ['c', 10], ['d', 20]]);
  });

  it('ends no wait in the tick that it began in', async () => {
    const clock = new CoarseClock(1);
    let waits = 0;
    const waitUntil = (end: number): void => {
      if (clock.now() >= end) return;
      waits += 1;
      clock.setTimeout(() => waitUntil(end), end - clock.now());
    };
    waitUntil(5.4);

    await clock.advance(10);

    assert.equal(waits, 2);
  });

  it('lets promises settle between two ticks', async () => {
    const clock = new CoarseClock(1);
    const fired: number[] = [];
    clock.setTimeout(() => void Promise.resolve().then(() => clock.setTimeout(() => fired.push(clock.now()), 1)), 1);

    await clock.advance(2);

    assert.deepEqual(fired, [2]);
  });

  it('keeps no cleared timers, and no tick without timers', async () => {
    const clock = new CoarseClock(1);
    const fired: string[] = [];
    const timers = ['a', 'b'].map((name) => clock.setTimeout(() => fired.push(name), 5));
    const alone = clock.setTimeout(() => fired.push('c'), 6);

    for (const timer of [timers[0], alone, alone, undefined]) clock.clearTimeout(timer);
    assert.equal(clock.pending, 1);
    await clock.advance(10);
    clock.clearTimeout(timers[1]);

    assert.deepEqual([fired, clock.pending], [['b'], 0]);
  });

  it('fires a timer at a tick whose other timers were all cleared', async () => {
    const clock = new CoarseClock(1);
    const fired: string[] = [];
    clock.clearTimeout(clock.setTimeout(() => fired.push('a'), 5));
    clock.setTimeout(() => fired.push('b'), 5);

    await clock.advance(5);

    assert.deepEqual(fired, ['b']);
  });

  it('keeps pace at a fraction of a millisecond per tick', async () => {
    const clock = new CoarseClock(0.05);
    let left = 20_000;
    const next = (): void => void (left > 0 && clock.setTimeout(next, 0.05) && (left -= 1));
    next();

    await clock.advance(1_000);

    assert.deepEqual([left, clock.pending], [0, 0]);
  });
});
