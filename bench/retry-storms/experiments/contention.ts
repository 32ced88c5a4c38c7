import type { Backoff } from 'resilient-fetch';
import { curvesChart, type Axis, type Curve } from '../charts/curves.ts';
import type { Theme } from '../charts/theme.ts';
import type { Experiment } from '../experiment.ts';
import { whole } from '../format.ts';
import { simulateContention, type Contention } from '../model/contention.ts';

/** A backoff, and the figures that Brooker's simulator gives for it with 100 clients and 100 runs. */
interface Policy {
  readonly name: string;
  readonly backoff: Backoff;
  readonly published: Contention;
}

/** The first wait of Brooker's simulator is the second of the series 5, 10, 20 ..., so the base is 10. Decorrelated jitter starts from 5 there too. */
export const policies: readonly Policy[] = [
  { name: 'no backoff', backoff: { base: 0 }, published: { writes: 2_411, ms: 2_018 } },
  { name: 'no jitter', backoff: { base: 10, max: 2_000, jitter: 'none' }, published: { writes: 1_865, ms: 63_676 } },
  { name: 'equal', backoff: { base: 10, max: 2_000, jitter: 'equal' }, published: { writes: 813, ms: 6_541 } },
  { name: 'full', backoff: { base: 10, max: 2_000, jitter: 'full' }, published: { writes: 796, ms: 4_854 } },
  { name: 'decorrelated', backoff: { base: 5, max: 2_000, jitter: 'decorrelated' }, published: { writes: 1_001, ms: 4_627 } },
];

interface Job {
  readonly policy: Policy;
  readonly clients: number;
}

interface Result extends Contention {
  readonly policy: string;
  readonly clients: number;
}

/** As many runs as Brooker's where the figures are compared, and fewer where only a curve is drawn. */
const runsOf = (clients: number): number => (clients === 100 ? 100 : Math.ceil(600 / clients));

export const contention: Experiment<Job, Result> = {
  name: 'contention',
  question: 'Which jitter helps clients that contend for one row?',
  setup: 'Each client reads a row\'s version, writes with it, and retries if another client was faster: the model of Brooker, "Exponential Backoff And Jitter" (2015).',
  jobs: [190, 160, 130, 100, 70, 40, 10].flatMap((clients) => policies.map((policy) => ({ policy, clients }))),
  describe: ({ policy, clients }) => `${policy.name}, ${clients} clients`,
  run: async ({ policy, clients }, seed) =>
    ({ policy: policy.name, clients, ...await simulateContention(policy.backoff, clients, runsOf(clients), seed) }),

  charts: (results) => [{ name: 'contention', alt: 'Writes and time by number of clients, for each jitter', spec: (theme) => contentionChart(results, theme) }],

  tables: (results) => [{
    title: '100 clients, means of 100 runs',
    note: 'The published figures are those of Brooker\'s own simulator.',
    head: ['jitter', 'writes', 'published', 'difference', 'ms', 'published', 'difference'],
    rows: results.filter(({ clients }) => clients === 100).map(({ policy: name, writes, ms }) => {
      const published = policies.find((policy) => policy.name === name)?.published ?? { writes: NaN, ms: NaN };
      return [name, whole(writes), whole(published.writes), difference(writes, published.writes), whole(ms), whole(published.ms), difference(ms, published.ms)];
    }),
  }],
};

const difference = (value: number, published: number): string => `${value < published ? '-' : '+'}${Math.abs(100 * (value / published - 1)).toFixed(1)} %`;

function contentionChart(results: readonly Result[], { bad, good, neutral: [blue, violet, amber] }: Theme) {
  const colors = [bad, amber, blue, good, violet];
  const curves = (valueOf: (result: Result) => number): Curve[] => policies.map(({ name }, index) => ({
    name,
    color: colors[index] ?? bad,
    points: results.filter(({ policy }) => policy === name).map((result) => [result.clients, valueOf(result)] as const).reverse(),
  }));
  const x: Axis = { title: 'clients that each want to write one row', type: 'linear', domain: [0, 200], values: [0, 50, 100, 150, 200] };
  return curvesChart(
    'Clients that contend for one row: what does jitter gain?',
    'Each reads a version, writes with it, and retries if another was faster (Brooker, 2015). Backoff from 10 ms to 2 s.',
    [
      { title: 'Work', subtitle: 'fewer writes are better', x, y: { title: 'writes until all clients succeed', type: 'linear', domain: [0, 8_500] }, curves: curves(({ writes }) => writes) },
      {
        title: 'Time', subtitle: 'shorter is better; logarithmic', x, curves: curves(({ ms }) => ms / 1_000),
        y: { title: 'seconds until all clients succeed', type: 'log', domain: [0.1, 200], values: [0.1, 1, 10, 100] },
      },
    ],
  );
}
