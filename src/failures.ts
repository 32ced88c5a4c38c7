import { isObject } from './fetch-arguments.ts';
import { createInternalSlot } from './internal-slot.ts';

/**
 * The reason why no retry followed a failed attempt:
 * - `'retries-spent'`: it was the last attempt that `retries` allows;
 * - `'permanent'`: the same request would fail the same way again;
 * - `'not-repeatable'`: the method is not safe to send again (RFC 9110 9.2.2);
 * - `'declined'`: the failure is transient, and `shouldRetry` returned false;
 * - `'one-shot-body'`: the body was a stream or an async iterable, which is used up;
 * - `'retry-after-too-long'`: the server named a longer wait than `maxRetryAfter`;
 * - `'total-timeout'`: `totalTimeout` ended the attempt, or ends before the wait would;
 * - `'budget-empty'`: the `budget` refused the withdrawal.
 */
export type StopReason =
  | 'retries-spent'
  | 'permanent'
  | 'not-repeatable'
  | 'declined'
  | 'one-shot-body'
  | 'retry-after-too-long'
  | 'total-timeout'
  | 'budget-empty';

/** The record of one failed attempt, and of the retry that followed or did not. References no Response. */
export interface Failure {
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** The method of the request. */
  readonly method: string;
  /** The URL of the request, without user name, password, query and fragment, so that it can be logged. */
  readonly url: string;
  /**
   * The kind of the failure:
   * - `'response'`: a response whose status is in `retryOn.statuses`, or that `shouldRetry` chose to retry; see `status`;
   * - `'network-error'`: fetch or a layer rejected; see `error`;
   * - `'timeout'`: the attempt was aborted by `timeout` or `totalTimeout`; `error` is a `TimeoutError`.
   */
  readonly kind: 'response' | 'network-error' | 'timeout';
  /** The status, where `kind` is `'response'`. */
  readonly status?: number;
  /** The error, where `kind` is not `'response'`. */
  readonly error?: unknown;
  /** The duration of the attempt, in milliseconds. */
  readonly duration: number;
  /** The wait before the next attempt, in milliseconds. Absent where no retry follows. */
  readonly delay?: number;
  /** `'retry-after'` if the server named a wait, else `'backoff'`. */
  readonly delayFrom?: 'retry-after' | 'backoff';
  /** The wait that the server named, in milliseconds. */
  readonly retryAfter?: number;
  /** The reason why no retry followed. Absent where one did. */
  readonly stopped?: StopReason;
}

const histories = createInternalSlot<readonly Failure[]>();

/** The longest chain of causes that is searched: a cycle ends there. */
const maxCauses = 10;

/**
 * Returns the failed attempts behind a response or an error, oldest first: the first 50 and the last 50. Empty when nothing
 * failed, and for a primitive. Searches the causes of an error too, because clients wrap the errors of fetch.
 * Several calls may end with one object, such as an abort reason: then you get the failures of the latest call.
 *
 * @example
 * const response = await resilientFetch(url);
 * for (const { attempt, status, delay } of failuresOf(response)) console.log(attempt, status, delay);
 */
export function failuresOf(result: unknown): readonly Failure[] {
  for (let [object, depth] = [result, 0]; isObject(object) && depth < maxCauses; object = causeOf(object), depth += 1) {
    const failures = histories.get(object);
    if (failures !== undefined) return failures;
  }
  return [];
}

function causeOf(object: object): unknown {
  try {
    return (object as { cause?: unknown }).cause;
  } catch {
    // A getter or a revoked proxy may throw.
    return undefined;
  }
}

/** Links the failures to the result of the call, and returns the result. */
export function recordFailures<Result>(result: Result, failures: readonly Failure[]): Result {
  if (isObject(result) && (failures.length > 0 || histories.get(result) !== undefined)) histories.set(result, failures);
  return result;
}

/** Links the failures behind one result to another one too. */
export const copyFailures = <Result extends object>(result: Result, from: object): Result => recordFailures(result, histories.get(from) ?? []);

/** Keeps the first 50 and the last 50 failures, so that the memory and time of `retries: Infinity` stay flat. */
export const addFailure = (failures: readonly Failure[], failure: Failure): readonly Failure[] =>
  failures.length < 100 ? [...failures, failure] : [...failures.slice(0, 50), ...failures.slice(51), failure];
