import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addedBy, addedRatiosTo, leastAddedRatioTo, leastRatioTo, lesserEstimate, ratiosTo, valuesOf, type Rounds } from '../report/figures.ts';

/** Builds rounds of a figure `ns` from one object a round. */
const roundsOf = (...rounds: Record<string, number>[]): Rounds =>
  rounds.map((round) => Object.fromEntries(Object.entries(round).map(([library, ns]) => [library, { ns }])));

const rounds = roundsOf({ fetch: 10, baseline: 20, ky: 50 }, { fetch: 20, baseline: 31, ky: 75 }, { fetch: 10, baseline: 22, ky: 34 });

describe('valuesOf', () => {
  it('gives the figure of each round', () => {
    assert.deepEqual(valuesOf(rounds, 'ky', 'ns'), [50, 75, 34]);
  });

  it('leaves out rounds without the library, and unknown figures', () => {
    assert.deepEqual(valuesOf([{}, ...rounds], 'ky', 'ns'), [50, 75, 34]);
    assert.deepEqual(valuesOf(rounds, 'ky', 'bytes'), []);
  });
});

describe('addedBy and ratiosTo', () => {
  it('compare figures of the same round', () => {
    assert.deepEqual(addedBy(rounds, 'baseline', 'ns'), [10, 11, 12]);
    assert.deepEqual(ratiosTo(rounds, 'ky', 'fetch', 'ns'), [5, 3.75, 3.4]);
  });

  it('leave out rounds in which one of the two is missing', () => {
    assert.deepEqual(addedBy([...rounds, ...roundsOf({ baseline: 1 }, { fetch: 1 })], 'baseline', 'ns'), [10, 11, 12]);
  });
});

describe('addedRatiosTo', () => {
  it('divides what is added by what the reference adds in the same round', () => {
    assert.deepEqual(addedRatiosTo(rounds, 'ky', 'baseline', 'ns'), [4, 5, 2]);
  });

  it('gives no ratio where the reference adds less than its own spread', () => {
    const noisy = roundsOf({ fetch: 10, baseline: 9, ky: 50 }, { fetch: 10, baseline: 11, ky: 50 }, { fetch: 10, baseline: 40, ky: 50 });

    assert.deepEqual(addedRatiosTo(noisy, 'ky', 'baseline', 'ns'), []);
  });

  it('gives no ratio without the reference', () => {
    assert.deepEqual(addedRatiosTo(roundsOf({ fetch: 1, ky: 2 }), 'ky', 'baseline', 'ns'), []);
  });
});

describe('leastRatioTo and leastAddedRatioTo', () => {
  it('take the least figure of each library, of any round', () => {
    assert.equal(leastRatioTo(rounds, 'ky', 'baseline', 'ns'), 1.7);
    assert.equal(leastAddedRatioTo(rounds, 'ky', 'baseline', 'ns'), 2.4);
  });

  it('are over every limit where nothing was measured', () => {
    assert.equal(leastRatioTo([], 'ky', 'fetch', 'ns') <= 4, false);
    assert.equal(leastAddedRatioTo([], 'ky', 'baseline', 'ns') <= 1.5, false);
  });
});

describe('lesserEstimate', () => {
  it('is the lesser one of the median and the least ratio', () => {
    assert.equal(lesserEstimate([1, 2, 9], 1.5), 1.5);
    assert.equal(lesserEstimate([1, 1.2, 9], 1.5), 1.2);
  });

  it('is the least ratio where no round has a ratio', () => {
    assert.equal(lesserEstimate([], 1.5), 1.5);
  });

  it('is over every limit where nothing was measured', () => {
    assert.equal(lesserEstimate([], NaN) <= 4, false);
  });
});
