import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inBackoff } from '../measurements/in-backoff.ts';
import { inFlight } from '../measurements/in-flight.ts';
import { loopback, manySmall } from '../measurements/loopback.ts';
import type { Measurement, Sample } from '../measurements/measurement.ts';
import { retry, withoutBody } from '../measurements/retry.ts';
import { retriesAndTimeout } from '../measurements/successful-calls.ts';
import { time } from '../measurements/time.ts';
import type { MeasuredCase } from '../report/cases.ts';
import { replaceAnswer, summaryOf } from '../report/summary.ts';

/** Builds a case with one round a Node. */
const caseWith = (measurement: Measurement, caseName: string, ...rounds: Record<string, Sample>[]): MeasuredCase => ({
  measurement,
  caseName,
  runs: rounds.map((round, index) => ({ node: index === 0 ? '20' : '26', result: { libraries: [], rounds: [round], exclusions: new Map(), olderVersions: new Map() } })),
});

const cases = [
  caseWith(time, retriesAndTimeout,
    { 'fetch': { ns: 300 }, 'baseline': { ns: 3_300 }, 'resilient-fetch': { ns: 4_200 } },
    { 'fetch': { ns: 200 }, 'baseline': { ns: 1_000 }, 'resilient-fetch': { ns: 1_160 } }),
  caseWith(inFlight, '', { 'fetch': { bytes: 100 }, 'baseline': { bytes: 1_100 }, 'resilient-fetch': { bytes: 1_250 } }),
  caseWith(inBackoff, '', { 'fetch': { bytes: 100 }, 'baseline': { bytes: 200 }, 'resilient-fetch': { bytes: 220 } }),
  caseWith(retry, withoutBody, { 'baseline': { ns: 10 }, 'resilient-fetch': { ns: 9 } }),
  caseWith(loopback, manySmall, { 'fetch': { rate: 1_000 }, 'resilient-fetch': { rate: 960 } }),
];

describe('summaryOf', () => {
  it('gives the ratios of each Node, and absolute times to one digit', () => {
    assert.deepEqual(summaryOf(cases, 6_987), [
      '- A call with the defaults adds about 4 µs on Node 20 and about 1 µs on Node 26 to the time of fetch: 1.30 and 1.20 times what the baseline adds.',
      '- In flight a call adds 1.15 times the bytes of the baseline, and 1.20 times while it waits for a retry.',
      '- A call with one retry takes 0.90 times as long as the baseline\'s.',
      '- Over real connections, 64 calls at once, it makes 0.96 times the requests a second of fetch alone.',
      '- `import { resilientFetch }` weighs 6.99 kB, minified and gzipped, and has no dependencies.',
    ]);
  });

  it('throws where a measurement is missing', () => {
    assert.throws(() => summaryOf(cases.slice(1), 0), /'time' was not measured: retries \+ timeout/);
  });
});

describe('replaceAnswer', () => {
  it('replaces the lines between the marks and nothing else', () => {
    const page = ['# Title', '<!-- answer, written by a command -->', '- old', '<!-- end of answer -->', 'text'].join('\n');

    assert.equal(replaceAnswer(page, ['- $1 new', '- newer']), page.replace('- old', '- $$1 new\n- newer'));
  });
});
