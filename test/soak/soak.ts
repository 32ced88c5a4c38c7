/**
 * A month of load in some minutes: 200,000 calls over HTTP, one in twenty of which meets a fault, with one long-lived signal;
 * then rounds of 100,000 concurrent calls in virtual time. The resources of the process must not grow after the first 20,000
 * calls. In between, the throughput of 1 GB with `bodyTimeout`.
 */
// First, because it must run before the library is loaded.
import { registrations } from './registrations.ts';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resilientFetch } from '../../src/index.ts';
import { FakeClock, scriptedFetch, seededRandom } from '../../src/testing/index.ts';
import { collectGarbage } from '../support/garbage-collection.ts';
import { compare, measure, printHeader, type Resources } from './resources.ts';
import { compareThroughput } from './throughput.ts';

/** The signal of all calls. */
const { signal } = new AbortController();

/** Ways to use a response. */
const uses: readonly ((response: Response) => Promise<unknown>)[] = [
  (response) => response.text(),
  (response) => response.arrayBuffer(),
  (response) => Promise.all([response.clone().text(), response.text()]),
  async (response) => response.body?.cancel(),
  async (response) => {
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read());
  },
];

const inits: readonly RequestInit[] = [
  { signal },
  { signal, method: 'PUT', body: 'text' },
  { signal, method: 'PUT', body: new Blob(['a', 'blob']) },
  { signal, method: 'POST', headers: { 'idempotency-key': '1' }, body: new URLSearchParams({ a: 'b' }) },
];

const http = { calls: 200_000, callsPerMeasurement: 20_000, concurrency: 64 };
const virtual = { rounds: 4, concurrency: 100_000 };

/** Throws if the registrations of the library are not counted. Those of Node's fetch are counted, too, hence a mock. */
async function checkRegistrations(): Promise<void> {
  const { made } = registrations;
  await resilientFetch('http://users.test/', { signal, fetch: async () => new Response('text') });
  if (registrations.made !== made + 1) throw new Error('import registrations.ts before the library');
}

/** Makes calls over HTTP. Resolves to the problems found. */
async function soakHttp(server: ChildProcess, port: number): Promise<readonly string[]> {
  const random = seededRandom(1);
  const options = { timeout: 250, backoff: { base: 2 }, retries: 4 };
  const withBodyTimeout = resilientFetch.with({ ...options, bodyTimeout: 250 });
  const withoutBodyTimeout = resilientFetch.with(options);
  const outcomes = new Map<string, number>();
  const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  // random() is below 1, so that the index is in the list.
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

  const call = async (): Promise<void> => {
    try {
      const [fetch, path] = pick([[withBodyTimeout, ''], [withoutBodyTimeout, 'complete-body']] as const);
      const url = `http://127.0.0.1:${port}/${path}`;
      const response = await fetch(random() < 0.1 ? new Request(url, { signal }) : url, pick(inits));
      count(String(response.status));
      await pick(uses)(response);
    } catch (error) {
      count((error as Error).name);
    }
  };

  let first: Resources | undefined;
  const problems: string[] = [];
  for (let done = 0; done < http.calls;) {
    let left = http.callsPerMeasurement;
    const work = async (): Promise<void> => { while (left-- > 0) await call(); };
    await Promise.all(Array.from({ length: http.concurrency }, work));
    done += http.callsPerMeasurement;
    await collectGarbage();
    server.send('connections?');
    const now = measure(signal, (await once(server, 'message'))[0] as number);
    first ??= now;
    problems.push(...compare(done, now, first));
  }
  console.log(`Outcomes: ${[...outcomes].map(([name, number]) => `${name} ${number} times`).join(', ')}`);
  return problems;
}

/** Makes concurrent calls in virtual time, each with up to two retries. Resolves to the problems found. */
async function soakVirtualTime(): Promise<readonly string[]> {
  let first: Resources | undefined;
  const problems: string[] = [];
  // Round 0 warms up: Node retains some 6 MB for 100,000 concurrent Requests with a signal, even without this library.
  for (let round = 0; round <= virtual.rounds; round += 1) {
    const clock = new FakeClock();
    const random = seededRandom(round);
    const api = resilientFetch.with({ clock, random, totalTimeout: 60_000 });
    const calls = Array.from({ length: virtual.concurrency }, async () => {
      const success = { after: 50, outcome: 200 } as const;
      const outcomes = random() < 0.05 ? [503, new TypeError('reset'), success] : [success];
      const response = await api('http://users.test/', { signal, fetch: scriptedFetch(outcomes, clock) });
      return response.status;
    });
    await clock.advance(10_000);
    const statuses = new Set(await Promise.all(calls));
    if ([...statuses].join() !== '200') problems.push(`statuses in virtual time: ${[...statuses].join()}`);
    if (clock.pending > 0) problems.push(`timers left in virtual time: ${clock.pending}`);
    await collectGarbage();
    const now = measure(signal, 0);
    if (round === 1) first = now;
    problems.push(...compare(round * virtual.concurrency, now, first ?? now));
  }
  return problems;
}

await checkRegistrations();
const server = fork(new URL('server.js', import.meta.url));
try {
  const port = (await once(server, 'message'))[0] as number;
  console.log(`Calls over HTTP, ${http.concurrency} at a time:`);
  printHeader();
  const problems = [...await soakHttp(server, port)];
  problems.push(...await compareThroughput(`http://127.0.0.1:${port}/gigabyte`));
  console.log(`\nCalls in virtual time, ${virtual.concurrency} at a time:`);
  printHeader();
  problems.push(...await soakVirtualTime());
  for (const problem of problems) console.error(`Problem: ${problem}`);
  console.log(problems.length === 0 ? '\nNo resource has grown.' : `\nProblems: ${problems.length}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  server.disconnect();
}
