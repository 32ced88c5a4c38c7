import type { Observation, Script } from './script.ts';

/** Ends that random scripts must reach: a change of the scripts could hollow out the property unseen. */
const ends = [
  ...['response', 'network-error', 'timeout'].flatMap((kind) =>
    ['backoff', 'retries-spent', 'not-repeatable', 'permanent', 'declined', 'one-shot-body', 'total-timeout', 'budget-empty'].map((next) => `${kind}, ${next}`))
    // A stream has no timeout.
    .filter((end) => end !== 'timeout, one-shot-body'),
  'response, retry-after',
  'response, retry-after-too-long',
  'answer',
  'the attempt timeout of',
  'the total timeout of',
  'the error of shouldRetry',
  'the error of onFailure',
  'the error of the body factory',
  'a RangeError',
  'an abort before the call',
  'an abort in flight',
  'an abort in a wait',
  'an abort in an answer',
  'an abort in shouldRetry',
  'an abort in onFailure',
];

/** The ends that a call reached: each failure with what followed, and the result without its number. */
function endsOf(script: Script, { result, failures, requests }: Observation): string[] {
  const end = result === 'the reason' ? `an abort ${placeOf(script, failures.length < requests.length)}` : result.replace(/ \d+$/, '');
  return [end, ...failures.map(({ kind, stopped, delayFrom }) => `${kind}, ${stopped ?? delayFrom}`)];
}

function placeOf({ abort: { at, answer, shouldRetry, onFailure } = {} }: Script, isInFlight: boolean): string {
  if (at !== undefined) return isInFlight ? 'in flight' : 'in a wait';
  if (answer !== undefined) return 'in an answer';
  if (shouldRetry !== undefined) return 'in shouldRetry';
  return onFailure === undefined ? 'before the call' : 'in onFailure';
}

/** Counts how often each end is reached. */
export class EndCounter {
  readonly #counts: Map<string, number> = new Map(ends.map((end) => [end, 0]));

  add(script: Script, observation: Observation): void {
    for (const end of new Set(endsOf(script, observation))) this.#counts.set(end, (this.#counts.get(end) ?? 0) + 1);
  }

  /** Throws if an end is reached in fewer scripts. */
  check(least: number): void {
    const rare = [...this.#counts].filter(([, count]) => count < least);
    if (rare.length > 0) throw new Error(`Too few scripts reach an end: ${rare.map(([end, count]) => `${end} (${count})`).join('; ')}`);
  }
}
