import { makeAttempt, type Call } from './attempt.ts';
import { cancel, discard } from './body.ts';
import { remember } from './failures.ts';
import { throwIfAborted } from './following.ts';
import { hasOneShotHeaders, isRequest, signalOf, snapshotOf, type Layer } from './layer.ts';
import type { RetryPolicy } from './retry-policy.ts';
import { sleep } from './sleep.ts';
import { failureOf } from './verdict.ts';

/**
 * Makes an attempt. Hands over what came, as it is, if it is good, if no retry is left, or if the caller has aborted.
 * Asks how long to wait, drops the response, waits, and tries again.
 */
export const withRetry = (policy: RetryPolicy): Layer => (fetch) => async (input, init) => {
  const signal = signalOf(input, init);
  const started = policy.clock.now();
  const snapshot = policy.retries === 0 ? init : snapshotOf(init);
  const first = hasOneShotHeaders(init) ? snapshot : init;
  const call: Call = { policy, fetch, input, first, init: snapshot, signal, started, sent: started, failures: [] };
  try {
    let step = await tryOnce(call, 1);
    for (let retry = 1; step.wait !== undefined; retry += 1) {
      await step.wait;
      step = await tryOnce(call, 1 + retry);
    }
    return settle(call, step.response);
  } catch (error) {
    throw settle(call, error);
  }
};

/** Files what failed under what the call came to, and lets go of the body that no attempt needed. */
function settle<Result>({ input, failures, spare }: Call, result: Result): Result {
  if (spare !== undefined && spare !== input && isRequest(spare)) cancel(spare.body);
  return remember(result, failures);
}

/** What a turn of the loop comes to: a response to hand over, or a wait before the next turn. */
type Step =
  | { readonly response: Response; readonly wait?: undefined }
  | { readonly response?: undefined; readonly wait: Promise<void> };

/** One turn, in a function of its own: a loop that waits holds all that it has in scope, 2 to 3 kB for a response. */
async function tryOnce(call: Call, attempt: number): Promise<Step> {
  const { policy, signal, failures } = call;
  const outcome = await makeAttempt(call, attempt);
  try {
    const failure = await failureOf(call, attempt, outcome);
    if (failure !== undefined) {
      failures.push(failure);
      policy.onFailure?.(failure);
      throwIfAborted(signal);
    }
    if (failure?.delay !== undefined) {
      const wait = sleep(failure.delay, policy.clock, signal);
      discard(outcome.response, wait);
      return { wait };
    }
    if (outcome.response === undefined) throw outcome.error;
    return { response: outcome.response };
  } catch (error) {
    discard(outcome.response);
    throw error;
  }
}
