import { createInternalSlot } from './internal-slot.ts';

/**
 * Why no retry followed a failed attempt:
 * - `'retries-spent'`: it was the last that `retries` allows;
 * - `'not-repeatable'`: the rules take it as permanent, or its request as unsafe to repeat (RFC 9110 9.2.2);
 * - `'declined'`: the rules would have retried, and `shouldRetry` said no;
 * - `'one-shot-body'`: its body was a stream or an async iterable, and is used up;
 * - `'retry-after-too-long'`: the server asked for a longer wait than `maxRetryAfter`;
 * - `'total-timeout'`: `totalTimeout` cut the attempt, or leaves no time for the wait;
 * - `'budget-empty'`: `budget` had too little left to pay for it.
 */
export type StopReason =
  | 'retries-spent'
  | 'not-repeatable'
  | 'declined'
  | 'one-shot-body'
  | 'retry-after-too-long'
  | 'total-timeout'
  | 'budget-empty';

/** What one failed attempt came to, and what followed. Holds no Response. */
export interface Failure {
  /** Which attempt failed, from 1. */
  readonly attempt: number;
  /** Whether an answer came, none could be had, or a timeout of ours cut the attempt. */
  readonly kind: 'response' | 'network-error' | 'timeout';
  /** The status of the response, where one came. */
  readonly status?: number;
  /** What fetch rejected with, where no response came. */
  readonly error?: unknown;
  /** How long the attempt took, in milliseconds. */
  readonly duration: number;
  /** The wait before the next attempt, in milliseconds; absent where none follows. */
  readonly delay?: number;
  /** Whether the wait was asked for by the server, or is ours alone. */
  readonly delayFrom?: 'retry-after' | 'backoff';
  /** What the server asked for, in milliseconds, where it did. */
  readonly retryAfter?: number;
  /** Why no retry followed; absent where one did. */
  readonly stopped?: StopReason;
}

const histories = createInternalSlot<readonly Failure[]>();

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/**
 * The failed attempts behind a response or an error, oldest first; empty when nothing failed, and for a primitive.
 * Of an object that several calls end with, as an abort reason can be, it tells the latest call's.
 *
 * @example
 * const response = await resilientFetch(url);
 * for (const { attempt, status, delay } of failuresOf(response)) console.log(attempt, status, delay);
 */
export const failuresOf = (result: unknown): readonly Failure[] =>
  (isObject(result) && histories.get(result)) || [];

/** Files the failures under the result that they led to, and gives that back. */
export function recordFailures<Result>(result: Result, failures: readonly Failure[]): Result {
  if (isObject(result) && (failures.length > 0 || histories.get(result) !== undefined)) histories.set(result, failures);
  return result;
}
