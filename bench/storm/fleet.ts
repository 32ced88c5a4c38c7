import type { Clock, ResilientFetch } from 'resilient-fetch';

/** What was seen of a fleet, second by second: counts, of which the index is the second. */
export interface Seconds {
  /** Calls that were begun. */
  readonly calls: number[];
  /** Requests that were sent. */
  readonly requests: number[];
  /** Calls that ended well. */
  readonly good: number[];
  /** Calls that ended, well or not. */
  readonly ended: number[];
}

export const emptySeconds = (): Seconds => ({ calls: [], requests: [], ended: [], good: [] });

export function count(series: number[], now: number): void {
  const second = Math.floor(now / 1_000);
  series[second] = (series[second] ?? 0) + 1;
}

export interface FleetSettings {
  readonly clock: Clock;
  readonly random: () => number;
  /** One for each process, taken at random. */
  readonly clients: readonly ResilientFetch[];
  /** Calls a second, of all together. */
  readonly rate: number;
  /** When the last call is begun, in milliseconds. */
  readonly until: number;
  readonly seconds: Seconds;
}

const url = 'http://service.test/';

/** Callers that know nothing of each other, and do not wait for one answer before the next call: arrivals are Poisson's. */
export function startFleet({ clock, random, clients, rate, until, seconds }: FleetSettings): void {
  let at = 0;
  const next = (): void => {
    at += -Math.log(1 - random()) * 1_000 / rate;
    if (at < until) clock.setTimeout(begin, at - clock.now());
  };
  const begin = (): void => {
    const client = clients[Math.floor(random() * clients.length)];
    count(seconds.calls, clock.now());
    client?.(url).then(({ status }) => status === 200, () => false).then((isGood) => {
      count(seconds.ended, clock.now());
      if (isGood) count(seconds.good, clock.now());
    });
    next();
  };
  next();
}
