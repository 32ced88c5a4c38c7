import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backoffDelay, type BackoffSettings } from '../../src/backoff.ts';

const settings: BackoffSettings = { base: 200, factor: 2, max: 30_000, jitter: 'none' };

/** The delays before the first retries, each computed from the one before it. */
function delays(backoff: BackoffSettings, random: number, length: number): number[] {
  const computed: number[] = [];
  for (let retry = 1; retry <= length; retry += 1) computed.push(backoffDelay(retry, backoff, random, computed.at(-1)));
  return computed;
}

describe('backoffDelay', () => {
  const rows: [string, Partial<BackoffSettings>, number, number[]][] = [
    ['doubles without jitter', {}, 0.5, [200, 400, 800, 1600, 3200]],
    ['grows by the factor', { base: 10, factor: 3 }, 0.5, [10, 30, 90, 270, 810]],
    ['stays constant with a factor of 1', { factor: 1 }, 0.5, [200, 200, 200]],
    ['stops growing at max', { base: 10_000 }, 0.5, [10_000, 20_000, 30_000, 30_000]],
    ['scales the whole delay by random with full jitter', { jitter: 'full' }, 0.25, [50, 100, 200, 400]],
    ['is 0 with full jitter and a random of 0', { jitter: 'full' }, 0, [0, 0, 0]],
    ['is half the delay with equal jitter and a random of 0', { jitter: 'equal' }, 0, [100, 200, 400]],
    ['scales the other half by random with equal jitter', { jitter: 'equal' }, 0.5, [150, 300, 600]],
    ['is the base with decorrelated jitter and a random of 0', { jitter: 'decorrelated' }, 0, [200, 200, 200]],
    ['grows from the previous delay with decorrelated jitter', { jitter: 'decorrelated' }, 0.5, [400, 700, 1150]],
    ['applies max after decorrelated jitter', { jitter: 'decorrelated', max: 1_000 }, 0.5, [400, 700, 1_000, 1_000]],
    ['applies max before full jitter', { jitter: 'full', max: 400 }, 0.5, [100, 200, 200]],
    ['is 0 with a base of 0', { base: 0 }, 0.5, [0, 0, 0]],
    ['is 0 with a base of 0 and decorrelated jitter', { base: 0, jitter: 'decorrelated' }, 0.5, [0, 0, 0]],
    ['is 0 with a max of 0', { max: 0 }, 0.5, [0, 0, 0]],
    ['is max where max is below the base', { max: 50, jitter: 'decorrelated' }, 0.5, [50, 50, 50]],
  ];
  for (const [name, changes, random, expected] of rows) {
    it(name, () => {
      assert.deepEqual(delays({ ...settings, ...changes }, random, expected.length), expected);
    });
  }

  it('is max when the power overflows', () => {
    assert.equal(backoffDelay(5_000, settings, 0.5, 1), 30_000);
  });

  it('is 0 with a base of 0 when the power overflows', () => {
    assert.equal(backoffDelay(5_000, { ...settings, base: 0 }, 0.5, 0), 0);
  });

  it('calls a function with the retry, the random number and the previous delay', () => {
    assert.equal(backoffDelay(2, (retry, random, previous) => retry * 1000 + random * 10 + previous, 0.5, 7), 2012);
  });

  it('calls a function with a previous delay of 0 at the first retry', () => {
    assert.equal(backoffDelay(1, (_retry, _random, previous) => previous, 0.5, undefined), 0);
  });
});
