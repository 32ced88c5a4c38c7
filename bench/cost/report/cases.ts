import type { Measurement } from '../measurements/measurement.ts';
import type { NodeRun } from './case-table.ts';

/** The results of one case of a measurement, on each Node. */
export interface MeasuredCase {
  readonly measurement: Measurement;
  readonly caseName: string;
  readonly runs: readonly NodeRun[];
}

/** Finds the results of one case. */
export function caseOf(cases: readonly MeasuredCase[], measurement: Measurement, caseName: string): MeasuredCase {
  const found = cases.find((one) => one.measurement === measurement && one.caseName === caseName);
  if (found === undefined) throw new Error(`'${measurement.name}' was not measured: ${caseName}`);
  return found;
}
