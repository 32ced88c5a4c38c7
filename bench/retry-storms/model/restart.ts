import { median } from 'd3-array';
import { resilientFetch, type ResilienceOptions } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from './coarse-clock.ts';
import { Service } from './service.ts';

/** The form of the service's `Retry-After`: seconds, or a date, which is the same for every client. */
export type RetryAfterFormat = 'seconds' | 'date';

export interface RestartScenario {
  readonly clients: number;
  /** Seconds in which the service could serve all clients. */
  readonly serveSeconds: number;
  readonly format: RetryAfterFormat;
  /** The number of processes that the clients call through. Default 1. */
  readonly processes?: number;
}

export interface Restart {
  /** Requests per second when the clients come back: one rate for each tenth of a second. */
  readonly rates: readonly number[];
  /** The share of calls that succeeded. */
  readonly successRate: number;
  readonly requestsPerCall: number;
  /** The median time from the moment that the first `Retry-After` named to the success, in milliseconds. */
  readonly delay: number;
}

/** The wait that `Retry-After` names, and the time from which the service serves again. */
const requestedWait = 30_000;

/**
 * A service is down for a second, in which all clients call. Its `Retry-After` names a wait of 30 s for each client, or at the next half minute.
 * When it is back, its queue has room for the requests of one second, and a request beyond that gets the same `Retry-After` again.
 */
export async function simulateRestart(
  optionsOf: (random: () => number) => ResilienceOptions,
  { clients, serveSeconds, format, processes = 1 }: RestartScenario,
  seed: number,
): Promise<Restart> {
  const clock = new CoarseClock(1);
  const [arrivals, random] = [seededRandom(seed), seededRandom(seed + 1)];
  const requestTimes: number[] = [];
  const capacity = clients / serveSeconds;
  const unavailable = unavailableResponses(format);
  const service = new Service({ clock, capacity: () => capacity, queueLimit: capacity, shed: () => unavailable(clock.now()) });
  const callers = Array.from({ length: processes }, () => resilientFetch.with({
    clock,
    random,
    fetch: (input, init) => {
      const now = clock.now();
      requestTimes.push(now);
      return now < 1_000 ? Promise.resolve(unavailable(now)) : service.fetch(input, init);
    },
    ...optionsOf(random),
  }));

  const delays: number[] = [];
  const call = (index: number): void => {
    const due = format === 'seconds' ? clock.now() + requestedWait : requestedWait;
    callers[index % processes]?.('http://service.test/').then(({ status }) => {
      if (status === 200) delays.push(clock.now() - due);
    }, () => {});
  };
  for (let index = 0; index < clients; index += 1) clock.setTimeout(() => call(index), arrivals() * 999);
  await clock.advance(1_000_000);
  return {
    rates: ratesOf(requestTimes),
    successRate: delays.length / clients,
    requestsPerCall: requestTimes.length / clients,
    delay: median(delays) ?? NaN,
  };
}

/** Makes the responses of a service that is not available, one for each value of `Retry-After`. */
function unavailableResponses(format: RetryAfterFormat): (now: number) => Response {
  const responses = new Map<string, Response>();
  return (now) => {
    const nextDate = Math.ceil((now + 1) / requestedWait) * requestedWait;
    const value = format === 'seconds' ? '30' : new Date(nextDate).toUTCString();
    const response = responses.get(value) ?? new Response(null, { status: 503, headers: { 'retry-after': value } });
    responses.set(value, response);
    return response;
  };
}

/** Requests per second in each tenth of a second, from 30 s to 70 s. */
function ratesOf(requestTimes: readonly number[]): number[] {
  const rates = new Array<number>(400).fill(0);
  for (const at of requestTimes) {
    const tenth = Math.floor((at - requestedWait) / 100);
    if (tenth >= 0 && tenth < rates.length) rates[tenth] = (rates[tenth] ?? 0) + 10;
  }
  return rates;
}
