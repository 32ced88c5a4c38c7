import pMap from 'p-map';
import { howToInstall, isBrowserRequired, missingOf } from '../lib/browsers.ts';
import type { Report } from '../lib/report.ts';
import type { Workspace } from '../lib/workspace.ts';
import { scenarios } from '../scenarios/index.ts';
import type { Result } from '../scenarios/run-scenarios.ts';
import { writeDocument } from './document.ts';
import type { Platform, PlatformReport, RunningPlatform } from './platform.ts';
import { platforms } from './platforms.ts';
import { startServers, type Servers } from './servers/index.ts';
import { fullTitleOf, tableOf, type PlayedPlatform } from './table.ts';

/** The longest time for all scenarios of a platform in milliseconds. Most platforms take less than 10 seconds. */
const timeout = 90_000;

/** The number of platforms that run at a time. */
const concurrency = 3;

export interface MatrixOptions {
  /** The ids of the platforms. Empty for every platform. */
  readonly only: readonly string[];
  /** Prints the scenarios that pass everywhere too. */
  readonly all: boolean;
  /** Writes docs/platforms.md. */
  readonly write: boolean;
}

/** Plays every scenario on every platform. */
export async function checkPlatforms(workspace: Workspace, options: MatrixOptions): Promise<Report> {
  const selected = select(options.only);
  const missing = selected.filter(({ packages }) => missingOf(packages).length > 0);
  const played = await playAll(selected.filter((platform) => !missing.includes(platform)), workspace);
  const failures = played.reduce((sum, each) => sum + failuresOf(each), isBrowserRequired ? missing.length : 0);
  const isComplete = played.length === platforms.length && failures === 0;
  if (options.write && isComplete) await writeDocument(tableOf(played, false));
  const problems = [
    ...played.flatMap((each) => each.error === undefined ? [] : [`- **${fullTitleOf(each)}**: ${each.error}`]),
    ...missing.map(({ name, packages }) => `- **${name}** is ${howToInstall(missingOf(packages))}`),
    ...options.write && !isComplete ? ['- docs/platforms.md is not written, because not every platform passes.'] : [],
  ];
  return {
    title: `${Object.keys(scenarios).length} scenarios on ${played.length} platforms`,
    lines: [...played.length > 0 ? tableOf(played, options.all) : [], '', ...problems],
    failures: failures + (options.write && !isComplete ? 1 : 0),
  };
}

function select(ids: readonly string[]): readonly Platform[] {
  const unknown = ids.filter((id) => !platforms.some((platform) => platform.id === id));
  if (unknown.length > 0) throw new Error(`unknown platform ${unknown.join(', ')}: --only takes ${platforms.map(({ id }) => id).join(', ')}`);
  return platforms.filter(({ id }) => ids.length === 0 || ids.includes(id));
}

async function playAll(selected: readonly Platform[], workspace: Workspace): Promise<PlayedPlatform[]> {
  const servers = await startServers();
  try {
    return await pMap(selected, (platform) => play(platform, workspace, servers), { concurrency });
  } finally {
    servers.close();
  }
}

/** Plays every scenario on a platform. Never rejects. */
async function play(platform: Platform, workspace: Workspace, servers: Servers): Promise<PlayedPlatform> {
  const version = /\d[\d.-]*/.exec(await platform.readVersion?.() ?? '')?.[0];
  let running: RunningPlatform | undefined;
  try {
    running = await platform.start(workspace, servers.control);
    const report = await reportOf(platform, running, servers);
    await running.stop();
    return { platform, version: version ?? report.version, results: withMissing(report.results) };
  } catch (error) {
    const output = await running?.stop() ?? '';
    return { platform, version: version ?? '', results: [], error: `${String(error)} ${output.replace(/\s+/g, ' ').slice(-600)}` };
  }
}

/** Adds a failure for each scenario without a result. */
const withMissing = (results: readonly Result[]): readonly Result[] => {
  const missing = Object.keys(scenarios).filter((name) => results.every((result) => result.name !== name));
  return [...results, ...missing.map((name) => ({ name, status: 'fail', detail: 'no result', duration: 0 } as const))];
};

/** Resolves to the report. Rejects if the platform ends before or takes too long. */
async function reportOf({ id }: Platform, { exited }: RunningPlatform, servers: Servers): Promise<PlatformReport> {
  let timer: NodeJS.Timeout | undefined;
  const fail = (message: string, ms: number): Promise<never> =>
    new Promise((_resolve, reject) => { timer = setTimeout(() => reject(new Error(message)), ms); });
  // The report may arrive just after the end of the program.
  const ended = exited.then(() => fail('the platform ended without a report', 1_000));
  ended.catch(() => {});
  try {
    return await Promise.race([servers.reportOf(id), fail(`no report within ${timeout} ms`, timeout), ended]);
  } finally {
    clearTimeout(timer);
  }
}

const failuresOf = ({ results, error }: PlayedPlatform): number =>
  results.filter(({ status }) => status === 'fail').length + (error === undefined ? 0 : 1);
