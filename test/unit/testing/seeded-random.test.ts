import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../src/testing/index.ts';

const draw = (seed: number, length: number): number[] => Array.from({ length }, seededRandom(seed));

describe('seededRandom', () => {
  it('returns the same numbers for the same seed', () => {
    assert.deepEqual(draw(42, 100), draw(42, 100));
  });

  it('returns these numbers on every platform', () => {
    assert.deepEqual(draw(1, 3).map((number) => Math.floor(number * 1e9)), [588393772, 73188994, 590310656]);
  });

  it('returns unrelated numbers for neighbouring seeds', () => {
    const [first, second] = [draw(1, 1_000), draw(2, 1_000)];

    const close = first.filter((number, index) => Math.abs(number - (second[index] ?? 0)) < 0.01);

    assert.ok(close.length < 50, `${close.length} of 1000 are within 0.01`);
  });

  for (const seed of [0, 1, -1, 2 ** 31, 1.5, NaN]) {
    it(`is uniform from 0 to below 1 for a seed of ${seed}`, () => {
      const tenths = new Array<number>(10).fill(0);

      for (const number of draw(seed, 10_000)) tenths[Math.floor(number * 10)]! += 1;

      assert.ok(tenths.every((count) => count > 850 && count < 1_150), `${tenths}`);
      assert.equal(tenths.length, 10);
    });
  }
});
