import { throwIfAborted, untilAborted } from './abort-forwarding.ts';
import { withdrawFrom } from './checks.ts';
import type { TimeoutError } from './errors.ts';
import type { Failure, StopReason } from './failures.ts';
import { isOneShot, isRequest, type Init } from './fetch-arguments.ts';
import { chain, isPromise, type MaybePromise } from './maybe-promise.ts';
import { isRejectedByFetch, loggableUrl, originOf, requestFacts } from './request.ts';
import { retryAfterOf } from './retry-after.ts';
import type { BudgetContext, WithdrawalContext } from './retry-budget.ts';
import { checkHint, nextDelay, obstacleTo, type Attempt, type Delay, type Outcome, type RetryPolicy } from './retry-policy.ts';
import { hasTimedOut } from './timeout.ts';

/** The parts of a call that decide what follows its latest attempt. */
export interface AttemptedCall {
  readonly policy: RetryPolicy;
  readonly input: Request | string;
  readonly init: Init | undefined;
  readonly signal: AbortSignal | undefined;
  /** The number of the latest attempt, from 1. */
  readonly attempt: number;
  /** The start of the call and of its latest retry, on the call's clock. */
  readonly started: number;
  readonly attemptStarted?: number;
  readonly failures: readonly Failure[];
  readonly createdBody?: CreatedBody;
}

/** The init of the latest attempt, where a body factory created its body. `cancel` ends a body that discard() cannot. */
export interface CreatedBody {
  readonly init: Init;
  readonly cancel: (() => void) | undefined;
}

type Writable<Values> = { -readonly [Name in keyof Values]: Values[Name] };

/** The failure record of an attempt, with the delay of its retry or the reason for none; `undefined` if it did not fail. */
export function classify(call: AttemptedCall, outcome: Outcome): MaybePromise<Failure | undefined> {
  const { policy, signal, input, init, attempt } = call;
  const { kind, response, error } = outcome;
  const now = policy.clock.now();
  const isTotalTimeout = hasTimedOut(signal);
  if (!isTotalTimeout) throwIfAborted(signal);

  // A mock fetch may resolve to nothing. That is no failure.
  const isBad = isTotalTimeout || kind !== 'response' || policy.retryOn.statuses.has(response?.status);
  if (!isBad && policy.shouldRetry === undefined) return undefined;

  const request = requestFacts(input, init);
  const failure: Writable<Failure> = { attempt, method: request.method, url: loggableUrl(request.url), kind, duration: now - (call.attemptStarted ?? call.started) };
  if (isTotalTimeout) return Object.assign(failure, { kind: 'timeout', error: signal?.reason as unknown, stopped: 'total-timeout' } as const);
  if (kind === 'network-error' && isRejectedByFetch(input, call.createdBody?.init ?? init)) throw error;

  return chain(hintOf(response, policy, signal), (retryAfter) => {
    const redirect = init?.redirect ?? (isRequest(input) ? input.redirect : undefined);
    const mayFollowRedirects = redirect !== 'manual' && redirect !== 'error';
    const obstacle = obstacleTo(outcome, request, mayFollowRedirects, policy.retryOn, retryAfter);
    const record = (shouldRetry: boolean): Failure | undefined => {
      if (!isBad && !shouldRetry) return undefined;
      if (response === undefined) failure.error = error;
      else failure.status = response.status;
      if (retryAfter !== undefined) failure.retryAfter = retryAfter;
      // A layer rejects so where its wait would outlast the call.
      const isTotal = obstacle === 'permanent' && kind === 'timeout' && (error as TimeoutError).scope === 'total';
      const next = shouldRetry ? retryOrStop(call, failure) : isTotal ? 'total-timeout' : obstacle ?? 'declined';
      return Object.assign(failure, typeof next === 'string' ? { stopped: next } : next);
    };
    const { shouldRetry } = policy;
    if (shouldRetry === undefined) return record(obstacle === undefined);
    const attempted: Attempt = { ...outcome, attempt, transient: obstacle === undefined, request, elapsed: now - call.started };
    // The promise turns what the predicate throws into a rejection, so that an abort wins over it.
    return untilAborted(new Promise<boolean>((resolve) => resolve(shouldRetry(attempted))), signal).then(record);
  });
}

/** The wait that the response names, in milliseconds, if any. */
export function hintOf(response: Response | undefined, { retryAfter, clock }: RetryPolicy, signal: AbortSignal | undefined): MaybePromise<number | undefined> {
  if (!response) return undefined;
  const date = clock.date();
  const hint = retryAfter(response, date);
  return chain(isPromise(hint) ? untilAborted(hint, signal) : hint, (ms) => {
    const wait = ms === undefined ? retryAfterOf(response, date) : ms;
    return wait === undefined || wait === null ? undefined : checkHint(wait, 'retryAfter');
  });
}

/** The time and the origin of a call, for a budget. */
export const budgetContext = ({ policy, input, init }: AttemptedCall): BudgetContext =>
  ({ now: policy.clock.now(), origin: originOf(requestFacts(input, init).url) });

/** The delay before the next attempt, or the limit that forbids it. */
function retryOrStop(call: AttemptedCall, failure: Failure): Delay | StopReason {
  const { policy, init, failures, attempt } = call;
  if (attempt > policy.retries) return 'retries-spent';
  if (isOneShot(init?.body)) return 'one-shot-body';
  const timeLeft = policy.totalTimeout < Infinity ? policy.totalTimeout - policy.clock.now() + call.started : Infinity;
  const next = nextDelay(policy, attempt, failures.at(-1)?.delay, failure.retryAfter, timeLeft);
  if (typeof next === 'string') return next;
  // Last, since a withdrawal cannot be undone.
  const isPaid = !policy.budget || withdrawFrom<WithdrawalContext>(policy.budget, { ...budgetContext(call), failure: { ...failure } });
  return isPaid ? next : 'budget-empty';
}
