import { max } from 'd3-array';
import { parseRetryAfter, type ResilienceOptions } from 'resilient-fetch';
import { restartChart } from '../charts/restart.ts';
import type { Experiment } from '../experiment.ts';
import { percent, ratio, seconds, whole } from '../format.ts';
import { pricedBudget } from '../model/budgets.ts';
import { simulateRestart, type Restart, type RestartScenario } from '../model/restart.ts';

/** A rule for the wait that a client adds to `Retry-After`. */
interface Addition {
  readonly name: string;
  optionsOf(random: () => number): ResilienceOptions;
}

/** Waits as long as `Retry-After` says, and up to this share more, without backoff. */
const addUpTo = (share: number): Addition['optionsOf'] => (random) => ({
  backoff: { base: 0, jitter: 'none' },
  retryAfter: ({ headers }, date) => {
    const wait = parseRetryAfter(headers.get('retry-after'), date);
    return wait === undefined ? undefined : wait + share * wait * random();
  },
  maxRetryAfter: Infinity,
});

const nothing: Addition = { name: 'nothing', optionsOf: addUpTo(0) };
const backoff: Addition = { name: 'the backoff of that retry', optionsOf: () => ({ backoff: (retry, random) => random * 200 * 2 ** (retry - 1) }) };
const ourDefault: Addition = { name: 'up to 25 %: our default', optionsOf: () => ({}) };
const additions: readonly Addition[] = [
  nothing,
  backoff,
  { name: 'up to 10 %', optionsOf: addUpTo(0.1) },
  ourDefault,
  { name: 'up to 50 %', optionsOf: addUpTo(0.5) },
  { name: 'up to 100 %', optionsOf: addUpTo(1) },
];

/** Budgets of 40 processes, by the price of a retry that the server invites. */
const budgets: readonly Addition[] = [0, 0.1, 0.5, 1].map((price) =>
  ({ name: `our default, budgets with an invited retry at ${price}`, optionsOf: () => ({ budget: pricedBudget(price) }) }));

interface Job extends RestartScenario {
  readonly addition: Addition;
}

interface Result extends Restart, RestartScenario {
  readonly addition: string;
  readonly peakRate: number;
}

const main: RestartScenario = { clients: 100_000, serveSeconds: 10, format: 'seconds' };

const jobs: readonly Job[] = [
  ...additions.map((addition) => ({ ...main, addition })),
  ...[nothing, backoff, ourDefault].map((addition) => ({ ...main, format: 'date' as const, addition })),
  // Fewer clients, because only the ratio of clients to capacity matters here.
  ...[4, 20, 40].flatMap((serveSeconds) => additions.map((addition) => ({ ...main, clients: 20_000, serveSeconds, addition }))),
  ...budgets.map((addition) => ({ ...main, clients: 20_000, processes: 40, addition })),
];

export const restart: Experiment<Job, Result> = {
  name: 'restart',
  question: 'How do clients come back when all get the same Retry-After?',
  setup: 'All clients call within one second and are to retry in 30 s. The service then serves them at a fixed rate, and sheds what it cannot serve within a second.',
  jobs,
  describe: ({ addition, clients, serveSeconds, format }) => `adding ${addition.name}, ${format}, ${whole(clients)} clients in ${serveSeconds} s`,

  async run({ addition, ...scenario }, seed) {
    const result = await simulateRestart(addition.optionsOf, scenario, seed);
    return { ...scenario, addition: addition.name, ...result, peakRate: max(result.rates) ?? NaN };
  },

  charts: (results) => [{
    name: 'restart',
    alt: 'Request rate when all clients come back, by what they add to Retry-After',
    spec: (theme) => restartChart(
      'All clients get "Retry-After: 30" in the same second: how do they come back?',
      `${whole(main.clients)} clients. The service can serve ${whole(main.clients / main.serveSeconds)} per second (dashed), and sheds the rest with the same Retry-After.`,
      results.filter(({ clients, format }) => clients === main.clients && format === main.format)
        .map((result) => ({ ...result, title: `added to Retry-After: ${result.addition}` })),
      theme,
    ),
  }],

  tables: (results) => [{
    title: 'By what a client adds to Retry-After',
    note: 'The delay is the median time from the moment that the first `Retry-After` named to the success.',
    head: ['Retry-After', 'added', 'clients', 'could be served in', 'peak, requests per second', 'successful calls', 'requests per call', 'delay'],
    textColumns: 2,
    rows: results.map(({ format, addition, clients, serveSeconds, peakRate, successRate, requestsPerCall, delay }) => [
      format === 'seconds' ? '30' : 'a date', addition, whole(clients), `${serveSeconds} s`, whole(peakRate), percent(successRate), ratio(requestsPerCall), seconds(delay),
    ]),
  }],
};
