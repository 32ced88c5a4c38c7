import { throwIfAborted, untilAborted } from './abort-forwarding.ts';
import type { Failure, StopReason } from './failures.ts';
import { isOneShot, type Init } from './fetch-arguments.ts';
import { isRejectedByFetch, requestFacts } from './request.ts';
import { hintOf, isTransient, nextDelay, type Attempt, type Delay, type Outcome, type RetryPolicy } from './retry-policy.ts';
import { hasTimedOut } from './timeout.ts';

/** The parts of a call that decide what follows its latest attempt. */
export interface AttemptedCall {
  readonly policy: RetryPolicy;
  readonly input: Request | string;
  readonly init: Init | undefined;
  readonly signal: AbortSignal | undefined;
  /** The number of the latest attempt, from 1, and when it was started, in milliseconds since the call. */
  readonly attempt: number;
  readonly attemptStarted: number;
  readonly failures: readonly Failure[];
  /** The init of the latest attempt, where a body factory made its body. */
  readonly initWithBody?: Init;
  elapsed(): number;
}

type Writable<Values> = { -readonly [Name in keyof Values]: Values[Name] };

/** The failure record of an attempt, with the delay of its retry or the reason for none; `undefined` if it did not fail. */
export function classify(call: AttemptedCall, outcome: Outcome): Failure | undefined | Promise<Failure | undefined> {
  const { policy, signal, input, init, attempt } = call;
  const { kind, response, error } = outcome;
  const elapsed = call.elapsed();
  const duration = elapsed - call.attemptStarted;
  if (hasTimedOut(signal)) return { attempt, kind: 'timeout', error: signal?.reason, duration, stopped: 'total-timeout' };
  throwIfAborted(signal);

  // A mock fetch may resolve to nothing. That is no failure.
  const isBad = kind !== 'response' || policy.retryOn.statuses.has(response?.status);
  if (!isBad && policy.shouldRetry === undefined) return undefined;
  if (kind === 'network-error' && isRejectedByFetch(input, call.initWithBody ?? init)) throw error;

  const request = requestFacts(input, init);
  const retryAfter = hintOf(response, policy);
  const transient = isTransient(outcome, request, policy.retryOn, retryAfter);
  const record = (shouldRetry: boolean): Failure | undefined => {
    if (!isBad && !shouldRetry) return undefined;
    const failure: Writable<Failure> = { attempt, kind, duration };
    if (response === undefined) failure.error = error;
    else failure.status = response.status;
    if (retryAfter !== undefined) failure.retryAfter = retryAfter;
    const next = shouldRetry ? retryOrStop(call, retryAfter) : transient ? 'declined' : 'not-repeatable';
    return Object.assign(failure, typeof next === 'string' ? { stopped: next } : next);
  };
  if (policy.shouldRetry === undefined) return record(transient);
  return ask(policy.shouldRetry, { ...outcome, attempt, transient, request, elapsed }, signal).then(record);
}

/** Calls the predicate. The promise turns what it throws into a rejection, so that an abort wins over it. */
const ask = (shouldRetry: NonNullable<RetryPolicy['shouldRetry']>, attempt: Attempt, signal: AbortSignal | undefined): Promise<boolean> =>
  untilAborted(new Promise<boolean>((resolve) => resolve(shouldRetry(attempt))), signal);

/** The delay before the next attempt, or the limit that forbids it. */
function retryOrStop(call: AttemptedCall, retryAfter: number | undefined): Delay | StopReason {
  const { policy, init, failures, attempt } = call;
  if (attempt > policy.retries) return 'retries-spent';
  if (isOneShot(init?.body)) return 'one-shot-body';
  const timeLeft = policy.totalTimeout < Infinity ? policy.totalTimeout - call.elapsed() : Infinity;
  const next = nextDelay(policy, attempt, failures.at(-1)?.delay, retryAfter, timeLeft);
  if (typeof next === 'string') return next;
  // Last, since a withdrawal cannot be undone.
  return policy.budget === undefined || policy.budget.withdraw() ? next : 'budget-empty';
}
