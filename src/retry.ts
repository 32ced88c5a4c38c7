import { makeAttempt } from './attempt.ts';
import { cancel, drain, drop, stop, type Rest } from './body.ts';
import { TimeoutError } from './errors.ts';
import { remember, type Failure } from './failures.ts';
import { throwIfAborted, type Follower } from './following.ts';
import { hasOneShotHeaders, isRequest, signalOf, snapshotOf, type Init } from './init.ts';
import type { Asker, Layer, Send } from './layer.ts';
import type { Outcome, RetryPolicy } from './retry-policy.ts';
import { sleepFor, type Sleeper } from './sleep.ts';
import { failureOf } from './verdict.ts';

/**
 * Makes an attempt. Hands over what came, as it is, if it is good, if no retry is left, or if the caller has aborted.
 * Asks how long to wait, drops the response, waits, and tries again.
 */
export const withRetry = (policy: RetryPolicy): Layer => (send) => (input, init, asker) => {
  try {
    const snapshot = policy.retries === 0 ? init : snapshotOf(init);
    const call = new Call(policy, send, isRequest(input) ? input : String(input), snapshot, asker);
    makeAttempt(call, input, hasOneShotHeaders(init) ? snapshot : init);
  } catch (error) {
    // Told rather than thrown, as a total timeout has begun.
    asker.fail(error);
  }
};

const none: readonly Failure[] = [];

/** What a signal is aborted with may be anything: a revoked proxy throws where it is looked at. */
function isTimeout(error: unknown): boolean {
  try {
    return error instanceof TimeoutError;
  } catch {
    return false;
  }
}

/**
 * A call, from its first attempt to what it comes to. A class that is told of each attempt and of the end of each wait, and
 * no loop, as a loop that waits is a promise and a frame more, and holds all that it has in scope, 2 to 3 kB for a response.
 */
export class Call implements Asker, Sleeper {
  readonly policy: RetryPolicy;
  readonly send: Send;
  readonly asker: Asker;
  /** Input and init as they were at the call. */
  readonly input: Request | string;
  readonly init: Init | undefined;
  /** The abort of the caller, or of the total timeout. Read once: where there are no retries, init is the caller's own, who may change it. */
  readonly signal: AbortSignal | undefined;
  readonly started: number;
  /** The present attempt, from 1, and when it was begun, counted from the call. */
  attempt: number = 1;
  sent: number = 0;
  /** The attempts that failed so far, oldest first. */
  failures: readonly Failure[] = none;
  /** What the next attempt sends in place of a Request whose body goes with this one. */
  spare?: Request;
  /** Init with the body that its factory made for the present attempt. */
  made?: Init;
  /** What is being read of the response that was dropped last. */
  rest?: Rest | undefined;

  constructor(policy: RetryPolicy, send: Send, input: Request | string, init: Init | undefined, asker: Asker) {
    this.policy = policy;
    this.send = send;
    this.asker = asker;
    this.input = input;
    this.init = init;
    this.signal = signalOf(input, init);
    this.started = policy.clock.now();
  }

  arrive(response: Response, request?: Follower): void {
    const { shouldRetry, budget, retryOn } = this.policy;
    try {
      const isGood = !shouldRetry && !budget && !retryOn.statuses.has(response?.status) && !this.signal?.aborted;
      // Most calls end here: there is nothing to judge, and nobody to ask or to pay.
      if (isGood) this.end(response);
      else void this.judge({ kind: 'response', response }, request);
    } catch (error) {
      // A stand-in for a Response may throw where it is looked at.
      this.abort(error);
    }
  }

  fail(error: unknown): void {
    void this.judge({ kind: isTimeout(error) ? 'timeout' : 'network-error', error });
  }

  /** What follows from an attempt: at once, where there is nobody to ask. */
  async judge(outcome: Outcome, request?: Follower): Promise<void> {
    const { policy, signal } = this;
    const { response } = outcome;
    try {
      const judged = failureOf(this, outcome);
      // The global Promise may have been replaced, which an async function does not mind.
      const failure = judged !== undefined && 'then' in judged ? await judged : judged;
      if (failure === undefined) {
        policy.budget?.deposit();
      } else {
        this.failures = [...this.failures, failure];
        policy.onFailure?.(failure);
      }
      throwIfAborted(signal);
      if (failure?.delay === undefined) return outcome.kind === 'response' ? this.end(outcome.response) : this.abort(outcome.error);
      // There is no time to read in a wait of 0.
      if (failure.delay === 0) drop(response, request);
      else this.rest = drain(response, request);
      sleepFor(failure.delay, policy.clock, signal, this);
    } catch (error) {
      drop(response, request);
      this.abort(error);
    }
  }

  wake(): void {
    stop(this.rest);
    this.attempt += 1;
    this.sent = this.elapsed();
    makeAttempt(this);
  }

  end(response: Response): void {
    this.asker.arrive(this.settle(response));
  }

  abort(reason: unknown): void {
    stop(this.rest);
    this.asker.fail(this.settle(reason));
  }

  elapsed(): number {
    return this.policy.clock.now() - this.started;
  }

  /** Files what failed under what the call came to, and lets go of the body that no attempt needed. */
  settle<Result>(result: Result): Result {
    const { input, spare } = this;
    if (spare !== input) cancel(spare?.body);
    return remember(result, this.failures);
  }
}
