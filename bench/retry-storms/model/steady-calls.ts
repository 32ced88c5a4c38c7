import { resilientFetch, type Clock, type Fetch, type ResilienceOptions } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from './coarse-clock.ts';
import { emptyCounts, increment, type OnSecond } from './fleet.ts';

/** Makes the `fetch` of a service. */
export type ServiceFactory = (clock: Clock, random: () => number) => Fetch;

export interface SteadyCalls {
  readonly options: ResilienceOptions;
  readonly service: ServiceFactory;
  /** Wraps the `fetch` that the client is given. */
  readonly wrap?: ((fetch: Fetch, clock: Clock, random: () => number) => Fetch) | undefined;
  readonly calls: number;
  /** The time over which the calls start, at even distances. */
  readonly span: number;
}

export interface CallOutcomes {
  /** The share of calls that succeeded. */
  readonly successRate: number;
  readonly requestsPerCall: number;
  /** The milliseconds that each successful call took, in the order of their ends. */
  readonly durations: readonly number[];
}

const [ok, unavailable] = [new Response(null, { status: 200 }), new Response(null, { status: 503 })];

/** A service that responds to each request at once, with 200 or with 503. */
export const healthyWhen = (isHealthy: (now: number, random: () => number) => boolean): ServiceFactory =>
  (clock, random) => () => Promise.resolve(isHealthy(clock.now(), random) ? ok : unavailable);

/** Resolves to the response after a time. */
export const respondAfter = (clock: Clock, ms: number, response: Response = ok): Promise<Response> =>
  new Promise((resolve) => void clock.setTimeout(() => resolve(response), ms));

/** Serves the first requests in each window, and sheds the others with 429 and the seconds until the next window. */
export const createQuotaService = (limit: number, window: number, latency: number): ServiceFactory => (clock) => {
  let [current, used] = [0, 0];
  return () => {
    const now = clock.now();
    const index = Math.floor(now / window);
    [current, used] = [index, index === current ? used + 1 : 1];
    if (used <= limit) return respondAfter(clock, latency);
    const wait = Math.ceil(((index + 1) * window - now) / 1_000);
    return respondAfter(clock, latency, new Response(null, { status: 429, headers: { 'retry-after': String(wait) } }));
  };
};

/** Calls at even distances. */
export async function simulateSteadyCalls({ options, service, wrap, calls, span }: SteadyCalls, seed: number, onSecond?: OnSecond): Promise<CallOutcomes> {
  const clock = new CoarseClock(1);
  const random = seededRandom(seed);
  const durations: number[] = [];
  const counts = emptyCounts();
  let [requests, ended] = [0, 0];
  const send = service(clock, random);
  const fetch: Fetch = (input, init) => {
    requests += 1;
    increment(counts.requests, clock.now());
    return send(input, init);
  };
  const client = resilientFetch.with({ clock, random, fetch: wrap?.(fetch, clock, random) ?? fetch, ...options });
  const call = (): void => {
    const start = clock.now();
    increment(counts.started, start);
    client('http://service.test/').then(({ status }) => status === 200, () => false).then((isSuccess) => {
      ended += 1;
      increment(counts.ended, clock.now());
      if (!isSuccess) return;
      increment(counts.succeeded, clock.now());
      durations.push(clock.now() - start);
    });
  };
  for (let index = 0; index < calls; index += 1) clock.setTimeout(call, span * index / calls);
  for (let second = 1; ended < calls && second * 1_000 <= span + 1_000_000; second += 1) {
    await clock.advance(1_000);
    onSecond?.(second, counts);
  }
  return { successRate: durations.length / calls, requestsPerCall: requests / calls, durations };
}
