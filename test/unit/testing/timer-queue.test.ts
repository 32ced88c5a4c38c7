import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock, seededRandom } from '../../../src/testing/index.ts';

describe('TimerQueue', () => {
  it('takes thousands of timers in order, after most of them were cleared', async () => {
    const clock = new FakeClock({ turns: 1 });
    const random = seededRandom(1);
    const fired: number[] = [];
    const delays = Array.from({ length: 5_000 }, () => Math.floor(random() * 1_000));
    const timers = delays.map((ms) => clock.setTimeout(() => fired.push(ms), ms));
    timers.forEach((timer, index) => index % 10 > 0 && clock.clearTimeout(timer));

    await clock.advance(1_000);

    assert.deepEqual(fired, delays.filter((_delay, index) => index % 10 === 0).sort((a, b) => a - b));
  });
});
