import { percent } from '../../../bench/retry-storms/format.ts';
import { codeOf } from './code.ts';
import { allMeasures, type Measure, type Values } from './measures.ts';
import type { Service, Summary } from './services.ts';

export interface Advice {
  /** The result without retries, and the effect of retries. */
  readonly conclusion: string;
  /** The step to take. */
  readonly action: string;
  /** The program of the policy that the action names. */
  readonly code: string;
  /** The index of the best policy. */
  readonly best: number;
}

const listOf = (words: readonly string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);

const titlesOf = (measures: readonly Measure[]): string => listOf(measures.map(({ title }) => title));

const hasRetries = (measures: readonly Measure[]): boolean => measures.some(({ id }) => id === 'retries');

/** The measures of a policy that have an effect: a budget limits retries alone. */
const effectiveOf = (measures: readonly Measure[]): readonly Measure[] => measures.filter(({ id }) => id !== 'budget' || hasRetries(measures));

type Steps = readonly (readonly Measure[])[];

/** The results of the policies, by their index. */
interface Results {
  readonly steps: Steps;
  readonly score: (index: number) => number;
  /** The result in words, with its subject. */
  readonly resultOf: (index: number) => string;
  readonly load: string;
  /** The price of a policy, in words: fewer calls may succeed than without it. */
  readonly priceOf: (index: number) => string;
}

/** The index of the highest score. Of equal policies the one with the fewest measures. */
const bestOf = ({ score }: Results, indexes: readonly number[]): number => indexes.reduce((other, index) => (score(index) > score(other) ? index : other));

/** The effect of retries, if they are the first step. */
function conclusionOf({ steps, score, resultOf, load }: Results): string {
  const plain = `Without retries, ${resultOf(0)}.`;
  if (hasRetries(steps[1] ?? [])) {
    return score(1) < score(0) ? `Retries alone make it worse: ${resultOf(1)}, with ${load} requests per call. ${plain}` : `${plain} With retries, ${resultOf(1)}.`;
  }
  const hasBudget = (steps.at(-1) ?? []).some(({ id }) => id === 'budget');
  return hasBudget ? `${plain} A budget changes nothing, because it limits retries.` : plain;
}

interface Choice {
  readonly action: string;
  readonly best: number;
  /** The index of the policy to copy. */
  readonly copied: number;
}

/** The step to take, where it is to switch something on. */
function switchOn({ steps, resultOf, priceOf }: Results, best: number, addition = ''): Choice | undefined {
  const measures = effectiveOf(steps[best] ?? []);
  const additions = measures.filter(({ id }) => id !== 'retries');
  if (additions.length === 0) return undefined;
  const [start, end] = hasRetries(measures) ? ['Keep retries, and switch on', ''] : ['Switch on', ', and leave retries off'];
  return { action: `${start} ${titlesOf(additions)}${end}: ${resultOf(best)}${addition}.${priceOf(best)}`, best, copied: best };
}

/** The step to take where no policy does better than no retries. */
function stay(results: Results, candidates: readonly number[], usual: readonly string[]): Choice {
  const { steps, score, resultOf } = results;
  const switchedOn = steps.at(-1) ?? [];
  // Retries also bridge short failures, which no service here has: they stay on where they do no harm.
  const next = hasRetries(steps[1] ?? []) ? bestOf(results, candidates.slice(1)) : 0;
  const isEqual = score(next) === score(0);
  const equal = isEqual ? switchOn(results, next, ', as without retries') : undefined;
  if (equal) return equal;
  const missing = allMeasures.filter((measure) => usual.includes(measure.id) && !switchedOn.includes(measure));
  if (missing.length === 0 && !isEqual && score(next) > -Infinity) {
    return { action: `No retries do best here. Retries also bridge short failures: with ${titlesOf(steps[next] ?? [])}, ${resultOf(next)}.`, best: 0, copied: next };
  }
  const nothing = switchedOn.length > 0 ? 'Nothing that is switched on does better.' : 'Nothing is switched on yet.';
  const trial = missing.length > 0 ? ` Try ${titlesOf(missing)}${switchedOn.length > 0 ? ' too' : ''}.` : '';
  return { action: nothing + trial, best: 0, copied: isEqual ? next : 0 };
}

/** The conclusion, from the results alone. The first policy has no retries, and each further one has one more measure. */
export function adviceOf({ subject, measures }: Pick<Service, 'subject' | 'measures'>, steps: Steps, summaries: readonly Summary[], values: Values): Advice {
  const results: Results = {
    steps,
    score: (index) => summaries[index]?.score ?? -Infinity,
    resultOf: (index) => `${subject}${summaries[index]?.headline ?? ''}`,
    load: summaries[1]?.load ?? '',
    priceOf: (index) => {
      const [plain = 0, answered = 0] = [summaries[0]?.answered, summaries[index]?.answered];
      const isVisible = answered < plain && percent(answered) !== percent(plain);
      return isVisible ? ` Of the calls after it, ${percent(answered)} are answered, ${percent(plain)} without retries.` : '';
    },
  };
  // A budget without retries is no candidate, because it changes nothing.
  const candidates = steps.flatMap((step, index) => (index === 0 || effectiveOf(step).length > effectiveOf(steps[index - 1] ?? []).length ? [index] : []));
  const best = bestOf(results, candidates);
  const enough = { action: steps.length > 2 ? 'Retries are enough: nothing else that is switched on does better.' : 'Retries are enough here.', best, copied: best };
  const { copied, ...choice } = best === 0 ? stay(results, candidates, measures) : switchOn(results, best) ?? enough;
  return { conclusion: conclusionOf(results), ...choice, code: codeOf(effectiveOf(steps[copied] ?? []), values) };
}
