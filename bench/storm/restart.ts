import { parseRetryAfter, resilientFetch, type ResilienceOptions } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from './coarse-clock.ts';
import { Service } from './service.ts';

/** What a client adds to a wait that it was asked for. */
export interface Spread {
  readonly name: string;
  /** Whether it is enough for a second look. */
  readonly isBrief: boolean;
  options(random: () => number): ResilienceOptions;
}

/** That share of what was asked for on top of it, by chance; and no backoff. */
const share = (most: number): Spread['options'] => (random) => ({
  backoff: { base: 0, jitter: 'none' },
  retryAfter: ({ headers }, date) => {
    const asked = parseRetryAfter(headers.get('retry-after'), date);
    return asked === undefined ? undefined : asked + most * asked * random();
  },
  maxRetryAfter: Infinity,
});

export const spreads: readonly Spread[] = [
  { name: 'nothing', isBrief: true, options: share(0) },
  { name: 'the backoff of that retry', isBrief: true, options: () => ({ backoff: (retry, chance) => chance * 200 * 2 ** (retry - 1) }) },
  { name: 'up to 10 % of it', isBrief: false, options: share(0.1) },
  { name: 'up to 25 % of it: our default', isBrief: true, options: () => ({}) },
  { name: 'up to 50 % of it', isBrief: false, options: share(0.5) },
  { name: 'up to 100 % of it', isBrief: false, options: share(1) },
];

/** How the service words its wish: seconds, or a moment, which is the same for all who hear of it. */
export type Wording = 'seconds' | 'date';

export interface Restart {
  readonly spread: string;
  readonly wording: Wording;
  readonly clients: number;
  /** In how many seconds the service could serve them all. */
  readonly within: number;
  /** The most requests in a tenth of a second when they come back for the first time, as a rate. */
  readonly peak: number;
  /** Requests a second, from the first of those that come back, in tenths of a second. */
  readonly tenths: readonly number[];
  /** Calls that ended well, as a share. */
  readonly good: number;
  /** Requests for each call. */
  readonly amplification: number;
  /** How long those that ended well took on top of what was asked for, in the middle, in milliseconds. */
  readonly late: number;
}

/** What the service asks for, and when it is back, in milliseconds. */
const asked = 30_000;

/**
 * A service is down for a second, in which all of its clients call. It tells each to come back in 30 s, or at half a minute past. Back
 * again, it can serve them all within so many seconds; whom it cannot serve within a second, it tells the same again.
 */
export async function playRestart(spread: Spread, wording: Wording, clients: number, within: number, seed: number): Promise<Restart> {
  const clock = new CoarseClock(1);
  const [arrivals, random] = [seededRandom(seed), seededRandom(seed + 1)];
  const moments: number[] = [];
  const capacity = clients / within;
  const service = new Service({ clock, capacity: () => capacity, limit: capacity, refuse: () => refusal(wording, clock.now()) });
  const client = resilientFetch.with({
    clock,
    random,
    fetch: (input, init) => {
      const now = clock.now();
      moments.push(now);
      return now < 1_000 ? Promise.resolve(refusal(wording, now)) : service.fetch(input, init);
    },
    ...spread.options(random),
  });
  const late: number[] = [];
  for (let index = 0; index < clients; index += 1) {
    clock.setTimeout(() => {
      const due = wording === 'seconds' ? clock.now() + asked : asked;
      client('http://service.test/').then(({ status }) => {
        if (status === 200) late.push(clock.now() - due);
      }, () => {});
    }, arrivals() * 999);
  }
  await clock.advance(1_000_000);
  const tenths = rates(moments.filter((at) => at >= asked && at < 2 * asked + 8_000));
  late.sort((a, b) => a - b);
  return {
    spread: spread.name,
    wording,
    clients,
    within,
    peak: Math.max(...tenths),
    tenths,
    good: late.length / clients,
    amplification: moments.length / clients,
    late: late[late.length >> 1] ?? NaN,
  };
}

const refusals = new Map<string, Response>();

function refusal(wording: Wording, now: number): Response {
  const moment = Math.ceil((now + 1) / asked) * asked;
  const value = wording === 'seconds' ? '30' : new Date(moment).toUTCString();
  const known = refusals.get(value) ?? new Response(null, { status: 503, headers: { 'retry-after': value } });
  refusals.set(value, known);
  return known;
}

/** Requests a second, for each tenth of a second from 30 s on. */
function rates(moments: readonly number[]): number[] {
  const tenths: number[] = [];
  for (const at of moments) {
    const tenth = Math.floor((at - asked) / 100);
    tenths[tenth] = (tenths[tenth] ?? 0) + 10;
  }
  return Array.from(tenths, (rate) => rate ?? 0);
}
