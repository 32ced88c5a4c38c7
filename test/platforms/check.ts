import type { Section } from './section.ts';

/** One thing that was looked at: its columns, and what is wrong with it. */
export interface Check {
  readonly columns: readonly string[];
  /** Absent where nothing is wrong. */
  readonly problem?: string | undefined;
}

/** How many lines of a problem are shown: what one mistake breaks, it often breaks a hundred times. */
const longest = 20;

/** A section with a row for each check, its result in the last column, and below the table what went wrong. */
export function sectionOf(title: string, heading: readonly string[], checks: readonly Check[]): Section {
  const failed = checks.filter(({ problem }) => problem !== undefined);
  const rows = checks.map(({ columns, problem }) => [...columns, problem === undefined ? 'ok' : 'FAILED']);
  const details = failed.flatMap(({ columns, problem = '' }) => ['', `FAILED ${columns.join(', ')}:`, ...problem.trim().split('\n').slice(0, longest)]);
  return { title, lines: [...tableOf([[...heading, 'result'], ...rows]), ...details], failures: failed.length };
}

/** A Markdown table that is also one to the eye. The first row is its heading. */
export function tableOf(rows: readonly (readonly string[])[]): string[] {
  const [heading = [], ...body] = rows;
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(heading), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
}

/** What went wrong where something was thrown, and else nothing. */
export async function problemOf(check: () => unknown): Promise<string | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
