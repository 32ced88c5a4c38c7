import { gzippedSize, gzippedSizeOf } from './bundle-size.ts';
import { bundleLimit, layerLimits, limits } from './limits.ts';
import { measureCase, type MeasureOptions } from './measure.ts';
import { inBackoff } from './measurements/in-backoff.ts';
import { inFlight } from './measurements/in-flight.ts';
import type { Measurement } from './measurements/measurement.ts';
import { inInit, passThrough, withDefaults } from './measurements/pass-through.ts';
import { retriesAndTimeout } from './measurements/successful-calls.ts';
import { time } from './measurements/time.ts';
import { nodePath, versions } from './nodes.ts';
import { addedRatiosTo, leastAddedRatioTo, leastRatioTo, lesserEstimate, ratiosTo, type Rounds } from './report/figures.ts';
import { formatNumber } from './report/statistics.ts';

interface Check {
  readonly measurement: Measurement;
  readonly caseName: string;
  readonly libraries: readonly string[];
  readonly figureOf: (rounds: Rounds) => number;
  readonly limit: number;
  readonly fact: string;
}

const own = 'resilient-fetch';

/** Checks what a call adds to fetch, as a multiple of what the baseline adds. */
const addedCheck = (measurement: Measurement, caseName: string, key: string, limit: number, fact: string): Check => ({
  measurement, caseName, libraries: ['fetch', 'baseline', own], limit, fact,
  figureOf: (rounds) => lesserEstimate(addedRatiosTo(rounds, own, 'baseline', key), leastAddedRatioTo(rounds, own, 'baseline', key)),
});

/** Checks the time of a call that has nothing to do, as a multiple of fetch's. */
const passThroughCheck = (caseName: string, limit: number): Check => ({
  measurement: passThrough, caseName, libraries: ['fetch', own], limit, fact: `times fetch's time for a pass-through ${caseName}`,
  figureOf: (rounds) => lesserEstimate(ratiosTo(rounds, own, 'fetch', 'ns'), leastRatioTo(rounds, own, 'fetch', 'ns')),
});

const checks: readonly Check[] = [
  addedCheck(time, retriesAndTimeout, 'ns', limits.defaultCallTime, 'times the time that the baseline adds, for a default call'),
  addedCheck(inFlight, '', 'bytes', limits.bytesInFlight, 'times the bytes that the baseline adds in flight'),
  addedCheck(inBackoff, '', 'bytes', limits.bytesInBackoff, 'times the bytes that the baseline adds in backoff'),
  passThroughCheck(withDefaults, limits.passThroughByWith),
  passThroughCheck(inInit, limits.passThroughInInit),
];

/** Few rounds where other work does not change the figures, many where it does. */
const roundsOf = ({ isParallel }: Measurement): Pick<MeasureOptions, 'processes' | 'rounds'> =>
  isParallel ? { processes: 1, rounds: 1 } : { processes: 3, rounds: 5 };

/** Prints one figure beside its limit. A figure that could not be measured is over the limit. */
function report(figure: number, limit: number, fact: string): void {
  const isWithin = figure <= limit;
  if (!isWithin) process.exitCode = 1;
  console.log(`${isWithin ? 'ok' : 'NOT OK'}: ${formatNumber(figure)} ${fact}, at most ${formatNumber(limit)}`);
}

report(await gzippedSize(), bundleLimit, 'bytes of resilientFetch, gzipped');
for (const [layer, limit] of Object.entries(layerLimits)) report(await gzippedSizeOf(layer), limit, `bytes that ${layer} adds, gzipped`);
for (const version of versions) {
  for (const { measurement, caseName, libraries, figureOf, limit, fact } of checks) {
    const { rounds, exclusions } = await measureCase(measurement, caseName, { node: nodePath(version), libraries, ...roundsOf(measurement) });
    report(figureOf(rounds), limit, `${fact} on Node ${version}`);
    for (const [library, reason] of exclusions) console.log(`${library} was not measured: ${reason}`);
  }
}
