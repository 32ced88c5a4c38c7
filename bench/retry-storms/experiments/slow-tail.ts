import { quantile } from 'd3-array';
import type { ResilienceOptions } from 'resilient-fetch';
import { hedge, type HedgeOptions } from 'resilient-fetch/layers';
import { barsChart } from '../charts/bars.ts';
import type { Experiment } from '../experiment.ts';
import { percent, ratio, whole } from '../format.ts';
import { noBudget } from '../model/budgets.ts';
import { respondAfter, simulateSteadyCalls, type ServiceFactory } from '../model/steady-calls.ts';

interface Job {
  readonly policy: string;
  options(): ResilienceOptions;
  /** The share of responses that are slow. */
  readonly slow: number;
}

interface Result {
  readonly policy: string;
  readonly slow: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly requestsPerCall: number;
}

/** The milliseconds of a fast and of a slow response. */
const [fast, late] = [50, 3_000];

const hedged = (policy: string, options: HedgeOptions): Omit<Job, 'slow'> => ({ policy, options: () => ({ layers: [hedge(options)] }) });

const policies: readonly Omit<Job, 'slow'>[] = [
  { policy: 'no hedge', options: () => ({}) },
  { policy: 'a timeout of 200 ms', options: () => ({ timeout: 200 }) },
  hedged('a hedge after 200 ms', { after: 200 }),
  hedged('a hedge after 200 ms, without a budget', { after: 200, budget: noBudget }),
  hedged('a hedge after 40 ms', { after: 40 }),
  hedged('a hedge after 40 ms, without a budget', { after: 40, budget: noBudget }),
];

export const slowTail: Experiment<Job, Result> = {
  name: 'slow-tail',
  question: 'Does a hedge help against a few slow responses?',
  setup: `2 000 calls in 100 s. A response takes ${fast} ms, and a slow one ${whole(late)} ms. At 100 %, the service itself is slow.`,
  jobs: [0.02, 0.05, 0.1, 1].flatMap((slow) => policies.map((policy) => ({ ...policy, slow }))),
  describe: ({ policy, slow }) => `${policy}, ${percent(slow)} slow`,

  async run({ policy, options, slow }, seed) {
    const service: ServiceFactory = (clock, random) => () => respondAfter(clock, random() < slow ? late : fast);
    const { durations, requestsPerCall } = await simulateSteadyCalls({ options: options(), service, calls: 2_000, span: 100_000 }, seed);
    return { policy, slow, p50: quantile(durations, 0.5) ?? NaN, p99: quantile(durations, 0.99) ?? NaN, requestsPerCall };
  },

  charts: (results) => [{
    name: 'slow-tail',
    alt: 'Requests per call when every response is slow, for each hedge',
    spec: (theme) => barsChart({
      title: 'Every response is slow: what load do hedges add?',
      subtitle: `${whole(late)} ms for each response. The 99th percentile is that with 2 % slow responses.`,
      axis: { title: 'requests per call', domain: [0, 5], values: [0, 1, 2, 3, 4] },
      bars: results.filter(({ slow }) => slow === 1).map(({ policy, requestsPerCall }) => {
        const { p99 = NaN } = results.find((other) => other.policy === policy && other.slow === 0.02) ?? {};
        return { name: policy, value: requestsPerCall, label: `${ratio(requestsPerCall)}, p99 of ${whole(p99)} ms`, isGood: requestsPerCall < 1.2 && p99 < late };
      }),
    }, theme),
  }],

  tables: (results) => [{
    title: 'By share of slow responses',
    note: 'Milliseconds of the calls that succeed.',
    head: ['slow responses', 'policy', 'p50', 'p99', 'requests per call'],
    textColumns: 2,
    rows: results.map(({ slow, policy, p50, p99, requestsPerCall }) =>
      [percent(slow), policy, Number.isNaN(p50) ? 'all fail' : whole(p50), Number.isNaN(p99) ? 'all fail' : whole(p99), ratio(requestsPerCall)]),
  }],
};
