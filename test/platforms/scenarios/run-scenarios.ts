import { Skip, withTimeout } from './assert.ts';
import { scenarios } from './index.ts';
import type { Context, Engine, Library, Scenario, Testing } from './scenario.ts';
import type { ReceivedRequest } from './script.ts';

/** The result of a scenario on a platform. */
export interface Result {
  readonly name: string;
  readonly status: 'pass' | 'skip' | 'fail';
  /** The reason of a skip or a failure, or the difference with which the scenario passes. */
  readonly detail?: string;
  /** The duration in milliseconds. */
  readonly duration: number;
}

/** The part of the context that depends on the platform. */
export interface Setting extends Pick<Context, 'layers' | 'loadCopy' | 'collectGarbage' | 'fetchInWorker' | 'fetchThroughServiceWorker' | 'unhandledRejections'> {
  readonly engine: Engine;
  /** The id of the platform, which distinguishes its requests from those of others. */
  readonly platform: string;
  /** The origin of the control server. */
  readonly control: string;
}

/** The longest duration of a scenario in real milliseconds. Most scenarios take less than 50. */
const scenarioTimeout = 15_000;

/**
 * The longest duration of all scenarios. Shorter than the time in which a platform has to report, so that a platform on
 * which many scenarios hang still reports the others.
 */
const totalTimeout = 60_000;

const incomplete: Result = { name: 'plays every scenario', status: 'fail', detail: 'the failed scenarios left no time for the others', duration: 0 };

// Saved before a scenario replaces the global.
const { fetch } = globalThis;

/** Plays every scenario, one after another. */
export async function runScenarios(library: Library, testing: Testing, setting: Setting): Promise<Result[]> {
  const addresses = await fetchJson<Addresses>(`${setting.control}/servers`);
  const results: Result[] = [];
  const deadline = performance.now() + totalTimeout;
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (performance.now() > deadline) return [...results, incomplete];
    const notes: string[] = [];
    const key = `${setting.platform}-${results.length}`;
    const context = contextOf(setting, addresses, key, notes);
    results.push(await play(name, scenario, [library, testing, context], notes));
    await fetchJson(`${setting.control}/end?key=${key}`);
  }
  return results;
}

async function play(name: string, scenario: Scenario, given: Parameters<Scenario>, notes: readonly string[]): Promise<Result> {
  const started = performance.now();
  const result = (status: Result['status'], detail: readonly string[]): Result =>
    ({ name, status, ...(detail.length > 0 ? { detail: detail.join('; ') } : {}), duration: performance.now() - started });
  try {
    await withTimeout(scenarioTimeout, scenario(...given), 'not settled');
    return result('pass', notes);
  } catch (error) {
    return error instanceof Skip ? result('skip', [error.message]) : result('fail', [String(error)]);
  }
}

/** The addresses of the test servers. */
interface Addresses extends Pick<Context, 'refusedUrl' | 'untrustedUrl'> {
  /** The origin of the scripted server. */
  readonly scripted: string;
}

function contextOf(setting: Setting, { scripted, refusedUrl, untrustedUrl }: Addresses, key: string, notes: string[]): Context {
  const { engine, control } = setting;
  return {
    ...setting,
    isBrowser: ['chromium', 'firefox', 'webkit'].includes(engine),
    url: (...script) => `${scripted}/script?key=${key}&script=${encodeURIComponent(JSON.stringify(script))}`,
    received: (until) => fetchJson<ReceivedRequest[]>(`${control}/requests?key=${key}&requests=${until?.requests ?? 0}&disconnects=${until?.disconnects ?? 0}`),
    resume: () => fetchJson<void>(`${control}/resume?key=${key}`),
    refusedUrl,
    untrustedUrl,
    origin: control,
    fetch: (input, init) => fetch(input, init),
    note: (text) => { if (!notes.includes(text)) notes.push(text); },
  };
}

/** Fetches from the control server with the platform's own fetch. */
async function fetchJson<Value>(url: string): Promise<Value> {
  const response = await fetch(url);
  // The control server is ours, and responds with this type.
  return await response.json() as Value;
}
