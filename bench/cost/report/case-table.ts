import { group } from 'd3-array';
import { markdown } from './markdown.ts';
import type { CaseResult } from '../measure.ts';
import type { Column } from './columns.ts';

/** The results of one case on one Node. */
export interface NodeRun {
  readonly node: string;
  readonly result: CaseResult;
}

/** The meaning of a missing ratio, for a reader of the tables. */
export const missingRatioNote = '“–”: no ratio, because in these rounds the baseline adds less than its own spread (the distance between its quartiles).';

/** Formats one case: a row for each library, the Nodes side by side, and below the table the excluded libraries with the reason. */
export function caseTable(runs: readonly NodeRun[], columns: readonly Column[]): string[] {
  const takesPart = (name: string): boolean => runs.some(({ result }) => hasSamples(result, name));
  const names = [...new Set(runs.flatMap(({ result }) => result.libraries))].filter(takesPart);
  const rows = names.map((name) => [name, ...runs.flatMap((run) => cellsOf(run, columns, name))]);
  const heads = runs.flatMap(({ node }) => columns.map(({ head }, index) => index === 0 ? `Node ${node}: ${head}` : head));
  const exclusions = exclusionsOf(runs);
  return [...markdown([['', ...heads], ...rows]), ...(exclusions.length === 0 ? [] : ['', `Excluded: ${exclusions.join('; ')}.`])];
}

const hasSamples = ({ rounds }: CaseResult, library: string): boolean => rounds.some((round) => library in round);

function cellsOf({ result }: NodeRun, columns: readonly Column[], library: string): string[] {
  return columns.map(({ cell }) => hasSamples(result, library) ? cell(result.rounds, library) : '');
}

/** Formats a reason once where it is the same on several Nodes. */
function exclusionsOf(runs: readonly NodeRun[]): string[] {
  const reasons = runs.flatMap(({ node, result }) => [...result.exclusions].map(([library, reason]) => ({ node, text: `${library}: ${reason}` })));
  return [...group(reasons, ({ text }) => text)].map(([text, found]) => `${text} (Node ${found.map(({ node }) => node).join(', ')})`);
}
