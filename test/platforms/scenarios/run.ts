import { Skip, within } from './assert.ts';
import { scenarios } from './index.ts';
import type { Context, Library, Platform, Scenario, Testing } from './scenario.ts';
import type { Seen } from './step.ts';

/** What became of a scenario. */
export interface Result {
  readonly name: string;
  readonly status: 'pass' | 'skip' | 'fail';
  /** The reason of a skip or a failure, or the way in which it passed. */
  readonly detail?: string;
  /** How long it took, in milliseconds. */
  readonly duration: number;
}

/** What a platform brings along. */
export interface Setting extends Pick<Context, 'fresh' | 'collect' | 'inWorker' | 'throughServiceWorker' | 'unhandled'> {
  readonly platform: Platform;
  /** Tells this column's requests from others'. */
  readonly column: string;
  /** Where the page comes from, where logs are read and results are told. */
  readonly control: string;
}

/** How long a scenario may take, in real milliseconds: most take less than 50. */
const patience = 15_000;

/** How long they may take together, so that where many hang, there is a report of those that did: less than a report is waited for. */
const longest = 60_000;

const late: Result = { name: 'every scenario is played', status: 'fail', detail: 'those that failed took too long for the rest', duration: 0 };

// Kept from before any scenario replaces it.
const { fetch } = globalThis;

/** Plays every scenario, one after another. */
export async function runScenarios(library: Library, testing: Testing, setting: Setting): Promise<Result[]> {
  const addresses = await ask<Addresses>(`${setting.control}/servers`);
  const results: Result[] = [];
  const deadline = performance.now() + longest;
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (performance.now() > deadline) return [...results, late];
    const notes: string[] = [];
    const key = `${setting.column}-${results.length}`;
    const context = contextOf(setting, addresses, key, notes);
    results.push(await play(name, scenario, [library, testing, context], notes));
    await ask(`${setting.control}/end?key=${key}`);
  }
  return results;
}

async function play(name: string, scenario: Scenario, given: Parameters<Scenario>, notes: readonly string[]): Promise<Result> {
  const started = performance.now();
  const result = (status: Result['status'], detail: readonly string[]): Result =>
    ({ name, status, ...(detail.length > 0 ? { detail: detail.join('; ') } : {}), duration: performance.now() - started });
  try {
    await within(patience, scenario(...given), 'it');
    return result('pass', notes);
  } catch (error) {
    return error instanceof Skip ? result('skip', [error.message]) : result('fail', [String(error)]);
  }
}

/** Where the servers are, and where none is. */
interface Addresses extends Pick<Context, 'refused' | 'untrusted'> {
  readonly api: string;
}

function contextOf(setting: Setting, { api, refused, untrusted }: Addresses, key: string, notes: string[]): Context {
  const { platform, control } = setting;
  return {
    ...setting,
    isBrowser: ['chromium', 'firefox', 'webkit'].includes(platform),
    url: (...script) => `${api}/play?key=${key}&script=${encodeURIComponent(JSON.stringify(script))}`,
    log: (until) => ask<Seen[]>(`${control}/log?key=${key}&requests=${until?.requests ?? 0}&cut=${until?.cut ?? 0}`),
    release: () => ask<void>(`${control}/release?key=${key}`),
    refused,
    untrusted,
    origin: control,
    fetch: (input, init) => fetch(input, init),
    note: (text) => { if (!notes.includes(text)) notes.push(text); },
  };
}

/** Asks the server that is not hostile, as the platform does. */
async function ask<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url);
  // Both ends of this are ours.
  return await response.json() as Answer;
}
