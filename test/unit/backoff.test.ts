import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backoffDelay, type BackoffSettings } from '../../src/backoff.ts';

const settings: BackoffSettings = { base: 200, factor: 2, max: 30_000, jitter: 'none' };

/** The waits before the first retries, each knowing the one before it. */
function series(backoff: BackoffSettings, random: number, length: number): number[] {
  const waits: number[] = [];
  for (let retry = 1; retry <= length; retry += 1) waits.push(backoffDelay(retry, backoff, random, waits.at(-1)));
  return waits;
}

describe('backoffDelay', () => {
  const rows: [string, Partial<BackoffSettings>, number, number[]][] = [
    ['doubles without jitter', {}, 0.5, [200, 400, 800, 1600, 3200]],
    ['grows by its factor', { base: 10, factor: 3 }, 0.5, [10, 30, 90, 270, 810]],
    ['stays where it is with a factor of 1', { factor: 1 }, 0.5, [200, 200, 200]],
    ['stops growing at its max', { base: 10_000 }, 0.5, [10_000, 20_000, 30_000, 30_000]],
    ['takes any part of the wait with full jitter', { jitter: 'full' }, 0.25, [50, 100, 200, 400]],
    ['takes nothing with full jitter and no luck', { jitter: 'full' }, 0, [0, 0, 0]],
    ['takes half at least with equal jitter', { jitter: 'equal' }, 0, [100, 200, 400]],
    ['takes a part of the other half with equal jitter', { jitter: 'equal' }, 0.5, [150, 300, 600]],
    ['takes the base at least with decorrelated jitter', { jitter: 'decorrelated' }, 0, [200, 200, 200]],
    ['goes on from the last wait with decorrelated jitter', { jitter: 'decorrelated' }, 0.5, [400, 700, 1150]],
    ['applies the max after decorrelated jitter', { jitter: 'decorrelated', max: 1_000 }, 0.5, [400, 700, 1_000, 1_000]],
    ['applies the max before full jitter', { jitter: 'full', max: 400 }, 0.5, [100, 200, 200]],
    ['never waits with a base of 0', { base: 0 }, 0.5, [0, 0, 0]],
    ['never waits with a base of 0 and decorrelated jitter', { base: 0, jitter: 'decorrelated' }, 0.5, [0, 0, 0]],
    ['never waits with a max of 0', { max: 0 }, 0.5, [0, 0, 0]],
    ['never waits longer than a max below its base', { max: 50, jitter: 'decorrelated' }, 0.5, [50, 50, 50]],
  ];
  for (const [name, changes, random, expected] of rows) {
    it(name, () => {
      assert.deepEqual(series({ ...settings, ...changes }, random, expected.length), expected);
    });
  }

  it('waits its max when the power overflows', () => {
    assert.equal(backoffDelay(5_000, settings, 0.5, 1), 30_000);
  });

  it('waits 0 with a base of 0 when the power overflows', () => {
    assert.equal(backoffDelay(5_000, { ...settings, base: 0 }, 0.5, 0), 0);
  });

  it('leaves the wait to a function', () => {
    assert.equal(backoffDelay(2, (retry, random, previous) => retry * 1000 + random * 10 + previous, 0.5, 7), 2012);
  });

  it('tells a function of a previous wait of 0 at first', () => {
    assert.equal(backoffDelay(1, (_retry, _random, previous) => previous, 0.5, undefined), 0);
  });
});
