import { markdownTable } from 'markdown-table';

/** The printed result of one suite. */
export interface Report {
  readonly title: string;
  /** The tables and the failures, as Markdown. */
  readonly lines: readonly string[];
  /** The number of failed checks. The command succeeds if it is 0. */
  readonly failures: number;
}

/** One thing that was checked. */
export interface Check {
  /** A cell for each column of the heading. */
  readonly labels: readonly string[];
  /** The reason of a failure. */
  readonly problem?: string | undefined;
}

/** The number of a problem's lines that are printed, because one mistake often has hundreds. */
const maxLines = 20;

/** A table with a row for each check, and the problems below it. */
export function reportOf(title: string, heading: readonly string[], checks: readonly Check[]): Report {
  const failed = checks.filter(({ problem }) => problem !== undefined);
  const rows = checks.map(({ labels, problem }) => [...labels, problem === undefined ? 'ok' : 'FAILED']);
  const details = failed.flatMap(({ labels, problem = '' }) => ['', `FAILED ${labels.join(', ')}:`, ...problem.trim().split('\n').slice(0, maxLines)]);
  return { title, lines: [markdownTable([[...heading, 'result'], ...rows]), ...details], failures: failed.length };
}

/** The message of the error that a check throws. */
export async function problemOf(check: () => unknown): Promise<string | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
