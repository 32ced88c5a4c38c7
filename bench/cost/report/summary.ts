import { inBackoff } from '../measurements/in-backoff.ts';
import { inFlight } from '../measurements/in-flight.ts';
import { loopback, manySmall } from '../measurements/loopback.ts';
import { retry, withoutBody } from '../measurements/retry.ts';
import { retriesAndTimeout } from '../measurements/successful-calls.ts';
import { time } from '../measurements/time.ts';
import { caseOf, type MeasuredCase } from './cases.ts';
import { addedRatiosTo, leastOf, ratiosTo, type Rounds } from './figures.ts';
import { formatNumber, quartilesOf } from './statistics.ts';

const own = 'resilient-fetch';

/** Joins one figure for each Node: "1.02 and 1.22". */
const onEachNode = ({ runs }: MeasuredCase, format: (rounds: Rounds, node: string) => string): string =>
  runs.map(({ node, result }) => format(result.rounds, node)).join(' and ');

const added = (key: string) => (rounds: Rounds): string => formatNumber(quartilesOf(addedRatiosTo(rounds, own, 'baseline', key)).median);

const over = (reference: string, key: string) => (rounds: Rounds): string => formatNumber(quartilesOf(ratiosTo(rounds, own, reference, key)).median);

/** Formats the order of magnitude of an added time: one digit, of the least disturbed round. */
const microseconds = (rounds: Rounds, node: string): string =>
  `about ${Number(((leastOf(rounds, own, 'ns') - leastOf(rounds, 'fetch', 'ns')) / 1_000).toPrecision(1))} µs on Node ${node}`;

/** Summarizes the results of the bench in a few sentences. Two figures are those of the two Nodes, in the order of the first sentence. */
export function summaryOf(cases: readonly MeasuredCase[], gzippedSize: number): string[] {
  const defaultCall = caseOf(cases, time, retriesAndTimeout);
  const [microsecondsAdded, timeAdded] = [microseconds, added('ns')].map((format) => onEachNode(defaultCall, format));
  const [bytesInFlight, bytesInBackoff] = [inFlight, inBackoff].map((measurement) => onEachNode(caseOf(cases, measurement, ''), added('bytes')));
  const retryTime = onEachNode(caseOf(cases, retry, withoutBody), over('baseline', 'ns'));
  const rate = onEachNode(caseOf(cases, loopback, manySmall), over('fetch', 'rate'));
  return [
    `- A call with the defaults adds ${microsecondsAdded} to the time of fetch: ${timeAdded} times what the baseline adds.`,
    `- In flight a call adds ${bytesInFlight} times the bytes of the baseline, and ${bytesInBackoff} times while it waits for a retry.`,
    `- A call with one retry takes ${retryTime} times as long as the baseline's.`,
    `- Over real connections, 64 calls at once, it makes ${rate} times the requests a second of fetch alone.`,
    `- \`import { resilientFetch }\` weighs ${formatNumber(gzippedSize / 1_000)} kB, minified and gzipped, and has no dependencies.`,
  ];
}

/** Replaces the summary at the top of a page: the lines between two marks. */
export const replaceAnswer = (page: string, answer: readonly string[]): string =>
  page.replace(/(<!-- answer[^\n]*\n)[^]*(<!-- end of answer -->)/, (_, start: string, end: string) => `${start}${answer.join('\n')}\n${end}`);
