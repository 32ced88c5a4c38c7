import type { Rung } from './ladder.ts';
import type { Summary } from './services.ts';

export interface Advice {
  /** The effect of retries. */
  readonly verdict: string;
  /** The step to take. */
  readonly action: string;
  readonly code: string;
  /** The index of the best policy. */
  readonly best: number;
}

const listOf = (words: readonly string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);

/** The conclusion, from the results alone: what retries do, and which further step does best. */
export function adviceOf(subject: string, steps: readonly (readonly Rung[])[], summaries: readonly Summary[]): Advice {
  const score = (index: number): number => summaries[index]?.score ?? -Infinity;
  // Retries also bridge short failures, so a policy with retries is preferred over none.
  const candidates = steps.length > 1 ? steps.map((_, index) => index).slice(1) : [0];
  const best = candidates.reduce((other, index) => (score(index) > score(other) ? index : other));
  const resultOf = (index: number): string => `${subject}${summaries[index]?.headline ?? ''}`;
  const additions = (steps[best] ?? []).filter(({ id }) => id !== 'retries');
  const verdict = steps.length < 2 ? `Without retries, ${resultOf(0)}.`
    : score(1) < score(0) ? `Retries alone make it worse: ${resultOf(1)}, with ${summaries[1]?.load ?? ''} requests per call. Without retries, ${resultOf(0)}.`
    : `Without retries, ${resultOf(0)}. With retries, ${resultOf(1)}.`;
  const action = additions.length > 0 ? `Switch on ${listOf(additions.map(({ title }) => title))}: ${resultOf(best)}.` : 'Nothing that is switched on here does better.';
  return { verdict, action, best, code: codeOf(additions) };
}

function codeOf(rungs: readonly Rung[]): string {
  const layers = rungs.filter(({ code }) => code.startsWith('layers')).map(({ code }) => code.slice('layers: ['.length, -1));
  const members = [...rungs.filter(({ id }) => id === 'budget').map(({ code }) => code), ...(layers.length > 0 ? [`layers: [${layers.join(', ')}]`] : [])];
  return members.length > 0 ? `const api = resilientFetch.with({\n${members.map((member) => `  ${member},\n`).join('')}});` : 'const response = await resilientFetch(url);';
}
