import { retryBudget } from 'resilient-fetch';
import { circuitBreaker } from 'resilient-fetch/layers';
import { outageChart } from '../charts/outage.ts';
import type { Experiment } from '../experiment.ts';
import { percent, ratio, seconds, whole } from '../format.ts';
import { defaultScenario, simulateOutage, summarizeOutage, type Outage, type Scenario } from '../model/outage.ts';
import { noRetries, ourDefault, withBudget, type Policy } from '../model/policies.ts';

export const breaker: Policy = { name: 'our default with a breaker', options: {}, layers: () => [circuitBreaker()] };
const both: Policy = { name: 'our default with a breaker and a budget', options: {}, layers: () => [circuitBreaker()], budget: () => retryBudget() };

interface Job {
  readonly policy: Policy;
  readonly scenario: Scenario;
}

/** The service finishes one request in 2.5 s while it hangs. */
export const scenario: Scenario = { ...defaultScenario, remaining: 0.001 };

export const hangingService: Experiment<Job, Outage> = {
  name: 'hanging-service',
  question: 'How long do callers wait for a service that hangs?',
  setup: `${scenario.processes} processes make 280 calls per second to a service that can serve 400. For 30 s it serves almost nothing, and then its whole queue.`,
  jobs: [
    ...[noRetries, ourDefault, withBudget, breaker, both].map((policy) => ({ policy, scenario })),
    ...[ourDefault, withBudget, breaker, both].map(({ name, ...policy }) =>
      ({ policy: { ...policy, name: `${name}, timeout of 2 s` }, scenario: { ...scenario, timeout: 2_000 } })),
  ],
  describe: ({ policy }) => policy.name,
  run: ({ policy, scenario }, seed) => simulateOutage(policy, scenario, seed),

  charts: (results) => [{
    name: 'hanging-service',
    alt: 'Requests and successful responses while a service hangs and after it, with a budget, a breaker, both and neither',
    spec: (theme) => outageChart(
      'A service hangs for 30 seconds: do its clients let it recover?',
      '40 processes make 280 calls per second, and the service can serve 400. Its queue also holds requests that timed out after 10 s.',
      ([['3 retries', ourDefault], ['With a retry budget', withBudget], ['With a circuit breaker', breaker], ['With both', both]] as const).flatMap(([title, { name }]) =>
        results.filter(({ policy }) => policy === name).map((outage) => ({ title, outage }))),
      theme,
    ),
  }],

  tables: (results) => [{
    title: 'By policy',
    note: 'The time to fail is the median of the calls that start while the service hangs. The successful calls and requests are those of the minute after.',
    head: ['policy', 'calls in flight, peak', 'time to fail', 'successful calls, after', 'requests per call, during', 'after', 'recovers after'],
    rows: results.map((result) => {
      const { inFlight, goodput, requestsPerCall, recovery } = summarizeOutage(result);
      return [
        result.policy, whole(inFlight), seconds(result.timeToFail), percent(goodput.after),
        ratio(requestsPerCall.during), ratio(requestsPerCall.after), recovery === Infinity ? 'never' : `${recovery} s`,
      ];
    }),
  }],
};
