import { mean } from 'd3-array';
import { randomNormal } from 'd3-random';
import { resilientFetch, type Backoff, type Fetch } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from './coarse-clock.ts';

/** Means over all runs. */
export interface Contention {
  /** Writes until the last client had succeeded. */
  readonly writes: number;
  /** Milliseconds until the last client had its response. */
  readonly ms: number;
}

/** The resolution of the clock: two events in the same tick happen at the same time. */
const resolution = 0.05;

const [written, conflict] = [new Response(null, { status: 200 }), new Response(null, { status: 503 })];

/** One row of a database, and a `fetch` that reads the row and writes it with the version that it read. */
interface Row {
  version: number;
  writes: number;
  lastResponse: number;
  readonly fetch: Fetch;
}

function createRow(clock: CoarseClock, random: () => number): Row {
  const normal = randomNormal.source(random)(10, 2);
  const networkDelay = (): number => Math.abs(normal());
  const row: Row = {
    version: 0,
    writes: 0,
    lastResponse: 0,
    fetch: () => new Promise((resolve) => {
      const read = (): void => {
        const { version } = row;
        clock.setTimeout(() => write(version), networkDelay() + networkDelay());
      };
      const write = (version: number): void => {
        const isCurrent = version === row.version;
        row.writes += 1;
        if (isCurrent) row.version += 1;
        clock.setTimeout(() => {
          row.lastResponse = clock.now();
          resolve(isCurrent ? written : conflict);
        }, networkDelay());
      };
      clock.setTimeout(read, networkDelay());
    }),
  };
  return row;
}

/**
 * The model of Brooker, "Exponential Backoff And Jitter" (2015). Each client writes one row once: it reads the row's version, writes
 * with that version, and retries if another client has written in between. Each way over the network takes about 10 ms.
 * All runs share one clock and one random source, and each has a row of its own.
 */
export async function simulateContention(backoff: Backoff, clients: number, runs: number, seed: number): Promise<Contention> {
  const clock = new CoarseClock(resolution);
  const random = seededRandom(seed);
  const rows = Array.from({ length: runs }, () => createRow(clock, random));
  const calls = rows.flatMap(({ fetch }) => {
    const client = resilientFetch.with({ clock, random, fetch, retries: Infinity, timeout: Infinity, backoff });
    return Array.from({ length: clients }, () => client('http://row.test/', { method: 'PUT' }));
  });
  let isDone = false;
  const done = Promise.all(calls).then(() => { isDone = true; });
  while (!isDone) await clock.advance(1_000);
  await done;
  return { writes: mean(rows, (row) => row.writes) ?? NaN, ms: mean(rows, (row) => row.lastResponse) ?? NaN };
}
