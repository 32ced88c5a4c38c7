import { isOneShot } from './body.ts';
import type { Failure, StopReason } from './failures.ts';
import { throwIfAborted, untilAborted } from './following.ts';
import { isRefused, requestFacts } from './request.ts';
import { hintOf, isTransient, nextDelay, type Attempt, type Delay, type Outcome, type RetryPolicy } from './retry-policy.ts';
import type { Call } from './retry.ts';
import { isCutByTotal } from './timeout.ts';

/** The record of an attempt that failed, with what follows it; `undefined` for one that did not fail. A predicate may take its time. */
export function failureOf(call: Call, outcome: Outcome): Failure | undefined | Promise<Failure | undefined> {
  const { policy, signal, input, init, attempt } = call;
  const { kind, response, error } = outcome;
  const elapsed = call.elapsed();
  const duration = elapsed - call.sent;
  if (isCutByTotal(signal)) return { attempt, kind: 'timeout', error: signal?.reason, duration, stopped: 'total-timeout' };
  throwIfAborted(signal);

  // A stand-in for a fetch may answer with nothing, which is no failure.
  const isBad = kind !== 'response' || policy.retryOn.statuses.has(response?.status);
  if (!isBad && policy.shouldRetry === undefined) return undefined;
  if (kind === 'network-error' && isRefused(input, call.made ?? init)) throw error;

  const request = requestFacts(input, init);
  const retryAfter = hintOf(response, policy);
  const transient = isTransient(outcome, request, policy.retryOn, retryAfter);
  const recorded = (isWanted: boolean): Failure | undefined => {
    if (!isBad && !isWanted) return undefined;
    const failure: Writable<Failure> = { attempt, kind, duration };
    if (response === undefined) failure.error = error;
    else failure.status = response.status;
    if (retryAfter !== undefined) failure.retryAfter = retryAfter;
    const next = isWanted ? followUp(call, retryAfter) : transient ? 'declined' : 'not-repeatable';
    if (typeof next === 'string') return { ...failure, stopped: next };
    failure.delay = next.delay;
    failure.delayFrom = next.delayFrom;
    return failure;
  };
  if (policy.shouldRetry === undefined) return recorded(transient);
  return ask(policy.shouldRetry, { ...outcome, attempt, transient, request, elapsed }, signal).then(recorded);
}

type Writable<Values> = { -readonly [Name in keyof Values]: Values[Name] };

/** The predicate's verdict, in place of that of the rules. What it throws at once counts no more than what it rejects with, once the call is aborted. */
const ask = (shouldRetry: NonNullable<RetryPolicy['shouldRetry']>, attempt: Attempt, signal: AbortSignal | undefined): Promise<boolean> =>
  untilAborted(new Promise<boolean>((resolve) => resolve(shouldRetry(attempt))), signal);

/** The wait before the next attempt, or the limit that forbids it. */
function followUp(call: Call, retryAfter: number | undefined): Delay | StopReason {
  const { policy, init, failures, attempt } = call;
  if (attempt > policy.retries) return 'retries-spent';
  if (isOneShot(init?.body)) return 'one-shot-body';
  const left = policy.totalTimeout < Infinity ? policy.totalTimeout - call.elapsed() : Infinity;
  const next = nextDelay(policy, attempt, failures.at(-1)?.delay, retryAfter, left);
  // Asked last, as what it gives is spent.
  const isUnpaid = typeof next !== 'string' && policy.budget !== undefined && !policy.budget.withdraw();
  return isUnpaid ? 'budget-empty' : next;
}
