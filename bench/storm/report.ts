import { markdown } from '../table.ts';
import { known } from './contention.ts';
import type { Results } from './jobs.ts';
import { story, verdictOf, type Verdict } from './outage.ts';
import { atOnce, noRetries, ours, oursWithBudget } from './policies.ts';
import { retriesIn, whole } from './words.ts';

const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)} %`;
const times = (value: number): string => value.toFixed(2);
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const recovery = (value: number): string => (value === Infinity ? 'never' : value === 0 ? 'at once' : `${value} s`);

const unique = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];

/** What is seen of an outage, as cells: during and after. */
const verdictCells = ({ amplification, goodput, recovery: value }: Verdict): string[] =>
  [times(amplification[0]), times(amplification[1]), percent(goodput[0]), percent(goodput[1]), recovery(value)];

const verdictHeads = ['requests a call, in the outage', 'in the minute after', 'answered in time, in the outage', 'in the minute after', '99 % again after'];

/** Our figures beside those of the simulator that the model is of. */
export function contentionTable({ contention }: Results): string[] {
  const compared = contention.filter(({ clients }) => clients === 100);
  const off = (ours: number, theirs: number): string => `${ours < theirs ? '-' : '+'}${Math.abs(100 * (ours / theirs - 1)).toFixed(1)} %`;
  return markdown([
    ['100 clients, 100 runs', 'calls', 'known', 'off by', 'ms', 'known', 'off by'],
    ...compared.map(({ jitter, calls, ms }) => {
      const [knownCalls, knownMs] = known[jitter] ?? [NaN, NaN];
      return [jitter, whole(calls), whole(knownCalls), off(calls, knownCalls), whole(ms), whole(knownMs), off(ms, knownMs)];
    }),
  ]);
}

export const outageTable = ({ outage }: Results): string[] =>
  markdown([['policy', ...verdictHeads], ...outage.map((one) => [one.policy, ...verdictCells(verdictOf(one))])]);

export const variantTable = ({ variant }: Results): string[] =>
  markdown([['other than the story', 'policy', ...verdictHeads], ...variant.map(({ about, value, policy, verdict }) => [`${about} ${value}`, policy, ...verdictCells(verdict)])]);

export const restartTable = ({ restart }: Results): string[] => markdown([
  ['Retry-After is', 'clients', 'can be served in', 'added to it', 'peak, requests/s', 'calls that end well', 'requests a call', 'later than asked, median'],
  ...restart.map(({ wording, clients, within, spread, peak, good, amplification, late }) =>
    [wording === 'seconds' ? '30' : 'a date', whole(clients), `${within} s`, spread, whole(peak), percent(good), times(amplification), seconds(late)]),
]);

export const rideOutTable = ({ rideOut }: Results): string[] => {
  const lengths = unique(rideOut.map(({ gone }) => gone));
  const nameOf = ({ retries, base }: Results['rideOut'][number]): string => `${retriesIn(retries)} from ${whole(base)} ms`;
  return markdown([
    ['gone for', ...lengths.map((gone) => seconds(gone))],
    ...unique(rideOut.map(nameOf)).map((name) => [name, ...rideOut.filter((one) => nameOf(one) === name).map(({ good }) => percent(good))]),
  ]);
};

export const flakyTable = ({ flaky }: Results): string[] => {
  const shares = unique(flaky.map(({ failing }) => failing));
  const nameOf = ({ retries, budget }: Results['flaky'][number]): string =>
    `${retriesIn(retries)}, ${budget === undefined ? 'no budget' : `a budget of ${budget.capacity} / ${budget.ratio}`}`;
  return markdown([
    ['answers that fail', ...shares.flatMap((failing) => [percent(failing), 'requests a call'])],
    ...unique(flaky.map(nameOf)).map((name) =>
      [name, ...flaky.filter((one) => nameOf(one) === name).flatMap(({ good, amplification }) => [percent(good, 2), times(amplification)])]),
  ]);
};

export const patienceTable = ({ patience }: Results): string[] => markdown([
  ['longest wait', 'requests/s of 100 000 clients', 'they notice its end after, median'],
  ...patience.map(({ max, rate, late }) => [seconds(max), whole(rate), seconds(late)]),
]);

export const scaleTable = ({ scale }: Results): string[] => markdown([
  ['calls at once', 'bytes a call in flight', 'in its wait', 'left behind', 'calls/s of processor time'],
  ...scale.map(({ calls, inFlight, waiting, left, perSecond }) => [whole(calls), whole(inFlight), whole(waiting), left.toFixed(1), whole(perSecond)]),
]);

/** The lines of figures that the README shows. */
export function headline(results: Results): string[] {
  const of = (name: string): Verdict => verdictOf(results.outage.find(({ policy }) => policy === name) ?? noStory());
  const [none, naive, plain, paid] = [noRetries, atOnce, ours, oursWithBudget].map(({ name }) => of(name)) as [Verdict, Verdict, Verdict, Verdict];
  return [
    `- No retries: the service is well again ${words(none.recovery)}. 3 retries at once: ${words(naive.recovery)}, at ${times(naive.amplification[1])} requests a call after it.`,
    `- Our default, without a budget: ${words(plain.recovery)}, at ${times(plain.amplification[1])} requests a call after it.`,
    `- With \`budget: retryBudget()\`: ${words(paid.recovery)}, at ${times(paid.amplification[0])} requests a call in the outage and ${times(paid.amplification[1])} after it.`,
  ];
}

const words = (value: number): string => (value === Infinity ? 'not within 2 minutes' : value === 0 ? 'at once' : `within ${value} s`);

function noStory(): never {
  throw new Error(`no outage of ${story.to - story.from} s was played`);
}
