import { retryBudget } from 'resilient-fetch';
import { circuitBreaker, hedge, rateGate } from 'resilient-fetch/layers';
import type { Policy } from '../../../bench/retry-storms/model/policies.ts';

/** A number that a simulation depends on. Each is shown, and can be changed. */
export interface Constant {
  readonly name: string;
  readonly label: string;
  readonly value: number;
  /** The rule for a constant of the model. The library checks its own. */
  readonly min?: number;
  readonly max?: number;
  readonly isInteger?: boolean;
}

export type Values = Readonly<Record<string, number>>;

/** One thing to switch on. Its constants have the defaults of the library. */
export interface Measure {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  readonly constants: readonly Constant[];
}

/** All measures, in the order in which they are switched on. */
export const allMeasures: readonly Measure[] = [
  {
    id: 'retries', title: 'retries', explanation: 'A failed attempt is sent again, after a random wait.',
    constants: [
      { name: 'retries', label: 'retries after the first attempt', value: 3, min: 1, max: 100 },
      { name: 'base', label: 'backoff base, ms', value: 200 },
    ],
  },
  {
    id: 'budget', title: 'a budget', explanation: 'Retries of one process are paid for by its successes.',
    constants: [
      { name: 'reserve', label: 'reserve, retries', value: 10 },
      { name: 'ratio', label: 'deposit of a success', value: 0.1 },
      { name: 'window', label: 'window, ms', value: 10_000 },
    ],
  },
  {
    id: 'gate', title: 'a rate gate', explanation: 'A Retry-After delays all calls of the process, not only one.',
    constants: [
      { name: 'gateMax', label: 'longest hint, ms', value: 60_000 },
      { name: 'spread', label: 'spread, share of the hint', value: 0.25 },
    ],
  },
  {
    id: 'breaker', title: 'a circuit breaker', explanation: 'After failures in a row, calls fail at once and send nothing.',
    constants: [
      { name: 'failures', label: 'failures in a row', value: 10 },
      { name: 'open', label: 'open for, ms', value: 5_000 },
      { name: 'probeFor', label: 'longest probe, ms', value: 30_000 },
    ],
  },
  {
    id: 'hedge', title: 'a hedge', explanation: 'A second request is sent when the first is slow.',
    constants: [
      { name: 'after', label: 'hedge after, ms', value: 200 },
      { name: 'hedgeRatio', label: 'budget of hedges, per success', value: 0.05 },
    ],
  },
];

/** The default of each constant of the measures. */
export const measureDefaults: Values = Object.fromEntries(allMeasures.flatMap(({ constants }) => constants.map(({ name, value }) => [name, value] as const)));

/** The measures that a text such as `retries-budget` names. A text that names none means the defaults, except for `none`. */
export function enabledOf(text: string | undefined, defaults: readonly string[]): readonly string[] {
  const names = text?.split('-') ?? [];
  const known = allMeasures.map(({ id }) => id).filter((id) => names.includes(id));
  return known.length > 0 || text === 'none' ? known : defaults;
}

/** The policies to compare: no retries, then one more measure each time. */
export const stepsOf = (enabled: readonly string[]): readonly (readonly Measure[])[] => {
  const measures = allMeasures.filter(({ id }) => enabled.includes(id));
  return [[], ...measures.map((_, index) => measures.slice(0, index + 1))];
};

export const nameOf = (measures: readonly Measure[]): string => {
  const { id, title } = measures.at(-1) ?? {};
  if (title === undefined) return 'No retries';
  return id === 'retries' ? 'Retries' : `+ ${title}`;
};

export function policyOf(enabled: readonly string[], values: Values): Policy {
  const { retries = 0, base = 0, reserve, ratio, window, gateMax, spread, failures, open, probeFor, after = 0, hedgeRatio } = values;
  const has = (id: string): boolean => enabled.includes(id);
  const layers = [
    ...(has('gate') ? [() => rateGate({ max: gateMax, spread })] : []),
    ...(has('breaker') ? [() => circuitBreaker({ failures, open, probeFor })] : []),
    ...(has('hedge') ? [() => hedge({ after, budget: retryBudget({ ratio: hedgeRatio }) })] : []),
  ];
  return {
    name: enabled.join(),
    options: has('retries') ? { retries, backoff: { base } } : { retries: 0 },
    ...(has('budget') ? { budget: () => retryBudget({ reserve, ratio, window }) } : {}),
    layers: () => layers.map((create) => create()),
  };
}
