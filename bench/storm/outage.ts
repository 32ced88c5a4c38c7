import { resilientFetch } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from './coarse-clock.ts';
import { count, emptySeconds, startFleet, type Seconds } from './fleet.ts';
import type { Policy } from './policies.ts';
import { Service } from './service.ts';

/** What happens to a service. Times are seconds from the beginning. */
export interface Story {
  /** Requests a second that the service can serve in health. */
  readonly capacity: number;
  /** Calls a second, as a share of that. */
  readonly load: number;
  /** What is left of the capacity in the outage. */
  readonly left: number;
  readonly from: number;
  readonly to: number;
  readonly end: number;
  /** How many processes make the calls; the calls of each share what its policy has them share. */
  readonly processes: number;
  readonly timeout?: number;
  readonly seed: number;
}

/** 100 000 clients behind 40 processes, each client with a call in 6 minutes: 280 a second for a service that can do 400. */
export const story: Story = { capacity: 400, load: 0.7, left: 0.4, from: 30, to: 60, end: 180, processes: 40, seed: 7 };

export interface Outage {
  readonly policy: string;
  readonly story: Story;
  readonly seconds: Seconds;
  /** How many requests wait at the end of the outage, and at the end of the story. */
  readonly queue: readonly [number, number];
}

/** The longest queue that is done within 5 s even in the outage: half of a caller's patience. */
const shedAt = ({ capacity, left }: Story): number => capacity * left * 5;

export async function playOutage(policy: Policy, story: Story): Promise<Outage> {
  const { capacity, load, left, from, to, end, processes, timeout, seed } = story;
  const clock = new CoarseClock(1);
  const seconds = emptySeconds();
  const service = new Service({
    clock,
    capacity: (now) => (now >= from * 1_000 && now < to * 1_000 ? capacity * left : capacity),
    onRequest: (now) => count(seconds.requests, now),
    ...(policy.retryAfter !== undefined && shedding(policy.retryAfter, shedAt(story))),
  });
  // Chance of its own for each, so that all policies meet the same calls.
  const [arrivals, random] = [seededRandom(seed), seededRandom(seed + 1)];
  const client = resilientFetch.with({ clock, random, fetch: service.fetch, timeout, ...policy.options });
  const clients = Array.from({ length: processes }, () => client.with({ budget: policy.budget?.() }));
  startFleet({ clock, random: arrivals, clients, rate: capacity * load, until: end * 1_000, seconds });
  await clock.advance(to * 1_000);
  const { waiting } = service;
  await clock.advance((end - to) * 1_000);
  return { policy: policy.name, story, seconds, queue: [waiting, service.waiting] };
}

function shedding(retryAfter: string, limit: number): { limit: number; refuse: () => Response } {
  const refusal = new Response(null, { status: 503, headers: { 'retry-after': retryAfter } });
  return { limit, refuse: () => refusal };
}

/** What the tables tell of an outage. */
export interface Verdict {
  /** Requests for each call, in the outage and in the minute after it. */
  readonly amplification: readonly [during: number, after: number];
  /** Calls that ended well for each that was begun, in the outage and in the minute after it. */
  readonly goodput: readonly [during: number, after: number];
  /** Seconds from the end of the outage until 99 % of the calls that end in a second end well, for good; Infinity is never. */
  readonly recovery: number;
}

export function verdictOf({ seconds: { calls, requests, ended, good }, story: { from, to, end } }: Outage): Verdict {
  const sum = (series: readonly number[], first: number, last: number): number =>
    series.slice(first, last).reduce((total, value) => total + (value ?? 0), 0);
  const perCall = (series: readonly number[]): [number, number] =>
    [sum(series, from, to) / sum(calls, from, to), sum(series, to, to + 60) / sum(calls, to, to + 60)];
  const isWell = (second: number): boolean => (good[second] ?? 0) >= 0.99 * (ended[second] ?? Infinity);
  let last = end;
  while (last > 0 && isWell(last - 1)) last -= 1;
  return {
    amplification: perCall(requests),
    goodput: perCall(good),
    recovery: last === end ? Infinity : Math.max(0, last - to),
  };
}
