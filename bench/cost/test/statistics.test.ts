import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatNumber, formatQuartiles, isAboveSpread, quartilesOf } from '../report/statistics.ts';

describe('quartilesOf', () => {
  it('sorts by value and interpolates', () => {
    assert.deepEqual(quartilesOf([100, 9, 30, 1]), { low: 7, median: 19.5, high: 47.5 });
  });

  it('gives NaN for no values', () => {
    assert.deepEqual(quartilesOf([]), { low: NaN, median: NaN, high: NaN });
  });
});

describe('isAboveSpread', () => {
  for (const [low, median, high, isAbove] of [
    [90, 100, 110, true],
    [1, 100, 100, true],
    [50, 100, 150, false],
    [-50, 40, 60, false],
    [-12, -10, -8, false],
    [NaN, NaN, NaN, false],
  ] as const) {
    it(`is ${isAbove} for a median of ${median} between ${low} and ${high}`, () => {
      assert.equal(isAboveSpread({ low, median, high }), isAbove);
    });
  }
});

describe('formatNumber', () => {
  for (const [value, text] of [
    [0, '0.00'], [0.984, '0.98'], [1, '1.00'], [-7.58, '-7.58'], [12.34, '12.3'], [99.96, '100'], [160, '160'], [1857, '1 860'],
    [24_178, '24 200'], [1_136_101, '1 140 000'], [-1445, '-1 450'], [-0.001, '0.00'], [NaN, '–'], [Infinity, '–'],
  ] as const) {
    it(`formats ${value} as ${text}`, () => {
      assert.equal(formatNumber(value), text);
    });
  }
});

describe('formatQuartiles', () => {
  it('shows the quartiles beside the median', () => {
    assert.equal(formatQuartiles({ low: 1, median: 2, high: 4 }), '2.00 (1.00 to 4.00)');
  });

  it('shows the median alone where the quartiles read alike', () => {
    assert.equal(formatQuartiles({ low: 1_066.1, median: 1_066.2, high: 1_066.4 }), '1 070');
  });
});
