import { failed, makeAttempt, responded, type Call } from './attempt.ts';
import { cancel, discard, isBodyFactory, sendsOwnBody } from './body.ts';
import { remember } from './failures.ts';
import { throwIfAborted } from './following.ts';
import { hasOneShotHeaders, isRequest, signalOf, snapshotOf, type Attempted, type Fetch, type Init, type Input } from './layer.ts';
import type { Outcome, RetryPolicy } from './retry-policy.ts';
import { sleep } from './sleep.ts';
import { failureOf } from './verdict.ts';

/**
 * Makes an attempt. Hands over what came, as it is, if it is good, if no retry is left, or if the caller has aborted.
 * Asks how long to wait, drops the response, waits, and tries again.
 */
export const withRetry = (policy: RetryPolicy) => (fetch: Attempted): Fetch => (input, init) => {
  const call = callWith(policy, fetch, input, init);
  if (isBodyFactory(init?.body) || sendsOwnBody(input, init)) return persist(call, tryOnce(call, 1));
  // Most calls end here, for a third of what the loop costs.
  return fetch(input, call.first, call).then(
    (response) => isGood(call, response) ? remember(response, call.failures) : persist(call, judge(call, 1, responded(response))),
    (error) => persist(call, judge(call, 1, failed(error))),
  );
};

/** Whether there is nothing to judge, and nobody to ask. */
const isGood = ({ policy, signal }: Call, { status }: Response): boolean =>
  policy.shouldRetry === undefined && !policy.retryOn.statuses.has(status) && !signal?.aborted;

function callWith(policy: RetryPolicy, fetch: Attempted, input: Input, init: Init | undefined): Call {
  const snapshot = policy.retries === 0 ? init : snapshotOf(init);
  const started = policy.clock.now();
  return {
    policy, fetch, input, init: snapshot, started, sent: started, failures: [],
    first: hasOneShotHeaders(init) ? snapshot : init,
    signal: signalOf(input, init),
    // What can be changed meanwhile is kept as it was at the call.
    spare: typeof input === 'string' || isRequest(input) ? input : String(input),
    made: undefined, request: undefined,
  };
}

/** Goes on until a turn comes to an end. */
async function persist(call: Call, first: Promise<Step>): Promise<Response> {
  try {
    let step = await first;
    for (let attempt = 2; step.wait !== undefined; attempt += 1) {
      await step.wait;
      step = await tryOnce(call, attempt);
    }
    return settle(call, step.response);
  } catch (error) {
    throw settle(call, error);
  }
}

/** Files what failed under what the call came to, and lets go of the body that no attempt needed. */
function settle<Result>({ input, failures, spare }: Call, result: Result): Result {
  if (spare !== input && isRequest(spare)) cancel(spare.body);
  return remember(result, failures);
}

/** What a turn of the loop comes to: a response to hand over, or a wait before the next turn. */
type Step =
  | { readonly response: Response; readonly wait?: undefined }
  | { readonly response?: undefined; readonly wait: Promise<void> };

/** One turn, in a function of its own: a loop that waits holds all that it has in scope, 2 to 3 kB for a response. */
const tryOnce = async (call: Call, attempt: number): Promise<Step> => judge(call, attempt, await makeAttempt(call, attempt));

/** What follows from an attempt. */
async function judge(call: Call, attempt: number, outcome: Outcome): Promise<Step> {
  const { policy, signal, failures } = call;
  try {
    const failure = await failureOf(call, attempt, outcome);
    if (failure !== undefined) {
      failures.push(failure);
      policy.onFailure?.(failure);
      throwIfAborted(signal);
    }
    if (failure?.delay !== undefined) {
      const wait = sleep(failure.delay, policy.clock, signal);
      discard(outcome.response, wait, call.request);
      call.request = undefined;
      return { wait };
    }
    if (outcome.response === undefined) throw outcome.error;
    return { response: outcome.response };
  } catch (error) {
    discard(outcome.response, undefined, call.request);
    throw error;
  }
}
