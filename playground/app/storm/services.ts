import { quantile } from 'd3-array';
import { percent, ratio, seconds, whole } from '../../../bench/retry-storms/format.ts';
import type { OnSecond } from '../../../bench/retry-storms/model/fleet.ts';
import { simulateOutage, summarizeOutage } from '../../../bench/retry-storms/model/outage.ts';
import { createQuotaService, respondAfter, simulateSteadyCalls, type ServiceFactory } from '../../../bench/retry-storms/model/steady-calls.ts';
import { policyOf, type Constant, type Values } from './measures.ts';

/** The end of one simulation, in words. */
export interface Summary {
  readonly headline: string;
  /** The requests that a call becomes. */
  readonly load: string;
  /** The higher, the better: the policies of one service are compared by it. */
  readonly score: number;
  /** The share of the calls after the trouble that succeed. */
  readonly answered?: number;
  readonly figures: Readonly<Record<string, string>>;
}

/** A service, and how its clients fare. */
export interface Service {
  readonly id: string;
  /** The verb after "A service". */
  readonly title: string;
  readonly setup: string;
  /** The constants that matter most. */
  facts(values: Values): string;
  /** The subject of the headlines. */
  readonly subject: string;
  /** The measures that are switched on at first. */
  readonly measures: readonly string[];
  readonly constants: readonly Constant[];
  /** The constant that sets the size of the simulation. */
  readonly scale: string;
  /** Calls per second, by which the lines are divided. */
  rate(values: Values): number;
  /** All calls. */
  calls(values: Values): number;
  /** The seconds that are simulated, at least. */
  end(values: Values): number;
  /** The seconds in which the service is in trouble. */
  trouble?(values: Values): readonly [from: number, to: number];
  simulate(enabled: readonly string[], values: Values, onSecond: OnSecond): Promise<Summary>;
}

const seed: Constant = { name: 'seed', label: 'seed', value: 7, min: 0, max: 4_294_967_295, isInteger: true };
const timeout: Constant = { name: 'timeout', label: 'timeout of an attempt, ms', value: 10_000 };
const count = (name: string, label: string, value: number, max: number): Constant => ({ name, label, value, min: 1, max, isInteger: true });

const outageConstants = (remaining: number, from: number, length: number): readonly Constant[] => [
  count('length', 'seconds of trouble', length, 1_200),
  count('clients', 'clients', 2_000, 1_000_000),
  { name: 'perMinute', label: 'calls of a client per minute', value: 4.2, min: 0.01, max: 600 },
  count('processes', 'processes that share the clients', 20, 2_000),
  { name: 'capacity', label: 'requests per second it can serve', value: 200, min: 1, max: 100_000 },
  { name: 'remaining', label: 'of these, % while in trouble', value: remaining, min: 0.01, max: 100 },
  { ...count('from', 'seconds before it', from, 1_200), min: 0 },
  count('watch', 'seconds after it', 60, 1_200),
  timeout,
  seed,
];

const endOf = ({ from = 0, length = 0, watch = 0 }: Values): number => from + length + watch;

const callRate = ({ clients = 0, perMinute = 0 }: Values): number => clients * perMinute / 60;

const outage = (id: string, title: string, setup: string, constants: readonly Constant[]): Service => ({
  id,
  title,
  setup,
  facts: (values) => `${whole(values.clients ?? 0)} clients make ${whole(callRate(values))} calls per second; it can serve ${whole(values.capacity ?? 0)}.`,
  subject: 'the service ',
  constants,
  measures: ['retries', 'budget', 'breaker'],
  scale: 'clients',
  rate: callRate,
  calls: (values) => callRate(values) * endOf(values),
  end: endOf,
  trouble: ({ from = 0, length = 0 }) => [from, from + length],
  async simulate(enabled, values, onSecond) {
    const { from = 0, length = 0, watch = 0, capacity = 0, remaining = 0, processes = 0, timeout = 0, seed = 0 } = values;
    const scenario = { capacity, load: callRate(values) / capacity, remaining: remaining / 100, outageStart: from, outageEnd: from + length, end: endOf(values), processes, timeout };
    const result = await simulateOutage(policyOf(enabled, values), scenario, seed, onSecond);
    const { requestsPerCall, goodput, recovery, inFlight } = summarizeOutage(result);
    return {
      headline: recovery === Infinity ? `does not recover in the ${watch} s after the trouble` : recovery === 0 ? 'recovers at once' : `recovers ${recovery} s after the trouble`,
      load: ratio(requestsPerCall.after),
      score: -recovery,
      answered: goodput.after,
      figures: {
        'requests / call: during': ratio(requestsPerCall.during),
        'after': ratio(requestsPerCall.after),
        'answered: during': percent(goodput.during),
        'after it': percent(goodput.after),
        'a failure takes': Number.isNaN(result.timeToFail) ? '–' : seconds(result.timeToFail),
        'in flight, peak': whole(inFlight),
      },
    };
  },
});

/** Calls at an even rate to a service that is made for each simulation. */
async function steady(service: ServiceFactory, calls: number, span: number, enabled: readonly string[], values: Values, onSecond: OnSecond) {
  const { options, budget, layers } = policyOf(enabled, values);
  const all = { timeout: values.timeout, ...options, budget: budget?.(), layers: layers?.() };
  return simulateSteadyCalls({ options: all, service, calls, span }, values.seed ?? 0, onSecond);
}

const quota: Service = {
  id: 'quota',
  title: 'allows a quota',
  setup: 'Beyond its quota, the service responds with 429 and Retry-After.',
  facts: ({ calls = 0, load = 0, limit = 0, quotaWindow = 0 }) => `Its quota: ${whole(limit)} in ${seconds(quotaWindow)}. Calls come ${load} times as fast, ${whole(calls)} in all.`,
  subject: '',
  measures: ['retries', 'gate'],
  constants: [
    count('calls', 'calls', 300, 100_000),
    { name: 'load', label: 'calls, as a multiple of the quota', value: 5, min: 0.1, max: 1_000 },
    count('limit', 'requests per window', 20, 100_000),
    count('quotaWindow', 'window, ms', 10_000, 3_600_000),
    { name: 'latency', label: 'a response takes, ms', value: 50, min: 0, max: 600_000 },
    timeout,
    seed,
  ],
  scale: 'calls',
  rate: ({ load = 0, limit = 0, quotaWindow = 1 }) => load * limit * 1_000 / quotaWindow,
  calls: ({ calls = 0 }) => calls,
  // The calls last as long as their start, or as the quota needs for them.
  end: ({ calls = 0, load = 1, limit = 1, quotaWindow = 0 }) => Math.ceil(calls / limit / Math.min(1, load) * quotaWindow / 1_000),
  async simulate(enabled, values, onSecond) {
    const { calls = 0, load = 1, limit = 1, quotaWindow = 0, latency = 0 } = values;
    const { successRate, requestsPerCall, durations } = await steady(
      createQuotaService(limit, quotaWindow, latency), calls, calls * quotaWindow / limit / load, enabled, values, onSecond);
    return {
      headline: `${whole(durations.length)} of ${whole(calls)} calls are answered`,
      load: ratio(requestsPerCall),
      score: successRate - requestsPerCall / 1e3,
      figures: {
        'answered': percent(successRate),
        'requests per call': ratio(requestsPerCall),
        'answers of 429': whole(calls * requestsPerCall - durations.length),
        'median time': seconds(quantile(durations, 0.5) ?? NaN),
        'longest': seconds(quantile(durations, 1) ?? NaN),
      },
    };
  },
};

const slowTail: Service = {
  id: 'tail',
  title: 'is sometimes slow',
  setup: 'A few of its responses take far longer than the others.',
  facts: ({ calls = 0, slow = 0, late = 0, fast = 0 }) => `Calls: ${whole(calls)}. A response takes ${whole(fast)} ms, but ${slow} % of them ${whole(late)} ms.`,
  subject: '',
  measures: ['retries', 'hedge'],
  constants: [
    count('calls', 'calls', 2_000, 100_000),
    count('callSpan', 'seconds in which they start', 100, 3_600),
    { name: 'slow', label: '% of responses that are slow', value: 2, min: 0, max: 100 },
    { name: 'late', label: 'a slow response takes, ms', value: 3_000, min: 0, max: 600_000 },
    { name: 'fast', label: 'a fast response takes, ms', value: 50, min: 0, max: 600_000 },
    timeout,
    seed,
  ],
  scale: 'calls',
  rate: ({ calls = 0, callSpan = 1 }) => calls / callSpan,
  calls: ({ calls = 0 }) => calls,
  end: ({ callSpan = 0 }) => callSpan,
  async simulate(enabled, values, onSecond) {
    const { calls = 0, callSpan = 0, slow = 0, late = 0, fast = 0 } = values;
    const service: ServiceFactory = (clock, random) => () => respondAfter(clock, random() < slow / 100 ? late : fast);
    const { successRate, requestsPerCall, durations } = await steady(service, calls, callSpan * 1_000, enabled, values, onSecond);
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(durations, share) ?? NaN);
    return {
      headline: `1 call in 100 takes ${whole(p99 ?? NaN)} ms`,
      load: ratio(requestsPerCall),
      score: -(p99 ?? Infinity) - requestsPerCall,
      figures: {
        'answered': percent(successRate), 'requests per call': ratio(requestsPerCall),
        'p50, ms': whole(p50 ?? NaN), 'p95, ms': whole(p95 ?? NaN), 'p99, ms': whole(p99 ?? NaN),
      },
    };
  },
};

export const services: readonly Service[] = [
  outage('down', 'is down', 'It accepts requests and does not respond. Then it works through its queue, which also holds requests that nobody waits for any more.', outageConstants(0.1, 10, 20)),
  outage('outage', 'is overloaded', 'It loses 60 % of its capacity, and its queue grows. Calls that time out stay in the queue.', outageConstants(40, 30, 30)),
  quota,
  slowTail,
];
