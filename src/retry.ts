import { forwardAbort, reasonOf, stopForwarding, throwIfAborted, untilAborted, type Abortable } from './abort-forwarding.ts';
import { budgetContext, classify, type AttemptedCall, type CreatedBody } from './classify.ts';
import { startTimer, stopTimer, type Clock, type Timer } from './clock.ts';
import { discard, discardUnread, drain, readThrough, type StopDrain } from './discard.ts';
import type { Callback, Dispatch, DispatchLayer, LabeledAttempt, OpenRequest } from './dispatch.ts';
import { TimeoutError } from './errors.ts';
import { addFailure, recordFailures, type Failure } from './failures.ts';
import { fixedInput, isBodyFactory, sendsOwnBody, snapshotOf, type BodyFactory, type Init, type Input } from './fetch-arguments.ts';
import { isPromise } from './maybe-promise.ts';
import type { Outcome, RetryPolicy } from './retry-policy.ts';
import { hasTimedOut } from './timeout.ts';

/** Sends the request again after a failure, when and as often as the policy says. */
export const withRetry = (policy: RetryPolicy): DispatchLayer => (dispatch) => (input, init, signal, callback) => {
  try {
    const call = new RetryCall(policy, dispatch, fixedInput(input), snapshotOf(init), signal, callback);
    // The first attempt takes the caller's own objects, because a copy may lose members.
    call.send(input, init);
  } catch (error) {
    // Reported, not thrown: a total timeout is already running.
    callback.onError(error);
  }
};

const noFailures: readonly Failure[] = [];

/**
 * One call: attempts and waits in turn, until it settles.
 *
 *     send -> onResponse | onError -> decide -> resolve | reject
 *       ^                               |
 *       +------------ retry <--------- wait -> abort -> reject
 *
 * A class with callbacks, and not an async loop: a loop keeps its frame, a promise and the last response while it waits.
 */
class RetryCall implements AttemptedCall, LabeledAttempt, Callback, Abortable, Timer {
  readonly policy: RetryPolicy;
  readonly dispatch: Dispatch;
  readonly callback: Callback;
  /** The arguments as they were at the call: the caller may change the originals. */
  readonly input: Request | string;
  readonly init: Init | undefined;
  readonly signal: AbortSignal | undefined;
  readonly started: number;
  attempt: number = 1;
  /** Absent for the first attempt, which starts with the call. */
  attemptStarted?: number;
  failures: readonly Failure[] = noFailures;
  /** The Request to send next, where the body of `input` is used up by this attempt. */
  nextInput?: Request;
  createdBody?: CreatedBody;
  /** The init of the latest attempt, while its created body has not been ended. */
  openBody?: Init | undefined;
  stopDrain?: StopDrain | undefined;
  /** The timer of the wait. */
  id?: unknown;

  constructor(
    policy: RetryPolicy,
    dispatch: Dispatch,
    input: Request | string,
    init: Init | undefined,
    signal: AbortSignal | undefined,
    callback: Callback,
  ) {
    this.policy = policy;
    this.dispatch = dispatch;
    this.callback = callback;
    this.input = input;
    this.init = init;
    this.signal = signal;
    this.started = policy.clock.now();
  }

  get clock(): Clock {
    return this.policy.clock;
  }

  label(): string {
    const { retries } = this.policy;
    return ` (attempt ${this.attempt}${retries < Infinity ? ` of ${retries + 1}` : ''})`;
  }

  send(input: Input, init: Init | undefined): void {
    try {
      // A clone for the next attempt. The original goes first: on Node 20 a clone loses its dispatcher.
      if (sendsOwnBody(input, init)) this.nextInput = this.attempt <= this.policy.retries ? input.clone() : input;
      const body: unknown = init?.body;
      if (isBodyFactory(body)) void this.sendWithBody(body);
      else this.dispatch(input, init, this.signal, this, this);
    } catch (error) {
      this.reject(error);
    }
  }

  private async sendWithBody(createBody: BodyFactory): Promise<void> {
    const creating = new Promise<Awaited<ReturnType<BodyFactory>>>((resolve) => resolve(createBody()));
    try {
      const { body, cancel } = readThrough(await untilAborted(creating, this.signal));
      this.createdBody = { init: this.openBody = { ...this.init, body }, cancel };
      this.dispatch(this.input, this.openBody, this.signal, this, this);
    } catch (error) {
      this.reject(error);
      // A body that is created after the abort is not sent.
      creating.then((body) => discard({ body }), () => {});
    }
  }

  onResponse(response: Response, request?: OpenRequest): void {
    const { shouldRetry, budget, retryOn } = this.policy;
    discardUnread(this.createdBody?.init);
    try {
      // Most calls end here, without a record, a predicate or a budget.
      if (!shouldRetry && !budget && !retryOn.statuses.has(response?.status) && !this.signal?.aborted) this.resolve(response, request);
      else void this.decide({ kind: 'response', response }, request);
    } catch (error) {
      // A mock Response may have getters that throw.
      this.reject(error);
    }
  }

  onError(error: unknown): void {
    this.endAttempt();
    void this.decide({ kind: isTimeoutError(error) ? 'timeout' : 'network-error', error });
  }

  /** Returns or retries. Async only where the predicate is, or to turn what it throws into a rejection. */
  private async decide(outcome: Outcome, request?: OpenRequest): Promise<void> {
    const { policy } = this;
    const { response } = outcome;
    try {
      const classified = classify(this, outcome);
      const failure = isPromise(classified) ? await classified : classified;
      if (failure === undefined) {
        policy.budget?.deposit(budgetContext(this));
      } else {
        this.failures = addFailure(this.failures, failure);
        const reported: unknown = policy.onFailure?.(failure);
        if (isPromise(reported)) await untilAborted(reported, this.signal);
      }
      throwIfAborted(this.signal);
      if (failure?.delay !== undefined) return this.wait(failure.delay, response, request);
      if (outcome.kind === 'response') this.resolve(outcome.response, request);
      else this.reject(outcome.error);
    } catch (error) {
      discard(response, request);
      const { signal } = this;
      // The caller's abort wins. A total timeout does not, so that a hook can report it by an error of its own.
      this.reject(signal?.aborted && !hasTimedOut(signal) ? reasonOf(signal) : error);
    }
  }

  /** Waits for the next attempt, and meanwhile reads the rest of the discarded response. */
  private wait(delay: number, response: Response | undefined, request: OpenRequest | undefined): void {
    // Some waits of 0 take a timer, so that other timers and aborts get their turn.
    if (delay === 0 && this.attempt % 64 !== 0) {
      discard(response, request);
      return this.retry();
    }
    this.stopDrain = drain(response, request);
    startTimer(this, delay, () => {
      // The clock may have been unable to clear the timer of a call that has settled.
      if (this.id === undefined) return;
      stopForwarding(this.signal, this);
      this.retry();
    });
    forwardAbort(this.signal, this);
  }

  /** Ends the drain of the last response, and the created body: fetch leaves it open where a response came before its end. */
  private endAttempt(): void {
    this.stopDrain?.();
    discard(this.openBody);
    this.openBody = undefined;
    this.createdBody?.cancel?.();
  }

  private retry(): void {
    this.endAttempt();
    this.attempt += 1;
    this.attemptStarted = this.clock.now();
    this.send(this.nextInput ?? this.input, this.init);
  }

  /** Ends the wait: called when the caller's signal aborts, or the total timeout expires. */
  abort(reason: unknown): void {
    stopTimer(this);
    this.reject(reason);
  }

  private resolve(response: Response, request: OpenRequest | undefined): void {
    this.callback.onResponse(this.recordResult(response), request);
  }

  private reject(reason: unknown): void {
    this.endAttempt();
    this.callback.onError(this.recordResult(reason));
  }

  private recordResult<Result>(result: Result): Result {
    // A clone that no attempt sent.
    if (this.nextInput !== this.input) discard(this.nextInput);
    return recordFailures(result, this.failures);
  }
}

/** `instanceof`, but false for a revoked proxy, which throws. */
function isTimeoutError(error: unknown): boolean {
  try {
    return error instanceof TimeoutError;
  } catch {
    return false;
  }
}
