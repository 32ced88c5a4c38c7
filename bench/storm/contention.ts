import { resilientFetch, type Backoff, type Fetch } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from './coarse-clock.ts';
import { normalOf } from './normal.ts';

/**
 * The model of Brooker, "Exponential Backoff And Jitter" (2015): clients that each want to write one row once. A client reads the
 * row's version and writes with it, which fails if another has written since; it then waits and reads again. Each way over the
 * network takes about 10 ms. That simulator's first wait is the second of the series 5, 10, 20 ...: a base of 10 here, but for
 * decorrelated jitter, which begins from 5 there too.
 */
export const jitters: Readonly<Record<string, Backoff>> = {
  none: { base: 0 },
  exponential: { base: 10, max: 2_000, jitter: 'none' },
  equal: { base: 10, max: 2_000, jitter: 'equal' },
  full: { base: 10, max: 2_000, jitter: 'full' },
  decorrelated: { base: 5, max: 2_000, jitter: 'decorrelated' },
};

/** That simulator's own figures at 100 clients, over 100 runs: [calls, milliseconds]. */
export const known: Readonly<Record<string, readonly [calls: number, ms: number]>> = {
  none: [2_411, 2_018],
  exponential: [1_865, 63_676],
  equal: [813, 6_541],
  full: [796, 4_854],
  decorrelated: [1_001, 4_627],
};

/** Means over the runs. */
export interface Contention {
  readonly jitter: string;
  readonly clients: number;
  readonly runs: number;
  /** Writes that were tried until the last client had written. */
  readonly calls: number;
  /** Until the last client knew that it had written. */
  readonly ms: number;
}

/** Milliseconds in which two things at once cannot be told apart. */
const step = 0.05;

const [written, outdated] = [new Response(null, { status: 200 }), new Response(null, { status: 503 })];

/** One row, and a fetch that reads it and writes it. */
interface Row {
  version: number;
  calls: number;
  endedAt: number;
  readonly fetch: Fetch;
}

function rowOn(clock: CoarseClock, random: () => number): Row {
  const travel = (): number => Math.abs(normalOf(random, 10, 2));
  const row: Row = {
    version: 0,
    calls: 0,
    endedAt: 0,
    fetch: () => new Promise((resolve) => {
      const read = (): void => {
        const { version } = row;
        clock.setTimeout(() => write(version), travel() + travel());
      };
      const write = (version: number): void => {
        const isNew = version === row.version;
        row.calls += 1;
        if (isNew) row.version += 1;
        clock.setTimeout(() => {
          row.endedAt = clock.now();
          resolve(isNew ? written : outdated);
        }, travel());
      };
      clock.setTimeout(read, travel());
    }),
  };
  return row;
}

/** All runs at once, each with a row of its own, as they have nothing to do with each other but the clock. */
export async function contend(jitter: string, clients: number, runs: number, seed: number): Promise<Contention> {
  const clock = new CoarseClock(step);
  const random = seededRandom(seed);
  const rows = Array.from({ length: runs }, () => rowOn(clock, random));
  const calls = rows.flatMap(({ fetch }) => {
    const client = resilientFetch.with({ clock, random, fetch, retries: Infinity, timeout: Infinity, backoff: jitters[jitter] });
    return Array.from({ length: clients }, () => client('http://row.test/', { method: 'PUT' }));
  });
  let isOver = false;
  const over = Promise.all(calls).then(() => { isOver = true; });
  while (!isOver) await clock.advance(1_000);
  await over;
  const mean = (pick: (row: Row) => number): number => rows.reduce((sum, row) => sum + pick(row), 0) / runs;
  return { jitter, clients, runs, calls: mean((row) => row.calls), ms: mean((row) => row.endedAt) };
}
