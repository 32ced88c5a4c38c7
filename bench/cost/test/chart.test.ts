import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inFlight } from '../measurements/in-flight.ts';
import { cheapestFirst, dotsOf } from '../report/chart.ts';
import type { Rounds } from '../report/figures.ts';

const dotsIn = (rounds: Rounds) => dotsOf({
  measurement: inFlight,
  caseName: '',
  runs: [{ node: '20', result: { libraries: ['fetch', 'baseline', 'ky', 'got'], rounds, exclusions: new Map(), olderVersions: new Map() } }],
}, 'bytes');

describe('dotsOf', () => {
  it('gives each library but fetch its multiple of what the baseline adds', () => {
    const dots = dotsIn([{ fetch: { bytes: 100 }, baseline: { bytes: 1_100 }, ky: { bytes: 5_100 } }]);

    assert.deepEqual(dots, [
      { library: 'baseline', node: 'Node 20', low: 1, median: 1, high: 1 },
      { library: 'ky', node: 'Node 20', low: 5, median: 5, high: 5 },
    ]);
  });

  it('gives none where the baseline adds less than its own spread', () => {
    assert.deepEqual(dotsIn([50, 200, 400].map((bytes) => ({ fetch: { bytes: 100 }, baseline: { bytes }, ky: { bytes: 500 } }))), []);
  });
});

describe('cheapestFirst', () => {
  it('sorts by the geometric mean over the Nodes', () => {
    const dot = (library: string, median: number) => ({ library, node: 'Node 20', low: median, median, high: median });

    assert.deepEqual(cheapestFirst([dot('ky', 10), dot('ky', 40), dot('got', 2), dot('got', 100), dot('ours', 1)]), ['ours', 'got', 'ky']);
  });
});
