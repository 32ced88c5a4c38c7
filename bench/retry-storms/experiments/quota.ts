import { quantile } from 'd3-array';
import { retryBudget, type ResilienceOptions } from 'resilient-fetch';
import { rateGate } from 'resilient-fetch/layers';
import { curvesChart, type Axis, type Curve } from '../charts/curves.ts';
import type { Theme } from '../charts/theme.ts';
import type { Experiment } from '../experiment.ts';
import { percent, seconds, whole } from '../format.ts';
import { pricedBudget } from '../model/budgets.ts';
import { createQuotaService, simulateSteadyCalls, type CallOutcomes } from '../model/steady-calls.ts';

interface Policy {
  readonly name: string;
  options(): ResilienceOptions;
}

const plain: Policy = { name: 'our default', options: () => ({}) };
const budget: Policy = { name: 'a budget', options: () => ({ budget: retryBudget() }) };
const gate: Policy = { name: 'a gate', options: () => ({ layers: [rateGate()] }) };
const gateAndBudget: Policy = { name: 'a gate and a budget', options: () => ({ layers: [rateGate()], budget: retryBudget() }) };
const prices: readonly Policy[] = [0.1, 0.5, 1].map((price) =>
  ({ name: `a budget, invited retry at ${price}`, options: () => ({ budget: pricedBudget(price) }) }));
const policies: readonly Policy[] = [plain, budget, gate, gateAndBudget, ...prices];

interface Job {
  readonly policy: Policy;
  /** Calls per second, as a multiple of the quota. */
  readonly load: number;
}

interface Result extends CallOutcomes {
  readonly policy: string;
  readonly load: number;
}

/** The requests that are served in each window, its milliseconds, the milliseconds of a response, and the number of calls. */
const [limit, window, latency, calls] = [20, 10_000, 50, 300];

const quotaService = createQuotaService(limit, window, latency);

export const quota: Experiment<Job, Result> = {
  name: 'quota',
  question: 'How many calls succeed under a quota?',
  setup: `${calls} calls at an even rate to a service that serves ${limit} requests in each window of ${window / 1_000} s, and sheds the others with 429 and \`Retry-After\`.`,
  jobs: [0.8, 1.2, 2, 5].flatMap((load) => policies.map((policy) => ({ policy, load }))),
  describe: ({ policy, load }) => `${policy.name}, ${load} times the quota`,
  run: async ({ policy, load }, seed) => ({
    policy: policy.name,
    load,
    ...await simulateSteadyCalls({ options: policy.options(), service: quotaService, calls, span: calls * window / limit / load }, seed),
  }),

  charts: (results) => [{ name: 'quota', alt: 'Successful calls and requests per call by load, with and without a gate', spec: (theme) => quotaChart(results, theme) }],

  tables: (results) => [{
    title: 'By load and policy',
    note: 'The duration is that of the successful calls.',
    head: ['calls per quota', 'policy', 'successful calls', `of ${calls}`, 'requests', '429s', 'median duration', 'longest'],
    textColumns: 2,
    rows: results.map(({ load, policy, successRate, requestsPerCall, durations }) => [
      String(load), policy, percent(successRate), whole(durations.length), whole(calls * requestsPerCall), whole(calls * requestsPerCall - durations.length),
      seconds(quantile(durations, 0.5) ?? NaN), seconds(quantile(durations, 1) ?? NaN),
    ]),
  }],
};

function quotaChart(results: readonly Result[], { good, bad, neutral: [, , amber] }: Theme) {
  const curves = (valueOf: (result: Result) => number): Curve[] => ([[plain.name, bad], ['a budget, invited retry at 1', amber], [gate.name, good]] as const).map(([name, color]) => ({
    name,
    color,
    points: results.filter(({ policy }) => policy === name).map((result) => [result.load, valueOf(result)] as const),
  }));
  const x: Axis = { title: 'calls, as a multiple of the quota', type: 'log', domain: [0.75, 5.5], values: [0.8, 1.2, 2, 5] };
  return curvesChart(
    `A quota of ${limit} requests in ${window / 1_000} seconds: how many calls succeed?`,
    `${calls} calls at an even rate. Beyond the quota, the service responds with 429 and Retry-After. A retry that it invites is free for retryBudget().`,
    [
      { title: 'Successes', subtitle: 'more are better', x, y: { title: '% of calls that succeed', type: 'linear', domain: [0, 105], values: [0, 25, 50, 75, 100] }, curves: curves(({ successRate }) => 100 * successRate) },
      { title: 'Requests', subtitle: 'fewer are better', x, y: { title: 'requests per call', type: 'linear', domain: [0, 4.2], values: [0, 1, 2, 3, 4] }, curves: curves(({ requestsPerCall }) => requestsPerCall) },
    ],
  );
}
