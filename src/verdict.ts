import type { Call } from './attempt.ts';
import { isOneShot } from './body.ts';
import type { Failure, StopReason } from './failures.ts';
import { throwIfAborted, untilAborted } from './following.ts';
import { isRefused, requestFacts } from './request.ts';
import { hintOf, isTransient, nextDelay, type Attempt, type Delay, type Outcome } from './retry-policy.ts';
import { isCutByTotal } from './timeout.ts';

/** The record of an attempt that failed, with what follows it; `undefined` for one that did not fail. */
export async function failureOf(call: Call, attempt: number, outcome: Outcome): Promise<Failure | undefined> {
  const { policy, signal, input, init } = call;
  const { kind, response, error } = outcome;
  const duration = policy.clock.now() - call.sent;
  if (isCutByTotal(signal)) return { attempt, kind: 'timeout', error: signal?.reason, duration, stopped: 'total-timeout' };
  throwIfAborted(signal);

  const isBad = response === undefined || policy.retryOn.statuses.has(response.status);
  if (!isBad && policy.shouldRetry === undefined) return undefined;
  if (kind === 'network-error' && isRefused(input, call.made ?? init)) throw error;

  const request = requestFacts(input, init);
  const retryAfter = hintOf(response, policy);
  const transient = isTransient(outcome, request, policy.retryOn, retryAfter);
  const elapsed = policy.clock.now() - call.started;
  const isWanted = await isRetryWanted(call, { ...outcome, attempt, transient, request, elapsed });
  if (!isBad && !isWanted) return undefined;

  const next = isWanted ? followUp(call, attempt, retryAfter) : transient ? 'declined' : 'not-repeatable';
  return {
    attempt,
    kind,
    ...(response === undefined ? { error } : { status: response.status }),
    duration,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(typeof next === 'string' ? { stopped: next } : next),
  };
}

/** The rules' verdict, unless there is a predicate to ask. */
async function isRetryWanted({ policy, signal }: Call, attempt: Attempt): Promise<boolean> {
  if (policy.shouldRetry === undefined) return attempt.transient;
  const answer = await untilAborted(Promise.resolve(policy.shouldRetry(attempt)), signal);
  throwIfAborted(signal);
  return answer;
}

/** The wait before the next attempt, or the limit that forbids it. */
function followUp({ policy, init, started, failures }: Call, attempt: number, retryAfter: number | undefined): Delay | StopReason {
  if (attempt > policy.retries) return 'retries-spent';
  if (isOneShot(init?.body)) return 'one-shot-body';
  const left = started + policy.totalTimeout - policy.clock.now();
  return nextDelay(policy, attempt, failures.at(-1)?.delay, retryAfter, left);
}
