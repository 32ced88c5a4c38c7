/** Plays the scenarios with the clients named by its arguments, and sends each result to its parent. Runs on several Nodes. */
import { startServer } from './mock-server.ts';
import { clientEntries, type ClientEntry } from './registry.ts';
import { check, scenarios } from './scenarios.ts';

/** The result of one scenario with one client. */
export interface ClientResult {
  readonly client: string;
  readonly scenario: string;
  /** The reason why the client has no such call. */
  readonly skipped?: string;
  /** The reason of a failure. */
  readonly problem?: string;
}

const timeout = 20_000;

/** Plays every scenario with a client, each with a server of its own. */
async function playAll(entry: ClientEntry, send: (result: ClientResult) => void): Promise<void> {
  const { adapter } = await entry.load();
  for (const scenario of scenarios) {
    const names = { client: entry.name, scenario: scenario.name };
    const call = adapter[scenario.use];
    if (typeof call === 'string') {
      send({ ...names, skipped: call });
      continue;
    }
    const server = await (entry.startServer ?? startServer)(adapter.replies);
    const problem = await withTimeout(check(scenario, adapter, call, server));
    await server.close();
    send(problem === undefined ? names : { ...names, problem });
  }
}

const withTimeout = (promise: Promise<string | undefined>): Promise<string | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => { timer = setTimeout(resolve, timeout, `not finished within ${timeout} ms`); });
  return Promise.race([promise, late])
    .catch((error: unknown) => `the check failed: ${String(error)}`)
    .finally(() => clearTimeout(timer));
};

const names = process.argv.slice(2);
for (const entry of clientEntries) {
  if (names.includes(entry.name)) await playAll(entry, (result) => void process.send?.(result));
}
process.disconnect?.();
