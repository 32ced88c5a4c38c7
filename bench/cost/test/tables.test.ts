import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Measurement } from '../measurements/measurement.ts';
import { caseTable, type NodeRun } from '../report/case-table.ts';
import { addedOverBaseline, figure } from '../report/columns.ts';
import { comparisonTable, verdictOf } from '../report/comparison.ts';
import type { Rounds } from '../report/figures.ts';

const runOf = (node: string, rounds: Rounds, exclusions: Record<string, string> = {}): NodeRun =>
  ({ node, result: { libraries: ['fetch', 'baseline', 'ky', 'got'], rounds, exclusions: new Map(Object.entries(exclusions)), olderVersions: new Map() } });

const quiet: Rounds = [{ fetch: { ns: 10 }, baseline: { ns: 20 }, ky: { ns: 50 } }];
const columns = [figure('ns', 'ns a call'), addedOverBaseline('ns')];

describe('caseTable', () => {
  it('has a row for each library and a ratio to what the baseline adds', () => {
    assert.deepEqual(caseTable([runOf('20', quiet)], columns), [
      '|          | Node 20: ns a call | added ÷ baseline |',
      '| :------- | -----------------: | ---------------: |',
      '| fetch    |               10.0 |                  |',
      '| baseline |               20.0 |             1.00 |',
      '| ky       |               50.0 |             4.00 |',
    ]);
  });

  it('keeps the order of the libraries, whichever finished first', () => {
    const rows = caseTable([runOf('20', [{ ky: { ns: 1 }, fetch: { ns: 1 } }])], columns);

    assert.deepEqual(rows.slice(2).map((row) => row.slice(2, 7).trim()), ['fetch', 'ky']);
  });

  it('has a dash where the baseline adds less than its own spread', () => {
    const noisy = [1, 30, 60].map((ns) => ({ fetch: { ns: 10 }, baseline: { ns }, ky: { ns: 50 } }));

    assert.match(caseTable([runOf('20', noisy)], columns).at(-1) ?? '', /^\| ky +\| +50.0 \| +– \|$/);
  });

  it('leaves the cells of a library empty on the Node where it took no part', () => {
    const rows = caseTable([runOf('20', [{ fetch: { ns: 10 } }]), runOf('26', quiet)], columns);

    assert.match(rows.at(-1) ?? '', /^\| ky +\| +\| +\| +50.0 \| +4.00 \|$/);
  });

  it('names the reason of an exclusion once for all Nodes', () => {
    const rows = caseTable([runOf('20', quiet, { got: 'hangs', ofetch: 'too old' }), runOf('26', quiet, { got: 'hangs' })], columns);

    assert.equal(rows.at(-1), 'Excluded: got: hangs (Node 20, 26); ofetch: too old (Node 20).');
  });
});

describe('comparisonTable', () => {
  it('compares the figures of two checkouts in the same rounds', () => {
    const rounds = [{ 'fetch': { ns: 10 }, 'resilient-fetch': { ns: 25 }, 'other checkout': { ns: 20 } }];
    // A comparison reads the name and the compared figure alone.
    const measurement = { name: 'time', compared: { key: 'ns', isAdded: true } } as Measurement;

    assert.equal(
      comparisonTable([{ measurement, caseName: 'retries only', runs: [runOf('26', rounds)] }]).at(-1),
      '| time, retries only |   26 | ns added to fetch |          15.0 |      10.0 |         1.50 |                1.50 | more |',
    );
  });

  for (const [low, high, verdict] of [[1.02, 1.3, 'more'], [0.7, 0.98, 'less'], [0.9, 1.1, 'same within noise'], [1.001, 1.002, 'same within noise'], [NaN, NaN, 'not measured']] as const) {
    it(`calls ratios between ${low} and ${high} ${verdict}`, () => {
      assert.equal(verdictOf({ low, median: 1, high }), verdict);
    });
  }
});
