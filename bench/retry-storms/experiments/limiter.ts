import { max, quantile } from 'd3-array';
import type { ResilienceOptions } from 'resilient-fetch';
import { concurrencyLimit } from 'resilient-fetch/layers';
import { barsChart } from '../charts/bars.ts';
import type { Experiment } from '../experiment.ts';
import { percent, ratio, seconds, whole } from '../format.ts';
import { respondAfter, simulateSteadyCalls, type CallOutcomes, type SteadyCalls } from '../model/steady-calls.ts';

interface Job {
  readonly policy: string;
  options(): ResilienceOptions;
  readonly wrap?: SteadyCalls['wrap'];
}

interface Result extends CallOutcomes {
  readonly policy: string;
}

/** The calls that start at once, the requests at a time, and the milliseconds of a response. */
const [calls, most, latency] = [1_000, 5, 500];

export const limiter: Experiment<Job, Result> = {
  name: 'limiter',
  question: 'Where does a limiter of concurrent requests belong?',
  setup: `${whole(calls)} calls start at once, and ${most} requests may be in flight. A response takes ${latency} ms, so all of them take ${seconds(calls / most * latency)}.`,
  jobs: [
    { policy: 'among the layers', options: () => ({ layers: [concurrencyLimit({ max: most })] }) },
    { policy: 'as fetch', options: () => ({}), wrap: (fetch) => concurrencyLimit({ max: most })(fetch) },
  ],
  describe: ({ policy }) => policy,
  run: async ({ policy, options, wrap }, seed) =>
    ({ policy, ...await simulateSteadyCalls({ options: options(), service: (clock) => () => respondAfter(clock, latency), wrap, calls, span: 0 }, seed) }),

  charts: (results) => [{
    name: 'limiter',
    alt: 'Successful calls with a limiter among the layers, and as fetch',
    spec: (theme) => barsChart({
      title: 'A limiter of concurrent requests: among the layers, or as fetch?',
      subtitle: 'As fetch, its queue is under the timeout of 10 s for each attempt, and a retry queues again.',
      axis: { title: '% of calls that succeed', domain: [0, 115], values: [0, 25, 50, 75, 100] },
      bars: results.map(({ policy, successRate }) => ({ name: policy, value: 100 * successRate, label: percent(successRate), isGood: successRate > 0.99 })),
    }, theme),
  }],

  tables: (results) => [{
    title: 'By the place of the limiter',
    head: ['limiter', 'successful calls', 'requests per call', 'median duration', 'longest'],
    rows: results.map(({ policy, successRate, requestsPerCall, durations }) =>
      [policy, percent(successRate), ratio(requestsPerCall), seconds(quantile(durations, 0.5) ?? NaN), seconds(max(durations) ?? NaN)]),
  }],
};
