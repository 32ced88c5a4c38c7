import type { Column } from './column.ts';
import type { Report } from './report.ts';
import type { Result } from './scenarios/run.ts';
import type { Section } from './section.ts';

/** A column and what became of it. */
export interface Filled {
  readonly column: Column;
  readonly report: Report;
  /** Why the platform told nothing, where it did not. */
  readonly error?: string;
}

const marks = { pass: '✓', skip: '–', fail: '✗' };

/** Whether rows that are the same everywhere are printed too. */
const isShownWhole = process.argv.includes('--all');

/** The matrix as Markdown that reads well in a terminal too, with the reason of each mark that has one below it. */
export function printed(filled: readonly Filled[], leftOut: readonly string[]): Section {
  const names = [...new Set(filled.flatMap(({ report }) => report.results.map(({ name }) => name)))];
  const reporting = filled.filter(({ error }) => error === undefined);
  const rows = names.filter((name) => isShownWhole || reporting.some(({ report }) => isSpecial(report, name)));
  const notes = new Notes();
  const cells = rows.map((name) => [name, ...filled.map((each) => cell(each, name, notes))]);
  const total = ['**passed**', ...filled.map(({ report }) => `**${count(report, 'pass')}**`)];
  return {
    title: `${names.length} scenarios on ${filled.length} platforms`,
    lines: [
      ...table([['scenario', ...filled.map(head)], ...cells, total]),
      '',
      '✓ passes, – cannot be played there, ✗ fails; a number is that of the reason below.'
        + (isShownWhole ? '' : ` The other ${names.length - rows.length} scenarios pass everywhere.`),
      '',
      ...notes.lines(),
      ...filled.flatMap((each) => each.error === undefined ? [] : [`- **${head(each)}**: ${each.error}`]),
      ...leftOut.map((line) => `- ${line}`),
    ],
    failures: filled.reduce((sum, { report, error }) => sum + count(report, 'fail') + (error === undefined ? 0 : 1), 0),
  };
}

/** The reasons that the marks refer to, each told once. */
class Notes {
  readonly #titles = new Map<string, Set<string>>();

  /** Files a reason for a column, and gives its number. */
  add(text: string, title: string): number {
    const titles = this.#titles.get(text) ?? new Set();
    this.#titles.set(text, titles.add(title));
    return [...this.#titles.keys()].indexOf(text) + 1;
  }

  lines(): string[] {
    return [...this.#titles].map(([text, titles], index) => `${index + 1}. ${[...titles].join('; ')}: ${text}`);
  }
}

const resultOf = ({ results }: Report, name: string): Result | undefined => results.find((result) => result.name === name);

const isSpecial = (report: Report, name: string): boolean => {
  const result = resultOf(report, name);
  return result?.status !== 'pass' || result.detail !== undefined;
};

/** A platform's mark for a scenario, with the number of its reason. */
function cell(filled: Filled, name: string, notes: Notes): string {
  const result = resultOf(filled.report, name);
  if (result === undefined) return '';
  if (result.detail === undefined) return marks[result.status];
  const text = result.status === 'fail' ? `**${name}**: ${result.detail}` : result.detail;
  return `${marks[result.status]} ${notes.add(text.replaceAll('\n', ' '), platformOf(filled))}`;
}

const count = ({ results }: Report, status: Result['status']): number => results.filter((result) => result.status === status).length;

/** The platform with its version, however the library was loaded there. */
function platformOf({ column: { title, digits }, report: { version } }: Filled): string {
  return `${title.split(', ')[0]} ${version.split('.').slice(0, digits).join('.')}`.trim();
}

const head = (filled: Filled): string => [platformOf(filled), ...filled.column.title.split(', ').slice(1)].join(', ');

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string => `| ${row.map((text, index) => text.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  const [first = [], ...rest] = rows;
  return [line(first), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rest.map(line)];
}
