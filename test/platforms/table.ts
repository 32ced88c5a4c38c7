import type { Column } from './columns.ts';
import type { Report } from './report.ts';
import type { Result } from './scenarios/run.ts';
import type { Section } from './section.ts';

/** A column and what its platform reported. */
export interface Filled {
  readonly column: Column;
  readonly report: Report;
}

const marks = { pass: '✓', skip: '–', fail: '✗' };

/** The matrix as Markdown that reads well in a terminal too, with the reason of each mark that has one below it. */
export function printed(filled: readonly Filled[], leftOut: readonly string[], leftOutFailures: number): Section {
  const names = [...new Set(filled.flatMap(({ report }) => report.results.map(({ name }) => name)))];
  const rows = names.filter((name) => isShownWhole || filled.some(({ report }) => isSpecial(report, name)));
  const notes = new Map<string, string[]>();
  const cells = rows.map((name) => [name, ...filled.map((each) => cell(each, name, notes))]);
  const total = ['**passed, of all**', ...filled.map(({ report }) => `${count(report, 'pass')} / ${names.length}`)];
  return {
    title: `${names.length} scenarios on ${filled.length} platforms`,
    lines: [
      ...table([['scenario', ...filled.map(head)], ...cells, total]),
      '',
      `✓ passes; – cannot be played there; ✗ fails. ${isShownWhole ? '' : `The other ${names.length - rows.length} scenarios pass everywhere. `}`.trim(),
      '',
      ...[...notes].map(([text, titles], index) => `${index + 1}. ${text} (${[...new Set(titles)].join('; ')})`),
      ...leftOut,
    ],
    failures: leftOutFailures + filled.reduce((sum, { report }) => sum + count(report, 'fail') + missing(report, names), 0),
  };
}

/** Whether rows that are the same everywhere are printed too. */
const isShownWhole = process.argv.includes('--all');

const resultOf = ({ results }: Report, name: string): Result | undefined => results.find((result) => result.name === name);

const isSpecial = (report: Report, name: string): boolean => {
  const result = resultOf(report, name);
  return result?.status !== 'pass' || result.detail !== undefined;
};

/** A platform's mark for a scenario, with the number of its note. */
function cell({ column, report }: Filled, name: string, notes: Map<string, string[]>): string {
  const result = resultOf(report, name);
  if (result === undefined) return '✗';
  if (result.detail === undefined) return marks[result.status];
  const text = result.status === 'fail' ? `**${name}**: ${result.detail}` : result.detail;
  notes.set(text, [...(notes.get(text) ?? []), head({ column, report })]);
  return `${marks[result.status]} ${[...notes.keys()].indexOf(text) + 1}`;
}

const count = ({ results }: Report, status: Result['status']): number => results.filter((result) => result.status === status).length;

/** What a platform never came to is a failure of its own. */
const missing = ({ results }: Report, names: readonly string[]): number => names.length - results.length;

function head({ column: { title, digits }, report: { version } }: Filled): string {
  const [name, ...rest] = title.split(', ');
  const short = version.split('.').slice(0, digits).join('.');
  return [`${name} ${short}`.trim(), ...rest].join(', ');
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string => `| ${row.map((text, index) => text.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  const [first = [], ...rest] = rows;
  return [line(first), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rest.map(line)];
}
