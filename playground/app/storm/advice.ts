import { codeOf } from './code.ts';
import { ladder, type Rung, type Values } from './ladder.ts';
import type { Service, Summary } from './services.ts';

export interface Advice {
  /** The result without retries, and the effect of retries. */
  readonly verdict: string;
  /** The step to take. */
  readonly action: string;
  /** The program of the policy that the action names. */
  readonly code: string;
  /** The index of the best policy. */
  readonly best: number;
}

const listOf = (words: readonly string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);

const titlesOf = (rungs: readonly Rung[]): string => listOf(rungs.map(({ title }) => title));

const hasRetries = (rungs: readonly Rung[]): boolean => rungs.some(({ id }) => id === 'retries');

/** The rungs of a policy that have an effect: a budget limits retries alone. */
const effectiveOf = (rungs: readonly Rung[]): readonly Rung[] => rungs.filter(({ id }) => id !== 'budget' || hasRetries(rungs));

/** The conclusion, from the results alone. The first policy has no retries, and each further one has one more rung. */
export function adviceOf({ subject, rungs: usual }: Pick<Service, 'subject' | 'rungs'>, steps: readonly (readonly Rung[])[], summaries: readonly Summary[], values: Values): Advice {
  const score = (index: number): number => summaries[index]?.score ?? -Infinity;
  const resultOf = (index: number): string => `${subject}${summaries[index]?.headline ?? ''}`;
  // Of equal policies the one with the fewest rungs.
  const bestOf = (indexes: readonly number[]): number => indexes.reduce((other, index) => (score(index) > score(other) ? index : other));
  // A budget without retries is no candidate, because it changes nothing.
  const indexes = steps.flatMap((rungs, index) => (index === 0 || effectiveOf(rungs).length > effectiveOf(steps[index - 1] ?? []).length ? [index] : []));
  const best = bestOf(indexes);
  const [switchedOn, isRetried] = [steps.at(-1) ?? [], hasRetries(steps[1] ?? [])];
  const additions = effectiveOf(steps[best] ?? []).filter(({ id }) => id !== 'retries');
  const conclude = (action: string, index = best): Advice =>
    ({ verdict: verdictOf(), action, best, code: codeOf(effectiveOf(steps[index] ?? []), values) });
  const verdictOf = (): string => {
    const plain = `Without retries, ${resultOf(0)}.`;
    if (!isRetried) return switchedOn.some(({ id }) => id === 'budget') ? `${plain} A budget changes nothing, because it limits retries.` : plain;
    return score(1) < score(0) ? `Retries alone make it worse: ${resultOf(1)}, with ${summaries[1]?.load ?? ''} requests per call. ${plain}` : `${plain} With retries, ${resultOf(1)}.`;
  };

  if (additions.length > 0) return conclude(`${isRetried ? 'Keep retries, and switch' : 'Switch'} on ${titlesOf(additions)}${isRetried ? '' : ', and leave retries off'}: ${resultOf(best)}.`);
  if (best > 0) return conclude(switchedOn.length > 1 ? 'Retries are enough: nothing else that is switched on does better.' : 'Retries are enough here.');
  const missing = ladder.filter((rung) => usual.includes(rung.id) && !switchedOn.includes(rung));
  const nothing = switchedOn.length > 0 ? 'Nothing that is switched on does better.' : 'Nothing is switched on yet.';
  // Retries also bridge short failures, which no service here has: they stay on where they do no harm.
  const next = isRetried ? bestOf(indexes.slice(1)) : 0;
  const nextTitles = titlesOf((steps[next] ?? []).filter(({ id }) => id !== 'retries'));
  if (next > 1 && score(next) === score(0)) return { ...conclude(`Keep retries, and switch on ${nextTitles}: ${resultOf(next)}, as without retries.`, next), best: next };
  if (missing.length > 0 || score(next) === score(0) || score(next) === -Infinity) {
    const advice = missing.length > 0 ? ` Try ${titlesOf(missing)}${switchedOn.length > 0 ? ' too' : ''}.` : '';
    return conclude(`${nothing}${advice}`, next === 1 && score(1) === score(0) ? 1 : 0);
  }
  return conclude(`No retries do best here. Retries also bridge short failures: with ${titlesOf(steps[next] ?? [])}, ${resultOf(next)}.`, next);
}
