import type { Rung } from './ladder.ts';
import type { Summary } from './services.ts';

export interface Advice {
  readonly verdict: string;
  readonly action: string;
  readonly code: string;
  /** The index of the best policy. */
  readonly best: number;
}

const listOf = (words: readonly string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);

/** The conclusion, from the results alone: what retries do, and which further step does best. */
export function adviceOf(steps: readonly (readonly Rung[])[], summaries: readonly Summary[]): Advice {
  const score = (index: number): number => summaries[index]?.score ?? -Infinity;
  // Retries also bridge short failures, so a policy with retries is preferred over none.
  const candidates = steps.length > 1 ? steps.map((_, index) => index).slice(1) : [0];
  const best = candidates.reduce((other, index) => (score(index) > score(other) ? index : other));
  const [none, plain] = [summaries[0]?.headline ?? '', summaries[1]?.headline ?? ''];
  const additions = (steps[best] ?? []).filter(({ id }) => id !== 'retries');
  const verdict = steps.length < 2 ? `Without retries: ${none}.`
    : score(1) < score(0) ? `Retries alone make it worse: ${plain}. Without them: ${none}.`
    : `Without retries: ${none}. With retries: ${plain}.`;
  const action = additions.length === 0 ? 'Nothing that is switched on here does better.' : `Switch on ${listOf(additions.map(({ title }) => title))}: ${summaries[best]?.headline ?? ''}.`;
  return { verdict, action, best, code: codeOf(additions) };
}

function codeOf(rungs: readonly Rung[]): string {
  const layers = rungs.filter(({ code }) => code.startsWith('layers')).map(({ code }) => code.slice('layers: ['.length, -1));
  const members = [...rungs.filter(({ id }) => id === 'budget').map(({ code }) => code), ...(layers.length > 0 ? [`layers: [${layers.join(', ')}]`] : [])];
  return members.length > 0 ? `const api = resilientFetch.with({ ${members.join(', ')} });` : 'const response = await resilientFetch(url);';
}
