import { discard } from './body.ts';
import { startTimer, stopTimer, type Clock, type Timer } from './clock.ts';
import { TimeoutError } from './errors.ts';
import { follow, stopWhenCollected, unfollow, untilAborted, type Following } from './following.ts';
import { callOf, signalOf, withSignal, type Attempted, type Fetch, type Layer } from './layer.ts';

/** Rejects as soon as the caller's signal aborts, whatever the fetch beneath makes of it. Where time has no limit, this is enough. */
export const withAbort: Layer = (fetch) => (input, init) => {
  const signal = signalOf(input, init);
  const answer = callOf(fetch, input, init);
  if (signal === undefined) return answer;
  const dropLate = (response: Response): void => {
    if (signal.aborted) discard(response);
  };
  answer.then(dropLate, () => {});
  return untilAborted(answer, signal);
};

/** What a total timeout has aborted. The reason cannot tell, as a caller may abort with another call's TimeoutError. */
const cut = new WeakSet<AbortSignal>();

/** Whether a total timeout aborted the signal that it gave to what is beneath it. */
export const isCutByTotal = (signal: AbortSignal | undefined): boolean => signal !== undefined && cut.has(signal);

/**
 * A request under a limit, and from its headers on the body: what aborts them. A class, and one object for all of it, as a
 * closure each was a third of what a call allocates.
 */
class Limited implements Following, Timer {
  controller: AbortController | undefined;
  signal: AbortSignal | undefined;
  readonly clock: Clock;
  id: unknown;
  reject: ((reason: unknown) => void) | undefined;

  constructor(clock: Clock, controller: AbortController, signal: AbortSignal | undefined, reject: ((reason: unknown) => void) | undefined) {
    this.clock = clock;
    this.id = undefined;
    this.controller = controller;
    this.signal = signal;
    this.reject = reject;
  }

  abort(reason: unknown): void {
    const { controller, reject } = this;
    this.stop();
    controller?.abort(reason);
    reject?.(reason);
  }

  /** From here on the caller's signal aborts the body. */
  arrive(body: object | null | undefined): void {
    this.settle();
    if (this.signal === undefined) return;
    if (body) stopWhenCollected(body, this);
    else this.stop();
  }

  /** What it would hold of the call, it holds no more: the promise holds the response. */
  settle(): void {
    if (this.id !== undefined) stopTimer(this);
    this.id = this.reject = undefined;
  }

  /** Lets go of both signals too, whose reason may hold the body. */
  stop(): void {
    this.settle();
    unfollow(this.signal, this);
    this.signal = this.controller = undefined;
  }
}

/**
 * Aborts what is beneath it after `timeout` milliseconds, or when the caller's signal does, until the headers have come;
 * from then on the caller's signal aborts the body. Used twice: around an attempt, and around them all.
 */
export const withTimeout = (timeout: number, scope: 'attempt' | 'total', clock: Clock) => (fetch: Fetch): Attempted => (input, init, told) =>
  new Promise((resolve, reject) => {
    const controller = new AbortController();
    // A fetch that ignores its signal is left behind. What is beneath a total never does, and has an attempt to record.
    const limited = new Limited(clock, controller, signalOf(input, init), scope === 'attempt' ? reject : undefined);
    if (timeout < Infinity) {
      startTimer(limited, timeout, () => {
        if (scope === 'total') cut.add(controller.signal);
        limited.abort(new TimeoutError(scope, timeout));
      });
    }
    follow(limited.signal, limited);
    const arrive = (response: Response): void => {
      if (controller.signal.aborted) {
        discard(response);
        return fail(controller.signal.reason);
      }
      limited.arrive(response.body);
      if (told !== undefined) told.request = limited;
      return resolve(response);
    };
    const fail = (error: unknown): void => {
      limited.stop();
      reject(error);
    };
    callOf(fetch, input, withSignal(input, init, controller.signal)).then(arrive, fail);
  });
