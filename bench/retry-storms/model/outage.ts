import { cumsum, max, median, range, sum } from 'd3-array';
import { resilientFetch } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from './coarse-clock.ts';
import { emptyCounts, increment, startFleet, type FleetCounts, type OnSecond } from './fleet.ts';
import type { Policy } from './policies.ts';
import { Service, type ServiceSettings } from './service.ts';

/** A service, its load and its outage. Times are in seconds since the simulation began. */
export interface Scenario {
  /** Requests per second that the healthy service can serve. */
  readonly capacity: number;
  /** Calls per second, as a share of the capacity. */
  readonly load: number;
  /** The share of the capacity that remains during the outage. */
  readonly remaining: number;
  readonly outageStart: number;
  readonly outageEnd: number;
  readonly end: number;
  /** The number of processes that make the calls. The calls of one process share its budget. */
  readonly processes: number;
  /** The timeout of an attempt. Default: resilient-fetch's own, 10 s. */
  readonly timeout?: number;
}

/** 100 000 clients behind 40 processes. Each makes a call every 6 minutes: 280 per second, for a service that can serve 400. */
export const defaultScenario: Scenario = { capacity: 400, load: 0.7, remaining: 0.4, outageStart: 30, outageEnd: 60, end: 180, processes: 40 };

export interface Outage {
  readonly policy: string;
  readonly scenario: Scenario;
  readonly counts: FleetCounts;
  /** The length of the queue at the end of the outage, and at the end of the simulation. */
  readonly queueLengths: readonly [outageEnd: number, end: number];
  /** The median time that a call took which started in the outage and failed, in milliseconds. NaN if none failed. */
  readonly timeToFail: number;
}

export async function simulateOutage(policy: Policy, scenario: Scenario, seed: number, onSecond?: OnSecond): Promise<Outage> {
  const { capacity, load, outageStart, outageEnd, end, processes, timeout } = scenario;
  const clock = new CoarseClock(1);
  const counts = emptyCounts();
  const service = new Service({ clock, capacity: capacityIn(scenario), onRequest: (now) => increment(counts.requests, now), ...shedding(policy, scenario) });
  // Arrivals have a random source of their own, so that all policies get the same calls.
  const [arrivals, random] = [seededRandom(seed), seededRandom(seed + 1)];
  const client = resilientFetch.with({ clock, random, fetch: service.fetch, timeout, ...policy.options });
  const clients = Array.from({ length: processes }, () => client.with({ budget: policy.budget?.(), layers: policy.layers?.() }));
  const timesToFail: number[] = [];
  const onEnd = (startedAt: number, isSuccess: boolean): void => {
    if (!isSuccess && startedAt >= outageStart * 1_000 && startedAt < outageEnd * 1_000) timesToFail.push(clock.now() - startedAt);
  };

  startFleet({ clock, random: arrivals, clients, rate: capacity * load, until: end * 1_000, counts, onEnd });
  const advance = async (from: number, to: number): Promise<number> => {
    for (let second = from + 1; second <= to; second += 1) {
      await clock.advance(1_000);
      onSecond?.(second, counts);
    }
    return service.queueLength;
  };
  const queueLengths = [await advance(0, outageEnd), await advance(outageEnd, end)] as const;
  return { policy: policy.name, scenario, counts, queueLengths, timeToFail: median(timesToFail) ?? NaN };
}

const capacityIn = ({ capacity, remaining, outageStart, outageEnd }: Scenario): ServiceSettings['capacity'] =>
  (now) => (now >= outageStart * 1_000 && now < outageEnd * 1_000 ? capacity * remaining : capacity);

/** A service that sheds load keeps its queue to what it serves within 5 s even during the outage: half of a caller's timeout. */
function shedding({ retryAfter }: Policy, { capacity, remaining }: Scenario): Pick<ServiceSettings, 'queueLimit' | 'shed'> {
  if (retryAfter === undefined) return {};
  const response = new Response(null, { status: 503, headers: { 'retry-after': retryAfter } });
  return { queueLimit: capacity * remaining * 5, shed: () => response };
}

/** A rate during the outage, and in the minute after it. */
export interface DuringAndAfter {
  readonly during: number;
  readonly after: number;
}

export interface OutageSummary {
  readonly requestsPerCall: DuringAndAfter;
  /** Calls that succeeded for each call that started. */
  readonly goodput: DuringAndAfter;
  /**
   * Seconds from the end of the outage until the service has recovered: from then on, at least 99 % of the calls that end in any
   * second succeed. Infinity if that does not happen within the simulation.
   */
  readonly recovery: number;
  /** The most calls that were in flight at the end of a second. */
  readonly inFlight: number;
}

export function summarizeOutage({ counts, scenario: { outageStart, outageEnd, end } }: Outage): OutageSummary {
  const perCall = (series: readonly number[], from: number, to: number): number => sum(series.slice(from, to)) / sum(counts.started.slice(from, to));
  const duringAndAfter = (series: readonly number[]): DuringAndAfter =>
    ({ during: perCall(series, outageStart, outageEnd), after: perCall(series, outageEnd, outageEnd + 60) });
  const isHealthy = (second: number): boolean => (counts.succeeded[second] ?? 0) >= 0.99 * (counts.ended[second] ?? Infinity);
  const inFlight = cumsum(range(end).map((second) => (counts.started[second] ?? 0) - (counts.ended[second] ?? 0)));
  let recovered = end;
  while (recovered > 0 && isHealthy(recovered - 1)) recovered -= 1;
  return {
    requestsPerCall: duringAndAfter(counts.requests),
    goodput: duringAndAfter(counts.succeeded),
    recovery: recovered === end ? Infinity : Math.max(0, recovered - outageEnd),
    inFlight: max(inFlight) ?? NaN,
  };
}
