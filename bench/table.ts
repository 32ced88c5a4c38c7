import type { Sample } from './row.ts';
import { median, pick, rounded, spread } from './statistics.ts';

/** What became of a contestant: its rounds, or why it was left out. */
export interface Result {
  readonly name: string;
  /** Its version, where it is an older one because of this Node. */
  readonly older: string | undefined;
  readonly samples: readonly Sample[];
  readonly leftOut: string | undefined;
}

/** What became of them all on one Node. */
export interface Run {
  readonly node: string;
  readonly results: readonly Result[];
}

/** A column: its head, and a cell by a contestant's rounds and those that it is compared with, of the same run. */
export interface Column {
  readonly head: string;
  cell(own: readonly Sample[], bare: readonly Sample[], floor: readonly Sample[]): string;
}

/** A figure: its median, and the least and most. */
export const figure = (key: string, head: string): Column => ({ head, cell: (own) => spread(pick(own, key)) });

/** A figure that is told by its median alone. */
export const middle = (key: string, head: string): Column => ({ head, cell: (own) => rounded(median(pick(own, key))) });

/** The median of what each round has to do with bare fetch's or the floor's in the same round. */
const byRound = (head: string, relation: (own: Sample, bare: Sample, floor: Sample) => number): Column => ({
  head,
  cell: (own, bare, floor) => rounded(median(own.map((sample, round) => relation(sample, bare[round] ?? {}, floor[round] ?? {})))),
});

const of = (sample: Sample, key: string): number => sample[key] ?? NaN;

export const overBare = (key: string): Column => byRound('÷ fetch', (own, bare) => of(own, key) / of(bare, key));

export const overFloor = (key: string): Column => byRound('÷ floor', (own, _, floor) => of(own, key) / of(floor, key));

export const added = (key: string, head: string): Column => byRound(head, (own, bare) => of(own, key) - of(bare, key));

/** What is added to bare fetch, as a multiple of what the floor adds. */
export const addedOverFloor = (key: string): Column =>
  byRound('added ÷ floor', (own, bare, floor) => (of(own, key) - of(bare, key)) / (of(floor, key) - of(bare, key)));

/** The results of one case as Markdown, a row for each contestant and the Nodes side by side; below it who was left out, and why. */
export function table(runs: readonly Run[], columns: readonly Column[]): string[] {
  const names = [...new Set(runs.flatMap(({ results }) => results.map(({ name }) => name)))];
  const cells = (run: Run, name: string): string[] => {
    const samplesOf = (wanted: string): readonly Sample[] => run.results.find((result) => result.name === wanted)?.samples ?? [];
    const own = samplesOf(name);
    return columns.map(({ cell }) => own.length === 0 ? '' : cell(own, samplesOf('fetch'), samplesOf('floor')));
  };
  const rows = names.map((name) => [name, ...runs.flatMap((run) => cells(run, name))]);
  const heads = runs.flatMap(({ node }) => columns.map(({ head }, index) => index === 0 ? `Node ${node}: ${head}` : head));
  const reasons = runs.flatMap(({ node, results }) => results.flatMap(({ name, leftOut }) => leftOut === undefined ? [] : [{ node, name, leftOut }]));
  return [
    ...markdown([['', ...heads], ...rows.filter((row) => row.slice(1).some((cell) => cell !== ''))]),
    ...(reasons.length === 0 ? [] : ['', `Left out: ${merged(reasons).join('; ')}.`]),
  ];
}

/** One line for a reason that holds on several Nodes. */
function merged(reasons: readonly { node: string; name: string; leftOut: string }[]): string[] {
  const nodes = new Map<string, string[]>();
  for (const { node, name, leftOut } of reasons) nodes.set(`${name}: ${leftOut}`, [...nodes.get(`${name}: ${leftOut}`) ?? [], node]);
  return [...nodes].map(([reason, found]) => `${reason} (Node ${found.join(', ')})`);
}

/** A table as Markdown that reads well in a terminal too. */
export function markdown(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(3, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, index) => index === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[index] ?? 0)).join(' | ')} |`;
  const [first = [], ...rest] = rows;
  const rule = widths.map((width, index) => index === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`);
  return [line(first), `|${rule.join('|')}|`, ...rest.map(line)];
}
