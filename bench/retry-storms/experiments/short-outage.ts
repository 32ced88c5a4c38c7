import { curvesChart, type Axis, type Curve } from '../charts/curves.ts';
import type { Theme } from '../charts/theme.ts';
import type { Experiment } from '../experiment.ts';
import { percent, retryCount, seconds, whole } from '../format.ts';
import { healthyWhen, simulateSteadyCalls, type CallOutcomes } from '../model/steady-calls.ts';

interface Job {
  readonly retries: number;
  /** `backoff.base`: the longest first wait. */
  readonly base: number;
}

interface Result extends Job {
  /** One for each duration. */
  readonly outcomes: readonly CallOutcomes[];
}

/** The duration of the outage, in milliseconds. */
const durations = [100, 300, 1_000, 3_000, 10_000];

const byRetries: readonly Job[] = [0, 1, 2, 3, 4, 5].map((retries) => ({ retries, base: 200 }));
const byBase: readonly Job[] = [50, 100, 400, 1_000].map((base) => ({ retries: 3, base }));

export const shortOutage: Experiment<Job, Result> = {
  name: 'short-outage',
  question: 'How long an outage do retries bridge?',
  setup: '2 000 calls start while the service is unavailable. Backoff is exponential with full jitter, the default.',
  jobs: [...byRetries, ...byBase],
  describe: ({ retries, base }) => `${retryCount(retries)} from ${base} ms`,

  run: async ({ retries, base }, seed) => ({
    retries,
    base,
    outcomes: await Promise.all(durations.map((duration) =>
      simulateSteadyCalls({ options: { retries, backoff: { base } }, service: healthyWhen((now) => now >= duration), calls: 2_000, span: duration }, seed))),
  }),

  charts: (results) => [{ name: 'short-outage', alt: 'Successful calls by length of the outage, retries and first wait', spec: (theme) => shortOutageChart(results, theme) }],

  tables: (results) => [{
    title: 'Successful calls by length of the outage',
    head: ['retries', ...durations.map(seconds)],
    rows: results.map(({ retries, base, outcomes }) => [`${retryCount(retries)} from ${whole(base)} ms`, ...outcomes.map(({ successRate }) => percent(successRate))]),
  }],
};

function shortOutageChart(results: readonly Result[], { good, bad, text, neutral: [blue, violet, amber, grey] }: Theme) {
  const colors = [bad, amber, grey, blue, violet];
  const isDefault = ({ retries, base }: Job): boolean => retries === 3 && base === 200;
  const curves = (chosen: readonly Result[], nameOf: (job: Job) => string): Curve[] =>
    [...chosen.filter((result) => !isDefault(result)), ...chosen.filter(isDefault)].map((result, index) => ({
      name: isDefault(result) ? `${nameOf(result)}: our default` : nameOf(result),
      color: isDefault(result) ? good : colors[index] ?? text,
      points: result.outcomes.map(({ successRate }, at) => [durations[at] ?? NaN, 100 * successRate] as const),
    }));
  const x: Axis = { title: 'the service is unavailable for, ms', type: 'log', domain: [90, 15_000], values: durations };
  const y: Axis = { title: '% of calls that succeed', type: 'linear', domain: [0, 100] };
  return curvesChart(
    'How long an outage do retries bridge?',
    'Calls that start while the service is unavailable. Full jitter; each wait is up to twice the one before.',
    [
      { title: 'By the number of retries', subtitle: 'first wait up to 200 ms', x, y, curves: curves(results.filter(({ base }) => base === 200), ({ retries }) => retryCount(retries)) },
      { title: 'By the first wait', subtitle: '3 retries', x, y, curves: curves(results.filter(({ retries }) => retries === 3), ({ base }) => `${whole(base)} ms`) },
    ],
  );
}
