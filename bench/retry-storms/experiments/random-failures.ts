import { retryBudget, type RetryBudgetOptions } from 'resilient-fetch';
import type { Experiment } from '../experiment.ts';
import { percent, ratio, retryCount } from '../format.ts';
import { simulateSteadyCalls, type CallOutcomes } from '../model/steady-calls.ts';

interface Job {
  readonly retries: number;
  readonly budget?: Required<RetryBudgetOptions>;
}

interface Result {
  readonly policy: string;
  /** One for each failure rate. */
  readonly outcomes: readonly CallOutcomes[];
}

/** The share of responses that fail, each independently. */
const failureRates = [0.01, 0.05, 0.1, 0.2, 0.5];

const describe = ({ retries, budget }: Job): string =>
  `${retryCount(retries)}, ${budget === undefined ? 'no budget' : `capacity ${budget.capacity}, ratio ${budget.ratio}`}`;

export const randomFailures: Experiment<Job, Result> = {
  name: 'random-failures',
  question: 'How many calls succeed when responses fail at random?',
  setup: '10 000 calls in 100 s share a budget, or have none.',
  jobs: [
    ...[0, 1, 2, 3].map((retries) => ({ retries })),
    ...[0.01, 0.1, 0.2, 0.5].map((ratio) => ({ retries: 3, budget: { capacity: 10, ratio } })),
    ...[1, 100].map((capacity) => ({ retries: 3, budget: { capacity, ratio: 0.1 } })),
  ],
  describe,

  run: async (job, seed) => ({
    policy: describe(job),
    outcomes: await Promise.all(failureRates.map((failureRate) => simulateSteadyCalls({
      options: { retries: job.retries, budget: job.budget && retryBudget(job.budget) },
      isHealthy: (_now, random) => random() >= failureRate,
      calls: 10_000,
      span: 100_000,
    }, seed))),
  }),

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
