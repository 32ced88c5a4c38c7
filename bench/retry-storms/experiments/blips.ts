import { resilientFetch, retryBudget, type RetryBudget } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { curvesChart, type Axis, type Curve } from '../charts/curves.ts';
import type { Theme } from '../charts/theme.ts';
import type { Experiment } from '../experiment.ts';
import { percent, ratio, seconds, whole } from '../format.ts';
import { fixedBudget, noBudget } from '../model/budgets.ts';
import { CoarseClock } from '../model/coarse-clock.ts';

export interface Policy {
  readonly name: string;
  budget(): RetryBudget;
}

export const none: Policy = { name: 'no budget', budget: () => noBudget };
export const fixed: Policy = { name: 'at most 10, ratio 0.1', budget: () => fixedBudget(10, 0.1) };
export const growing: Policy = { name: 'retryBudget()', budget: () => retryBudget() };

interface Job {
  readonly policy: Policy;
  /** Calls per second. */
  readonly rate: number;
}

interface Result {
  readonly policy: string;
  readonly rate: number;
  /** One for each duration. */
  readonly blips: readonly Blip[];
}

interface Blip {
  /** The share of the calls in the blip that succeed. */
  readonly successRate: number;
  readonly requestsPerCall: number;
}

/** The milliseconds for which the service responds with 503. */
const durations = [100, 300, 1_000, 3_000];

const rates = [0.1, 1, 10, 100, 1_000, 10_000];

/** The least number of calls that each share is taken of. */
const leastCalls = 500;

const [url, origin] = ['http://service.test/', 'http://service.test'];

const [ok, unavailable] = [new Response(null, { status: 200 }), new Response(null, { status: 503 })];

export const blips: Experiment<Job, Result> = {
  name: 'blips',
  question: 'Do calls survive a short failure of a healthy service?',
  setup: 'After a minute of health, the service responds with 503 for a moment, without `Retry-After`. All calls of one process share a budget.',
  jobs: [...rates].reverse().flatMap((rate) => [none, fixed, growing].map((policy) => ({ policy, rate }))),
  describe: ({ policy, rate }) => `${policy.name}, ${rate} calls per second`,
  run: async ({ policy, rate }, seed) => ({
    policy: policy.name,
    rate,
    blips: await Promise.all(durations.map((duration) => simulateBlip(policy, rate, duration, seed))),
  }),

  charts: (results) => [{ name: 'blips', alt: 'Successful calls in a blip by call rate, for each budget', spec: (theme) => blipsChart(results, theme) }],

  tables: (results) => [
    tableOf('Successful calls by length of the blip', results, ({ successRate }) => percent(successRate)),
    tableOf('Requests per call by length of the blip', results, ({ requestsPerCall }) => ratio(requestsPerCall)),
  ],
};

/** One blip of a process that makes many calls, or the same blip of as many processes as make enough calls in it. */
export async function simulateBlip({ budget: makeBudget }: Policy, rate: number, duration: number, seed: number): Promise<Blip> {
  const clock = new CoarseClock(1);
  const random = seededRandom(seed);
  const interval = 1_000 / rate;
  const callsInBlip = Math.max(1, duration / interval);
  let [calls, requests, succeeded] = [0, 0, 0];
  for (let process = 0; process < leastCalls / callsInBlip; process += 1) {
    const budget = makeBudget();
    // The calls of the minute before, whose only effect is this.
    for (let now = -60_000; now < 0; now += interval) budget.deposit({ now, origin });
    const client = resilientFetch.with({ clock, random, budget });
    const call = (isInBlip: boolean): void => {
      let attempts = 0;
      const fetch = (): Promise<Response> => {
        attempts += 1;
        return Promise.resolve(clock.now() < duration ? unavailable : ok);
      };
      client(url, { fetch }).then(({ status }) => {
        if (!isInBlip) return;
        [calls, requests, succeeded] = [calls + 1, requests + attempts, succeeded + (status === 200 ? 1 : 0)];
      }, () => {});
    };
    // Calls after the blip pay for retries, of which the last are made within 1.4 s.
    for (let at = random() * Math.min(interval, duration); at < duration + 1_400; at += interval) clock.setTimeout(() => call(at < duration), at);
  }
  await clock.advance(duration + 10_000);
  return { successRate: succeeded / calls, requestsPerCall: requests / calls };
}

const tableOf = (title: string, results: readonly Result[], textOf: (blip: Blip) => string) => ({
  title,
  head: ['calls per second', 'budget', ...durations.map(seconds)],
  textColumns: 2,
  rows: [...results].sort((a, b) => a.rate - b.rate).map(({ rate, policy, blips }) => [rate < 1 ? String(rate) : whole(rate), policy, ...blips.map(textOf)]),
});

function blipsChart(results: readonly Result[], { good, bad, neutral: [blue] }: Theme) {
  const colors = [blue, bad, good];
  const curves = (at: number): Curve[] => [none, fixed, growing].map(({ name }, index) => ({
    name,
    color: colors[index] ?? bad,
    points: results.filter(({ policy }) => policy === name).map(({ rate, blips }) => [rate, 100 * (blips[at]?.successRate ?? NaN)] as const).reverse(),
  }));
  const x: Axis = { title: 'calls per second of one process', type: 'log', domain: [0.08, 12_000], values: rates };
  const y: Axis = { title: '% of calls in the blip that succeed', type: 'linear', domain: [0, 105], values: [0, 25, 50, 75, 100] };
  return curvesChart(
    'A healthy service responds with 503 for a moment: do the calls survive it?',
    'Our default of 3 retries. All calls of one process share a budget, full after a minute of health.',
    [1, 2].map((at) => ({ title: `A blip of ${seconds(durations[at] ?? NaN)}`, subtitle: 'more are better; logarithmic', x, y, curves: curves(at) })),
  );
}
