import { markdown } from './markdown.ts';
import { otherCheckoutName } from '../libraries/resilient-fetch.ts';
import type { Measurement } from '../measurements/measurement.ts';
import type { NodeRun } from './case-table.ts';
import type { MeasuredCase } from './cases.ts';
import { addedBy, addedRatiosTo, leastAddedRatioTo, leastRatioTo, ratiosTo, valuesOf } from './figures.ts';
import { formatNumber, formatQuartiles, quartilesOf, type Quartiles } from './statistics.ts';

const own = 'resilient-fetch';

/** Names the relation of two checkouts. A difference of less than 1 %, or one that a quarter of the rounds contradicts, is noise. */
export function verdictOf({ low, high }: Quartiles): string {
  if (Number.isNaN(low)) return 'not measured';
  if (low > 1.01) return 'more';
  return high < 0.99 ? 'less' : 'same within noise';
}

/** Formats this checkout beside the other one: the medians of both, and the ratio of the two in the same round. */
export function comparisonTable(cases: readonly MeasuredCase[]): string[] {
  const rows = cases.flatMap(({ measurement, caseName, runs }) => runs.map((run) =>
    [[measurement.name, caseName].filter((part) => part !== '').join(', '), run.node, ...cellsOf(measurement, run)]));
  return markdown([['', 'Node', 'figure', 'this checkout', 'the other', 'this ÷ other', 'of the least rounds', ''], ...rows]);
}

function cellsOf({ compared }: Measurement, { result: { rounds } }: NodeRun): string[] {
  if (compared === undefined) return [];
  const { key, isAdded } = compared;
  const figuresOf = isAdded ? addedBy : valuesOf;
  const [ours, theirs] = [own, otherCheckoutName].map((library) => formatNumber(quartilesOf(figuresOf(rounds, library, key)).median));
  const ratio = quartilesOf((isAdded ? addedRatiosTo : ratiosTo)(rounds, own, otherCheckoutName, key));
  const leastRatio = (isAdded ? leastAddedRatioTo : leastRatioTo)(rounds, own, otherCheckoutName, key);
  return [`${key}${isAdded ? ' added to fetch' : ''}`, `${ours}`, `${theirs}`, formatQuartiles(ratio), formatNumber(leastRatio), verdictOf(ratio)];
}
