import { resilientFetch, retryBudget, type ResilienceOptions } from 'resilient-fetch';
import { circuitBreaker } from 'resilient-fetch/layers';
import { barsChart } from '../charts/bars.ts';
import type { Experiment } from '../experiment.ts';
import { percent, ratio, retryCount } from '../format.ts';
import { healthyWhen, simulateSteadyCalls, type CallOutcomes, type SteadyCalls } from '../model/steady-calls.ts';

interface Job {
  readonly policy: string;
  /** Makes the options that all calls share. */
  options(): ResilienceOptions;
  readonly wrap?: SteadyCalls['wrap'];
}

interface Result {
  readonly policy: string;
  /** One for each failure rate. */
  readonly outcomes: readonly Omit<CallOutcomes, 'durations'>[];
}

/** The share of responses that fail, each independently. */
const failureRates = [0.01, 0.05, 0.1, 0.2, 0.5, 1];

const withBudget = (reserve: number, share: number): Job =>
  ({ policy: `3 retries, reserve ${reserve}, ratio ${share}`, options: () => ({ budget: retryBudget({ reserve, ratio: share }) }) });

const withBreaker = (failures: number): Job =>
  ({ policy: `3 retries, a breaker after ${failures} failures`, options: () => ({ layers: [circuitBreaker({ failures })] }) });

export const randomFailures: Experiment<Job, Result> = {
  name: 'random-failures',
  question: 'How many calls succeed when responses fail at random?',
  setup: '10 000 calls in 100 s share a budget or a circuit breaker, or have none. At 100 %, the service is down.',
  jobs: [
    ...[0, 1, 2, 3].map((retries) => ({ policy: `${retryCount(retries)}, no budget`, options: () => ({ retries }) })),
    ...[0.01, 0.1, 0.2, 0.5].map((share) => withBudget(10, share)),
    ...[1, 100].map((reserve) => withBudget(reserve, 0.1)),
    ...[2, 3, 5, 10].map(withBreaker),
    { policy: 'two layers of 3 retries', options: () => ({}), wrap: (fetch, clock, random) => resilientFetch.with({ fetch, clock, random }) },
  ],
  describe: ({ policy }) => policy,

  run: async ({ policy, options, wrap }, seed) => ({
    policy,
    outcomes: await Promise.all(failureRates.map(async (failureRate) => {
      const service = healthyWhen((_now, random) => random() >= failureRate);
      const { durations: _, ...outcomes } = await simulateSteadyCalls({ options: options(), service, wrap, calls: 10_000, span: 100_000 }, seed);
      return outcomes;
    })),
  }),

  charts: (results) => [{
    name: 'random-failures',
    alt: 'Successful calls when a tenth of all responses fail, for each policy',
    spec: (theme) => barsChart({
      title: 'A tenth of all responses fails at random: how many calls succeed?',
      subtitle: '10 000 calls in 100 s share a budget or a circuit breaker, or have none.',
      axis: { title: '% of calls that succeed', domain: [0, 115], values: [0, 25, 50, 75, 100] },
      bars: results.filter(({ policy }) => !policy.startsWith('two layers')).map(({ policy, outcomes }) => {
        const { successRate = NaN } = outcomes[failureRates.indexOf(0.1)] ?? {};
        return { name: policy, value: 100 * successRate, label: percent(successRate, 1), isGood: successRate > 0.98 };
      }),
    }, theme),
  }],

  tables: (results) => [
    {
      title: 'Successful calls by share of failing responses',
      head: ['policy', ...failureRates.map((rate) => percent(rate))],
      rows: results.map(({ policy, outcomes }) => [policy, ...outcomes.map(({ successRate }) => percent(successRate, 2))]),
    },
    {
      title: 'Requests per call by share of failing responses',
      head: ['policy', ...failureRates.map((rate) => percent(rate))],
      rows: results.map(({ policy, outcomes }) => [policy, ...outcomes.map(({ requestsPerCall }) => ratio(requestsPerCall))]),
    },
  ],
};
