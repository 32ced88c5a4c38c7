import { resilientFetch, retryBudget, type ResilienceOptions, type RetryBudgetOptions } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from './coarse-clock.ts';

/** What became of calls, as shares and means. */
export interface Fate {
  /** Calls that ended well. */
  readonly good: number;
  /** Requests for each call. */
  readonly amplification: number;
}

/** Whether the service answers a request well. */
type Health = (now: number, random: () => number) => boolean;

const [ok, overloaded] = [new Response(null, { status: 200 }), new Response(null, { status: 503 })];

/** Calls that begin at even distances, to a service that answers at once. */
async function fateOf(options: ResilienceOptions, health: Health, calls: number, span: number, seed: number): Promise<Fate> {
  const clock = new CoarseClock(1);
  const random = seededRandom(seed);
  let [good, requests] = [0, 0];
  const client = resilientFetch.with({
    clock,
    random,
    fetch: () => {
      requests += 1;
      return Promise.resolve(health(clock.now(), random) ? ok : overloaded);
    },
    ...options,
  });
  for (let call = 0; call < calls; call += 1) {
    clock.setTimeout(() => client('http://service.test/').then(({ status }) => { good += status === 200 ? 1 : 0; }, () => {}), span * call / calls);
  }
  await clock.advance(span + 100_000);
  return { good: good / calls, amplification: requests / calls };
}

export interface RideOut extends Fate {
  readonly retries: number;
  /** The first wait, in milliseconds. */
  readonly base: number;
  /** How long the service was gone, in milliseconds. */
  readonly gone: number;
}

/** A service that is gone for some milliseconds, as at a deployment, seen by calls that are begun meanwhile. */
export const playRideOut = (retries: number, base: number, seed: number): Promise<RideOut[]> =>
  Promise.all([100, 300, 1_000, 3_000, 10_000].map(async (gone) => {
    const fate = await fateOf({ retries, backoff: { base } }, (now) => now >= gone, 2_000, gone, seed);
    return { retries, base, gone, ...fate };
  }));

export interface Flaky extends Fate {
  readonly retries: number;
  /** Undefined where there is none. */
  readonly budget: Required<RetryBudgetOptions> | undefined;
  /** The share of answers that fail. */
  readonly failing: number;
}

/** A service of which a share of all answers fails by chance, seen by calls that share a budget, or have none. */
export const playFlaky = (retries: number, budget: Flaky['budget'], seed: number): Promise<Flaky[]> =>
  Promise.all([0.01, 0.05, 0.1, 0.2, 0.5].map(async (failing) => {
    const options = { retries, budget: budget && retryBudget(budget) };
    const fate = await fateOf(options, (_now, random) => random() >= failing, 10_000, 100_000, seed);
    return { retries, budget, failing, ...fate };
  }));

export interface Patience {
  readonly max: number;
  /** Requests a second that 100 000 clients make after ten minutes of outage. */
  readonly rate: number;
  /** How long they take to notice its end, in the middle, in milliseconds. */
  readonly late: number;
}

/** Clients that never give up, through an outage of ten minutes, by the longest wait. */
export async function playPatience(max: number, seed: number): Promise<Patience> {
  const [clients, end] = [400, 600_000];
  const clock = new CoarseClock(1);
  const random = seededRandom(seed);
  const late: number[] = [];
  let requests = 0;
  const client = resilientFetch.with({
    clock,
    random,
    retries: Infinity,
    backoff: { max },
    fetch: () => {
      const now = clock.now();
      if (now >= end - 60_000 && now < end) requests += 1;
      if (now >= end) late.push(now - end);
      return Promise.resolve(now < end ? overloaded : ok);
    },
  });
  for (let index = 0; index < clients; index += 1) void client('http://service.test/');
  await clock.advance(3 * end);
  late.sort((a, b) => a - b);
  return { max, rate: requests / 60 * 100_000 / clients, late: late[late.length >> 1] ?? NaN };
}
