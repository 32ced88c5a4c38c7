import { randomExponential, randomInt } from 'd3-random';
import type { Clock, ResilientFetch } from 'resilient-fetch';

/** Counts for each second of simulated time: the index is the second. A second without any has no entry. */
export interface FleetCounts {
  /** Calls that started. */
  readonly started: number[];
  /** Requests that were sent. */
  readonly requests: number[];
  /** Calls that ended with a status of 200. */
  readonly succeeded: number[];
  /** Calls that ended, with or without success. */
  readonly ended: number[];
}

/** Called after each second of simulated time, with the counts so far. */
export type OnSecond = (second: number, counts: FleetCounts) => void;

export const emptyCounts = (): FleetCounts => ({ started: [], requests: [], succeeded: [], ended: [] });

/** Adds 1 to the count of the second that `now` lies in. */
export function increment(counts: number[], now: number): void {
  const second = Math.floor(now / 1_000);
  counts[second] = (counts[second] ?? 0) + 1;
}

export interface FleetSettings {
  readonly clock: Clock;
  readonly random: () => number;
  /** One client for each process. Each call goes through one at random. */
  readonly clients: readonly ResilientFetch[];
  /** Calls per second of all clients together. */
  readonly rate: number;
  /** No call starts after this time. */
  readonly until: number;
  readonly counts: FleetCounts;
  /** Called at the end of each call. */
  readonly onEnd?: (startedAt: number, isSuccess: boolean) => void;
}

const url = 'http://service.test/';

/** Starts calls as a Poisson process: callers are independent, and no caller waits for another's response. */
export function startFleet({ clock, random, clients, rate, until, counts, onEnd }: FleetSettings): void {
  const interval = randomExponential.source(random)(rate / 1_000);
  const clientIndex = randomInt.source(random)(clients.length);
  let at = 0;
  const schedule = (): void => {
    at += interval();
    if (at < until) clock.setTimeout(start, at - clock.now());
  };
  const start = (): void => {
    const client = clients[clientIndex()];
    const startedAt = clock.now();
    increment(counts.started, startedAt);
    client?.(url).then(({ status }) => status === 200, () => false).then((isSuccess) => {
      increment(counts.ended, clock.now());
      if (isSuccess) increment(counts.succeeded, clock.now());
      onEnd?.(startedAt, isSuccess);
    });
    schedule();
  };
  schedule();
}
