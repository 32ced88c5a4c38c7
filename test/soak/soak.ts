/**
 * A month in some minutes: 200 000 calls over real HTTP, one in twenty of which meets a fault, by one long-lived signal and one
 * set of options; then 100 000 calls at once in virtual time. What a process holds must be the same from the 20 000th call on.
 * Between them, what a body timeout takes of the throughput of 1 GB.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import type { ResilientFetch } from '../../src/index.ts';
import { FakeClock, scriptedFetch, seededRandom } from '../../src/testing/index.ts';
import { collectGarbage } from '../support/garbage-collection.ts';

/** The registrations with the collector that are still waiting for it. */
let registered = 0;

// In place before the library is loaded, which makes its registry then.
const Native = FinalizationRegistry;
globalThis.FinalizationRegistry = class<Held> extends Native<Held> {
  constructor(finalize: (held: Held) => void) {
    super((held) => {
      registered -= 1;
      finalize(held);
    });
  }

  override register(...given: Parameters<FinalizationRegistry<Held>['register']>): void {
    registered += 1;
    super.register(...given);
  }

  override unregister(token: WeakKey): boolean {
    const isKnown = super.unregister(token);
    if (isKnown) registered -= 1;
    return isKnown;
  }
};
const { resilientFetch } = await import('../../src/index.js') as { resilientFetch: ResilientFetch };
const { gigabytes } = await import('./gigabyte.js') as { gigabytes: (url: string) => Promise<readonly string[]> };

/** What the process holds. */
interface Holdings {
  /** Kilobytes of the heap in use. */
  readonly heap: number;
  /** Connections that the server has open. */
  readonly sockets: number;
  /** Listeners on the signal that all calls share. */
  readonly listeners: number;
  readonly timers: number;
  /** Bodies that the signal could still abort. */
  readonly registered: number;
}

const { signal } = new AbortController();

async function holdings(sockets: number): Promise<Holdings> {
  const heap = Math.round(process.memoryUsage().heapUsed / 1_024);
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  return { heap, sockets, listeners: getEventListeners(signal, 'abort').length, timers, registered };
}

const names = ['heap', 'sockets', 'listeners', 'timers', 'registered'] as const;

/** How much more than at the first look may be held later: what the engine's own caches and the pool's idle sockets vary by. */
const slack: Holdings = { heap: 1_024, sockets: 32, listeners: 0, timers: 2, registered: 0 };

const row = (cells: readonly unknown[]): string => `| ${cells.map((cell) => String(cell).padStart(10)).join(' | ')} |`;

/** Prints what is held, and what of it has grown since the first look. */
function grown(calls: number, now: Holdings, first: Holdings): readonly string[] {
  console.log(row([calls, ...names.map((name) => now[name])]));
  return names.filter((name) => now[name] > first[name] + slack[name]).map((name) => `${name}: ${first[name]} then, ${now[name]} after ${calls} calls`);
}

/** What users do with an answer. */
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

/** How they ask. */
const inits: readonly RequestInit[] = [
  { signal },
  { signal, method: 'PUT', body: 'text' },
  { signal, method: 'PUT', body: new Blob(['a', 'blob']) },
  { signal, method: 'POST', headers: { 'idempotency-key': '1' }, body: new URLSearchParams({ a: 'b' }) },
];

const overHttp = { total: 200_000, look: 20_000, atOnce: 64 };

/** Calls over real HTTP. Resolves to what has grown. */
async function soak(server: ChildProcess, port: number): Promise<readonly string[]> {
  const random = seededRandom(1);
  const api = resilientFetch.with({ timeout: 250, bodyTimeout: 250, backoff: { base: 2 }, retries: 4 });
  const plain = resilientFetch.with({ timeout: 250, backoff: { base: 2 }, retries: 4 });
  const outcomes = new Map<string, number>();
  const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

  const call = async (): Promise<void> => {
    try {
      const [fetch, path] = pick([[api, ''], [plain, 'spare-the-body']] as const);
      const url = `http://127.0.0.1:${port}/${path}`;
      const response = await fetch(random() < 0.1 ? new Request(url, { signal }) : url, pick(inits));
      count(String(response.status));
      await pick(uses)(response);
    } catch (error) {
      count((error as Error).name);
    }
  };

  let first: Holdings | undefined;
  const problems: string[] = [];
  for (let done = 0; done < overHttp.total;) {
    let left = overHttp.look;
    const work = async (): Promise<void> => { while (left-- > 0) await call(); };
    await Promise.all(Array.from({ length: overHttp.atOnce }, work));
    done += overHttp.look;
    await collectGarbage();
    server.send('connections?');
    const now = await holdings((await once(server, 'message'))[0] as number);
    first ??= now;
    problems.push(...grown(done, now, first));
  }
  console.log(`answers: ${[...outcomes].map(([name, number]) => `${number} x ${name}`).join(', ')}`);
  return problems;
}

/** As many calls at once, in virtual time, each with a retry or two. Resolves to what has grown. */
async function crowd(): Promise<readonly string[]> {
  let first: Holdings | undefined;
  const problems: string[] = [];
  // The first round is for what Node keeps of 100 000 Requests with a signal at once, some 6 MB, without this library too.
  for (let round = 0; round <= 4; round += 1) {
    const clock = new FakeClock();
    const random = seededRandom(round);
    const api = resilientFetch.with({ clock, random, totalTimeout: 60_000 });
    const calls = Array.from({ length: 100_000 }, async () => {
      const outcomes = random() < 0.05 ? [503, new TypeError('reset'), { after: 50, outcome: 200 }] as const : [{ after: 50, outcome: 200 }] as const;
      const response = await api('http://users.test/', { signal, fetch: scriptedFetch(outcomes, clock) });
      return response.status;
    });
    await clock.advance(10_000);
    const statuses = new Set(await Promise.all(calls));
    if ([...statuses].join() !== '200') problems.push(`statuses in virtual time: ${[...statuses].join()}`);
    if (clock.pending > 0) problems.push(`${clock.pending} timers are left in virtual time`);
    await collectGarbage();
    const now = await holdings(0);
    if (round === 1) first = now;
    problems.push(...grown(round * 100_000, now, first ?? now));
  }
  return problems;
}

const server = fork(new URL('server.js', import.meta.url));
try {
  const port = (await once(server, 'message'))[0] as number;
  console.log(`over HTTP, ${overHttp.atOnce} at once:\n${row(['calls', 'heap, kB', ...names.slice(1)])}`);
  const problems = [...await soak(server, port)];
  problems.push(...await gigabytes(`http://127.0.0.1:${port}/gigabyte`));
  console.log(`in virtual time, 100000 at once:\n${row(['calls', 'heap, kB', ...names.slice(1)])}`);
  problems.push(...await crowd());
  for (const problem of problems) console.error(`problem: ${problem}`);
  console.log(problems.length === 0 ? 'Nothing has grown.' : `${problems.length} problems.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  server.disconnect();
}
