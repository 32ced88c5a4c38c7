import { retryBudget } from 'resilient-fetch';
import { barsChart } from '../charts/bars.ts';
import { outageChart } from '../charts/outage.ts';
import type { Experiment, Table } from '../experiment.ts';
import { percent, ratio, recoveryPhrase, seconds, whole } from '../format.ts';
import { pricedBudget } from '../model/budgets.ts';
import { defaultScenario, simulateOutage, summarizeOutage, type Outage, type OutageSummary, type Scenario } from '../model/outage.ts';
import { immediateRetries, noRetries, ourDefault, policies, shedding, withBudget, type Policy } from '../model/policies.ts';

interface Job {
  readonly policy: Policy;
  /** One difference from the default scenario or policy, in words. */
  readonly change?: string;
  readonly scenario: Scenario;
}

interface Result extends Outage {
  readonly change: string | undefined;
}

const changed = (change: string, scenario: Partial<Scenario>, policy: Policy): Job =>
  ({ change, policy, scenario: { ...defaultScenario, ...scenario } });

const jobs: readonly Job[] = [
  ...policies.map((policy) => ({ policy, scenario: defaultScenario })),
  ...[0.6, 0.8].flatMap((load) => [noRetries, ourDefault, withBudget].map((policy) => changed(`load of ${percent(load)}`, { load }, policy))),
  ...[noRetries, ourDefault, withBudget].map((policy) => changed('timeout of 2 s', { timeout: 2_000 }, policy)),
  ...[1, 2].map((retries) => changed(`retries: ${retries}`, {}, { ...ourDefault, options: { retries } })),
  ...[1, 10, 40, 400, 4_000, 100_000].map((processes) => changed(`processes: ${whole(processes)}`, { processes }, withBudget)),
  ...[1_000, 30_000].map((window) => changed(`budget window: ${seconds(window)}`, {}, { ...withBudget, budget: () => retryBudget({ window }) })),
  ...[0, 0.1, 0.5, 1].map((price) => changed(`an invited retry costs ${price}`, {}, { ...withBudget, name: shedding.name, retryAfter: '10', budget: () => pricedBudget(price) })),
  ...[1, 10, 100].map((reserve) => changed(`budget reserve: ${reserve}`, {}, { ...withBudget, budget: () => retryBudget({ reserve }) })),
];

export const outage: Experiment<Job, Result> = {
  name: 'outage',
  question: 'Do retries let a service recover from an outage?',
  setup: '100 000 clients make 280 calls per second to a service that can serve 400. For 30 s it can serve 160.',
  jobs,
  describe: ({ policy, change = 'default scenario' }) => `${policy.name}, ${change}`,
  run: async ({ policy, change, scenario }, seed) => ({ ...await simulateOutage(policy, scenario, seed), change }),

  findings(results) {
    const [none, immediate, plain, budget] = summaries(results, [noRetries, immediateRetries, ourDefault, withBudget]);
    const minutes = (defaultScenario.end - defaultScenario.outageEnd) / 60;
    const recovers = ({ recovery }: OutageSummary): string =>
      (recovery === Infinity ? `does not recover within ${minutes} minutes` : recoveryPhrase(recovery));
    const after = (summary: OutageSummary): string => `${ratio(summary.requestsPerCall.after)} requests per call after the outage`;
    return [
      `Without retries, the service ${recovers(none)}. With 3 immediate retries it ${recovers(immediate)}: ${after(immediate)}.`,
      `With our default and no budget it ${recovers(plain)}: ${after(plain)}.`,
      `With \`budget: retryBudget()\` it ${recovers(budget)}: ${ratio(budget.requestsPerCall.during)} requests per call during the outage, ${ratio(budget.requestsPerCall.after)} after it.`,
    ];
  },

  charts(results) {
    const panels = ([
      ['No retries', noRetries],
      ['3 immediate retries', immediateRetries],
      ['3 retries, exponential backoff, full jitter', ourDefault],
      ['The same, with a retry budget', withBudget],
    ] as const).map(([title, policy]) => ({ title, outage: find(results, policy) }));
    const bars = results.filter(({ change }) => change === undefined).map((result) => {
      const { requestsPerCall: { after }, recovery } = summarizeOutage(result);
      return { name: result.policy, value: after, label: `${ratio(after)}, ${recoveryPhrase(recovery)}`, isGood: recovery < Infinity };
    });
    return [
      {
        name: 'outage',
        alt: 'Requests and successful responses through an outage, for four retry policies',
        spec: (theme) => outageChart(
          'A service loses 60 % of its capacity for 30 seconds: do its clients let it recover?',
          '100 000 clients make 280 calls per second, and the service can serve 400. Its queue also holds requests that timed out after 10 s.',
          panels,
          theme,
        ),
      },
      {
        name: 'outage-policies',
        alt: 'Requests per call after the outage, for each policy',
        spec: (theme) => barsChart({
          title: 'After an outage of 30 seconds: which clients let the service recover?',
          subtitle: 'Each client with its default retries, backoff and jitter. The rest is the same for all: 10 s per attempt, a load of 70 %.',
          axis: { title: 'requests per call in the minute after the outage', domain: [0, 5], values: [0, 1, 2, 3, 4] },
          bars,
        }, theme),
      },
    ];
  },

  tables: (results) => [
    tableOf('By policy', ['policy'], results.filter(({ change }) => change === undefined), ({ policy }) => [policy]),
    tableOf('With one change', ['change', 'policy'], results.filter(({ change }) => change !== undefined), ({ change = '', policy }) => [change, policy]),
  ],
};

function tableOf(title: string, names: readonly string[], results: readonly Result[], namesOf: (result: Result) => string[]): Table {
  return {
    title,
    note: 'Rates during the outage and in the minute after it, per call that starts in that time. Earlier calls that succeed late can give more than 100 %.',
    head: [...names, 'requests per call, during', 'after', 'successful calls, during', 'after', 'recovers after'],
    textColumns: names.length,
    rows: results.map((result) => {
      const { requestsPerCall, goodput, recovery } = summarizeOutage(result);
      return [
        ...namesOf(result),
        ratio(requestsPerCall.during), ratio(requestsPerCall.after),
        percent(goodput.during), percent(goodput.after),
        recovery === Infinity ? 'never' : `${recovery} s`,
      ];
    }),
  };
}

function find(results: readonly Result[], { name }: Policy): Result {
  const result = results.find(({ policy, change }) => policy === name && change === undefined);
  if (result === undefined) throw new Error(`No result for the policy '${name}'`);
  return result;
}

/** The summaries of several policies in the default scenario, in the same order. */
function summaries<Policies extends readonly Policy[]>(results: readonly Result[], of: readonly [...Policies]): { [Index in keyof Policies]: OutageSummary } {
  // A mapped tuple has the length of its source.
  return of.map((policy) => summarizeOutage(find(results, policy))) as { [Index in keyof Policies]: OutageSummary };
}
