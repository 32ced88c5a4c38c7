import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { max } from 'd3-array';
import { restart } from '../experiments/restart.ts';
import { simulateRestart, type Restart } from '../model/restart.ts';

/** The six additions of the experiment, on fewer clients. */
const additions = restart.jobs.slice(0, 6).map(({ addition }) => addition);
const simulateAll = (): Promise<Restart[]> =>
  Promise.all(additions.map(({ optionsOf }) => simulateRestart(optionsOf, { clients: 2_000, serveSeconds: 10, format: 'seconds' }, 1)));

const results = await simulateAll();
const indexOf = (name: string): number => additions.findIndex((addition) => addition.name === name);
const optionsOf = (name: string) => additions[indexOf(name)]?.optionsOf ?? (() => ({}));
const peakOf = (name: string): number => max(results[indexOf(name)]?.rates ?? []) ?? NaN;

describe('simulateRestart', () => {
  it('has clients come back at the rate of their first calls when nothing is added', () => {
    assert.ok(Math.abs(peakOf('nothing') - 2_000) < 500, String(peakOf('nothing')));
  });

  it('spreads clients over the share that is added', () => {
    assert.ok(Math.abs(peakOf('up to 10 %') - 2_000 / 3) < 200, String(peakOf('up to 10 %')));
  });

  it('lets more calls succeed, the more is added', () => {
    const successRates = results.map(({ successRate }) => successRate);

    assert.equal(successRates.length, 6);
    assert.ok((successRates[0] ?? 1) < 0.7, successRates.join());
    assert.deepEqual(successRates, [...successRates].sort((a, b) => a - b));
  });

  it('has all clients come back in the same tenth of a second when Retry-After is a date and nothing is added', async () => {
    const { rates } = await simulateRestart(optionsOf('nothing'), { clients: 100, serveSeconds: 10, format: 'date' }, 1);

    assert.deepEqual([rates[0], rates[1]], [1_000, 0]);
  });

  it('gives the same result for the same seed', async () => {
    assert.deepEqual(await simulateAll(), results);
  });
});
