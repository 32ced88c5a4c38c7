import { Children, type Child } from './children.ts';
import { installBrowsers, isDebian, programOf } from './browsers.ts';
import { columns, type Column } from './columns.ts';
import type { Report } from './report.ts';
import type { Section } from './section.ts';
import { startServers, type Servers } from './server.ts';
import { printed, type Filled } from './table.ts';

/** How long a platform may take for all of the scenarios, in milliseconds: most take less than ten seconds. */
const patience = 90_000;

/** How many platforms are at work at a time. */
const atOnce = 3;

/** Plays every scenario on every platform, and prints where they differ. */
export async function matrix(): Promise<Section> {
  const why = installBrowsers();
  const [present, missing] = [columns.filter(isComplete), columns.filter((column) => !isComplete(column))];
  const [children, servers] = [new Children(), await startServers()];
  try {
    const filled = await inParallel(present, (column) => fill(column, children, servers));
    const leftOut = missing.map(({ title }) => `${title} is left out: ${why ?? 'its program is missing'}.`);
    return printed(filled, leftOut, isDebian && (process.env.CI ?? '') !== '' ? missing.length : 0);
  } finally {
    servers.close();
    await children.end();
  }
}

const isComplete = ({ needs }: Column): boolean => needs.every((name) => programOf(name) !== undefined);

async function fill(column: Column, children: Children, servers: Servers): Promise<Filled> {
  let child: Child | undefined;
  try {
    child = await column.start(children, servers.control);
    const report = await reportOf(column, child, servers);
    return { column, report };
  } catch (error) {
    const detail = `${String(error)} ${child?.output.trim().slice(-800) ?? ''}`.replace(/\s+/g, ' ');
    return { column, report: { version: '', results: [{ name: 'the platform reports', status: 'fail', detail }] } };
  } finally {
    await child?.end();
  }
}

/** What the platform tells, unless it ends before or takes too long. */
async function reportOf({ id }: Column, child: Child, servers: Servers): Promise<Report> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no report within ${patience} ms`)), patience);
  });
  // A report that is on its way when the program ends is there a moment later.
  const ended = child.gone.then(() => new Promise<never>((_resolve, reject) => void setTimeout(() => reject(new Error('ended without a report')), 1_000)));
  try {
    return await Promise.race([servers.reportOf(id), late, ended]);
  } finally {
    clearTimeout(timer);
    ended.catch(() => {});
  }
}

async function inParallel<Item, Result>(items: readonly Item[], use: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const left = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) results[next[0]] = await use(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
