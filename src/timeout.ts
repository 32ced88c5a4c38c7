import { forwardAbort, forwardAbortToBody, stopForwarding, type Abortable } from './abort-forwarding.ts';
import { endLimit, startTimer, stopTimer, type Clock, type Timer } from './clock.ts';
import { discard } from './discard.ts';
import type { Callback, DispatchLayer, LabeledAttempt, OpenRequest } from './dispatch.ts';
import { TimeoutError } from './errors.ts';
import { fixedInput, isObject, uploadTime, withSignal } from './fetch-arguments.ts';
import { describeRequest } from './request.ts';

type Scope = 'attempt' | 'total';

/**
 * Aborts the request after `timeout` milliseconds without a response, or when the caller's signal aborts. After the headers,
 * that signal aborts the body. Used twice: around each attempt, and around all of them. Where no limit needs a controller of
 * its own, the caller's signal is passed on, and its abort rejects even if fetch ignores the signal.
 */
export const withTimeout = (timeout: number, scope: Scope, clock: Clock, needsController: () => boolean): DispatchLayer => (dispatch) =>
  (input, init, signal, callback, attempt) => {
    const controller = needsController() ? new AbortController() : undefined;
    const innerSignal = controller ? controller.signal : signal;
    // Reads init before the timer starts, since a getter of init may throw.
    const innerInit = withSignal(input, init, innerSignal);
    const request = new PendingRequest(scope, clock, callback, signal, controller);
    const limit = scope === 'attempt' ? timeout + uploadTime(init) : timeout;
    // Keeps the method alone: callers change their objects after the call.
    if (limit < Infinity) request.startLimit(limit, fixedInput(input), innerInit?.method, attempt);
    forwardAbort(signal, request);
    dispatch(input, innerInit, innerSignal, request, attempt);
  };

/** Signals that a total timeout aborted. The reason is no proof: a caller may abort with another call's TimeoutError. */
const timedOut = new WeakSet<AbortSignal>();

/** Returns whether the signal was aborted by a total timeout, rather than by the caller. */
export const hasTimedOut = (signal: AbortSignal | undefined): boolean => signal !== undefined && timedOut.has(signal);

/** A request that waits for its headers under a timeout. One object, because closures took a third more memory. */
class PendingRequest implements Callback, OpenRequest, Timer {
  readonly scope: Scope;
  readonly clock: Clock;
  id: unknown;
  callback: Callback | undefined;
  signal: AbortSignal | undefined;
  controller: AbortController | undefined;
  /** The object that the signal forwards to after the headers, in place of this one. */
  target?: Abortable;
  /** The PendingRequest of an inner layer for the same body. This reference keeps it alive. */
  inner?: object | undefined;

  constructor(scope: Scope, clock: Clock, callback: Callback, signal: AbortSignal | undefined, controller: AbortController | undefined) {
    this.scope = scope;
    this.clock = clock;
    this.id = undefined;
    this.callback = callback;
    this.signal = signal;
    this.controller = controller;
  }

  startLimit(limit: number, input: Request | string, method: string | undefined, attempt: LabeledAttempt | undefined): void {
    // Later than the attempt's own start, if a body was created first.
    const started = this.clock.now();
    startTimer(this, limit, () => endLimit(this, limit, started, () => {
      if (this.scope === 'total' && this.controller !== undefined) timedOut.add(this.controller.signal);
      this.abort(new TimeoutError(this.scope, limit, describeRequest(input, method), attempt?.label()));
    }));
  }

  /** An attempt rejects at once, since fetch may ignore its signal. A total waits for the retries within, which record the attempt. */
  abort(reason: unknown): void {
    const { scope, callback, controller } = this;
    this.release();
    if (scope === 'total') this.callback = callback;
    controller?.abort(reason);
    if (scope === 'attempt') callback?.onError(reason);
  }

  onResponse(response: Response, inner?: OpenRequest): void {
    const { callback, controller, signal } = this;
    if (callback === undefined) return discard(response, inner);
    const body: unknown = controller && response?.body;
    // A mock Response may have a string as its body.
    const forwards = signal !== undefined && isObject(body);
    if (forwards) this.target = forwardAbortToBody(signal, this, response, body);
    if (forwards || signal === undefined) this.finish();
    else this.release();
    callback.onResponse(response, controller && this);
  }

  onError(error: unknown): void {
    const { callback } = this;
    this.release();
    callback?.onError(error);
  }

  /** Stops the timer, and releases the call, since the call references the response. */
  finish(): void {
    stopTimer(this);
    this.callback = undefined;
  }

  /** Releases both signals too, since their reason may reference the body. */
  release(): void {
    this.finish();
    stopForwarding(this.signal, this.target ?? this);
    this.signal = this.controller = undefined;
  }
}
