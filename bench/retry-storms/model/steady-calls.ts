import { resilientFetch, type ResilienceOptions } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from './coarse-clock.ts';

export interface SteadyCalls {
  readonly options: ResilienceOptions;
  /** Decides whether the service answers a request at this time with 200 or with 503. It answers at once. */
  readonly isHealthy: (now: number, random: () => number) => boolean;
  readonly calls: number;
  /** The time over which the calls start, at even distances. */
  readonly span: number;
}

export interface CallOutcomes {
  /** The share of calls that succeeded. */
  readonly successRate: number;
  readonly requestsPerCall: number;
}

const [ok, unavailable] = [new Response(null, { status: 200 }), new Response(null, { status: 503 })];

/** Calls at even distances to a service without a queue. */
export async function simulateSteadyCalls({ options, isHealthy, calls, span }: SteadyCalls, seed: number): Promise<CallOutcomes> {
  const clock = new CoarseClock(1);
  const random = seededRandom(seed);
  let [succeeded, requests] = [0, 0];
  const client = resilientFetch.with({
    clock,
    random,
    fetch: () => {
      requests += 1;
      return Promise.resolve(isHealthy(clock.now(), random) ? ok : unavailable);
    },
    ...options,
  });
  const call = (): void => {
    client('http://service.test/').then(({ status }) => {
      if (status === 200) succeeded += 1;
    }, () => {});
  };
  for (let index = 0; index < calls; index += 1) clock.setTimeout(call, span * index / calls);
  await clock.advance(span + 100_000);
  return { successRate: succeeded / calls, requestsPerCall: requests / calls };
}
