import { retryBudget } from 'resilient-fetch';
import { contend, jitters, type Contention } from './contention.ts';
import { playFlaky, playPatience, playRideOut, type Flaky, type Patience, type RideOut } from './defaults.ts';
import { playOutage, story, verdictOf, type Outage, type Story, type Verdict } from './outage.ts';
import { noRetries, ours, oursWithBudget, policies, type Policy } from './policies.ts';
import { playRestart, spreads, type Restart, type Spread, type Wording } from './restart.ts';
import { playScale, type Scale } from './scale.ts';
import { retriesIn } from './words.ts';

/** An outage that differs from the story in one thing. */
export interface Variant {
  readonly about: string;
  readonly value: string;
  readonly policy: string;
  readonly verdict: Verdict;
}

/** All that is found out, by experiment. */
export interface Results {
  readonly contention: readonly Contention[];
  readonly outage: readonly Outage[];
  readonly variant: readonly Variant[];
  readonly restart: readonly Restart[];
  readonly rideOut: readonly RideOut[];
  readonly flaky: readonly Flaky[];
  readonly patience: readonly Patience[];
  readonly scale: readonly Scale[];
}

/** A part of an experiment, which a process of its own can do. */
export type Job = { readonly [Kind in keyof Results]: {
  readonly kind: Kind;
  readonly name: string;
  play(): Promise<Results[Kind]>;
} }[keyof Results];

/** One seed for all: what is compared meets the same chances. */
const seed = 7;

const crowds = [10, 40, 70, 100, 130, 160, 190];

/** As many runs as the known figures have where they are compared, and fewer where only a curve is drawn. */
const runsOf = (clients: number): number => (clients === 100 ? 100 : Math.ceil(600 / clients));

const contention = Object.keys(jitters).map((jitter): Job => ({
  kind: 'contention',
  name: `contention, ${jitter}`,
  async play() {
    const results = [];
    for (const clients of crowds) results.push(await contend(jitter, clients, runsOf(clients), seed));
    return results;
  },
}));

const outage = policies.map((policy): Job => ({
  kind: 'outage',
  name: `outage, ${policy.name}`,
  play: async () => [await playOutage(policy, story)],
}));

const variantOf = (about: string, value: string, policy: Policy, changed: Partial<Story> = {}): Job => ({
  kind: 'variant',
  name: `outage, ${about} ${value}, ${policy.name}`,
  play: async () => [{ about, value, policy: policy.name, verdict: verdictOf(await playOutage(policy, { ...story, ...changed })) }],
});

const withBudget = (capacity: number, ratio: number): Policy => ({ ...oursWithBudget, budget: () => retryBudget({ capacity, ratio }) });

const variants: readonly Job[] = [
  ...[0.6, 0.8].flatMap((load) => [noRetries, ours, oursWithBudget].map((policy) => variantOf('load', `${100 * load} %`, policy, { load }))),
  ...[noRetries, ours, oursWithBudget].map((policy) => variantOf('timeout', '2 s', policy, { timeout: 2_000 })),
  ...[1, 2].map((retries) => variantOf('retries', String(retries), { ...ours, options: { retries } })),
  ...[1, 10, 40, 400, 4_000, 100_000].map((processes) => variantOf('processes', String(processes), oursWithBudget, { processes })),
  ...[1, 10, 100].map((capacity) => variantOf('capacity', String(capacity), withBudget(capacity, 0.1))),
];

const restartOf = (spread: Spread, wording: Wording, clients: number, within: number): Job => ({
  kind: 'restart',
  name: `restart, ${wording}, ${clients} clients in ${within} s, ${spread.name}`,
  play: async () => [await playRestart(spread, wording, clients, within, seed)],
});

const restart = [
  ...spreads.map((spread) => restartOf(spread, 'seconds', 100_000, 10)),
  ...spreads.filter(({ isBrief }) => isBrief).map((spread) => restartOf(spread, 'date', 100_000, 10)),
  // A smaller crowd, for what depends on their ratio alone.
  ...[4, 20, 40].flatMap((within) => spreads.map((spread) => restartOf(spread, 'seconds', 20_000, within))),
];

const rideOut = [[0, 200], [1, 200], [2, 200], [3, 200], [4, 200], [5, 200], [3, 50], [3, 100], [3, 400], [3, 1_000]].map(([retries = 0, base = 0]): Job => ({
  kind: 'rideOut',
  name: `blips, ${retriesIn(retries)} from ${base} ms`,
  play: () => playRideOut(retries, base, seed),
}));

const flakyOf = (retries: number, budget?: Flaky['budget']): Job => ({
  kind: 'flaky',
  name: `random failures, ${retriesIn(retries)}, ${budget === undefined ? 'no budget' : `a budget of ${budget.capacity} / ${budget.ratio}`}`,
  play: () => playFlaky(retries, budget, seed),
});

const flaky = [
  ...[0, 1, 2, 3].map((retries) => flakyOf(retries)),
  ...[0.01, 0.1, 0.2, 0.5].map((ratio) => flakyOf(3, { capacity: 10, ratio })),
  ...[1, 100].map((capacity) => flakyOf(3, { capacity, ratio: 0.1 })),
];

const patience = [1_000, 5_000, 10_000, 30_000, 60_000, 300_000].map((max): Job => ({
  kind: 'patience',
  name: `ten minutes of outage, at most ${max} ms between retries`,
  play: async () => [await playPatience(max, seed)],
}));

const scale = [10_000, 30_000, 100_000, 1_000_000].map((calls): Job => ({
  kind: 'scale',
  name: `scale, ${calls} calls at once`,
  play: async () => [await playScale(calls)],
}));

export const jobs: readonly Job[] = [...contention, ...outage, ...variants, ...restart, ...rideOut, ...flaky, ...patience, ...scale];

/** Whether it measures the process that it is played in, and so wants a fresh one. */
export const isMeasured = ({ kind }: Job): boolean => kind === 'scale';
