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
export interface Setting extends Pick<Context, 'fresh' | 'collect' | 'inWorker' | 'unhandled'> {
  readonly platform: Platform;
  /** Tells this column's requests from others'. */
  readonly column: string;
  /** Where the page comes from, where logs are read and results are told. */
  readonly control: string;
}

/** How long a scenario may take, in real milliseconds: most take less than 50. */
const patience = 15_000;

// Kept from before any scenario replaces it.
const { fetch } = globalThis;

/** Plays every scenario, one after another. */
export async function runScenarios(library: Library, testing: Testing, setting: Setting): Promise<Result[]> {
  const { api, refused } = await ask<{ api: string; refused: string }>(`${setting.control}/servers`);
  const results: Result[] = [];
  for (const [name, scenario] of Object.entries(scenarios)) {
    const notes: string[] = [];
    const key = `${setting.column}-${results.length}`;
    const context = contextOf(setting, api, refused, key, notes);
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

function contextOf(setting: Setting, api: string, refused: string, key: string, notes: string[]): Context {
  const { platform, control } = setting;
  return {
    ...setting,
    isBrowser: ['chromium', 'firefox', 'webkit'].includes(platform),
    url: (...script) => `${api}/play?key=${key}&script=${encodeURIComponent(JSON.stringify(script))}`,
    log: (until) => ask<Seen[]>(`${control}/log?key=${key}&requests=${until?.requests ?? 0}&cut=${until?.cut ?? 0}`),
    release: () => ask<void>(`${control}/release?key=${key}`),
    refused,
    origin: control,
    fetch: (input, init) => fetch(input, init),
    note: (text) => { notes.push(text); },
  };
}

/** Asks the server that is not hostile, as the platform does. */
async function ask<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url);
  // Both ends of this are ours.
  return await response.json() as Answer;
}
