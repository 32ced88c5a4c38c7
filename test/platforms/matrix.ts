import { spawnSync } from 'node:child_process';
import { Children, type Child } from './children.ts';
import { installBrowsers, isDebian, programOf } from './browsers.ts';
import type { Column } from './column.ts';
import { columns } from './columns.ts';
import type { Report } from './report.ts';
import { scenarios } from './scenarios/index.ts';
import type { Result } from './scenarios/run.ts';
import type { Section } from './section.ts';
import { startServers, type Servers } from './server.ts';
import { printed, type Filled } from './table.ts';

/** How long a platform may take for all of the scenarios, in milliseconds: most take less than ten seconds. */
const patience = 90_000;

/** How many platforms are at work at a time. */
const atOnce = 3;

/** The columns that were asked for: `--only=node26,firefox`. None is all. */
const only = process.argv.flatMap((argument) => /^--only=(.*)$/.exec(argument)?.[1]?.split(',') ?? []);

/** Plays every scenario on every platform, and prints where they differ. */
export async function matrix(): Promise<Section> {
  const unknown = only.filter((id) => !columns.some((column) => column.id === id));
  if (unknown.length > 0) throw new Error(`--only knows ${columns.map(({ id }) => id).join(', ')}, and not ${unknown.join(', ')}`);
  const why = installBrowsers();
  const [present, missing] = [columns.filter(isComplete), columns.filter((column) => !isComplete(column))];
  const wanted = present.filter(({ id }) => only.length === 0 || only.includes(id));
  const [children, servers] = [new Children(), await startServers()];
  try {
    const filled = await inParallel(wanted, (column) => fill(column, children, servers));
    const leftOut = missing.map(({ title }) => `${title} is left out: ${why ?? 'its program is missing'}.`);
    const section = printed(filled, leftOut);
    return { ...section, failures: section.failures + (isDebian && (process.env.CI ?? '') !== '' ? missing.length : 0) };
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
    return { column, report: { version: versionOf(column) ?? report.version, results: whole(report.results) } };
  } catch (error) {
    const output = (child?.output ?? '').replace(/\s+/g, ' ').slice(-600);
    return { column, report: { version: versionOf(column) ?? '', results: [] }, error: `${String(error)} ${output}` };
  } finally {
    await child?.end();
  }
}

/** What was not told of is a failure, too. */
const whole = (results: readonly Result[]): readonly Result[] => {
  const untold = Object.keys(scenarios).filter((name) => results.every((result) => result.name !== name));
  return [...results, ...untold.map((name) => ({ name, status: 'fail', detail: 'it was never told', duration: 0 } as const))];
};

/** The version as the program prints it, amid other words. */
const versionOf = ({ version }: Column): string | undefined => {
  const [program = '', ...given] = version?.() ?? [];
  return program === '' ? undefined : /\d[\d.-]*/.exec(spawnSync(program, given, { encoding: 'utf8' }).stdout)?.[0];
};

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
