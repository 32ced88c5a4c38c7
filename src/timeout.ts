import { drop } from './body.ts';
import { startTimer, stopTimer, type Clock, type Timer } from './clock.ts';
import { TimeoutError } from './errors.ts';
import { follow, unfollow, type Follower } from './following.ts';
import { followWhileHeld } from './holding.ts';
import { signalOf, withSignal } from './init.ts';
import type { Asker, Layer } from './layer.ts';

type Scope = 'attempt' | 'total';

/** What a total timeout has aborted. The reason cannot tell, as a caller may abort with another call's TimeoutError. */
const cut = new WeakSet<AbortSignal>();

/** Whether a total timeout aborted the signal that it gave to what is beneath it. */
export const isCutByTotal = (signal: AbortSignal | undefined): boolean => signal !== undefined && cut.has(signal);

/**
 * A request under a limit, and from its headers on the body: what aborts them. A class, and one object for all of it, as a
 * closure each was a third of what a call allocates.
 */
class Limit implements Asker, Follower, Timer {
  readonly scope: Scope;
  readonly clock: Clock;
  id: unknown;
  asker: Asker | undefined;
  signal: AbortSignal | undefined;
  controller: AbortController | undefined;
  /** Another limit of the same body, as under a total, which nobody else holds. */
  beneath?: object | undefined;

  constructor(scope: Scope, clock: Clock, asker: Asker, signal: AbortSignal | undefined, controller: AbortController | undefined) {
    this.scope = scope;
    this.clock = clock;
    this.id = undefined;
    this.asker = asker;
    this.signal = signal;
    this.controller = controller;
  }

  expire(timeout: number): void {
    if (this.scope === 'total' && this.controller !== undefined) cut.add(this.controller.signal);
    this.abort(new TimeoutError(this.scope, timeout));
  }

  /** A fetch that ignores its signal is left behind. What is beneath a total never does, and has an attempt to record. */
  abort(reason: unknown): void {
    const { scope, asker, controller } = this;
    this.stop();
    if (scope === 'total') this.asker = asker;
    controller?.abort(reason);
    if (scope === 'attempt') asker?.fail(reason);
  }

  /** From here on the caller's signal aborts the body, unless the platform sees to that itself. */
  arrive(response: Response): void {
    const { asker, controller, signal } = this;
    if (asker === undefined) return drop(response);
    const body: unknown = controller && response?.body;
    // A stand-in for a Response may have a text for its body, which nothing can abort.
    const isLinked = signal !== undefined && typeof body === 'object' && body !== null;
    if (isLinked) this.beneath = followWhileHeld(signal, this, response, body);
    if (isLinked || signal === undefined) this.settle();
    else this.stop();
    asker.arrive(response, controller && this);
  }

  fail(error: unknown): void {
    const { asker } = this;
    this.stop();
    asker?.fail(error);
  }

  /** What it would hold of the call, it holds no more: that leads to the response. */
  settle(): void {
    if (this.id !== undefined) stopTimer(this);
    this.id = this.asker = undefined;
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
export const withTimeout = (timeout: number, scope: Scope, clock: Clock): Layer => (send) => (input, init, asker) => {
  const controller = new AbortController();
  // Before anything is set up, as what a caller gives may throw where it is looked at.
  const limited = withSignal(input, init, controller.signal);
  const limit = new Limit(scope, clock, asker, signalOf(input, init), controller);
  if (timeout < Infinity) startTimer(limit, timeout, () => limit.expire(timeout));
  follow(limit.signal, limit);
  send(input, limited, limit);
};

/** Fails as soon as the caller's signal aborts, whatever the fetch beneath makes of it. Where time has no limit, this is enough. */
export const withAbort = (clock: Clock): Layer => (send) => (input, init, asker) => {
  const signal = signalOf(input, init);
  if (signal === undefined) return send(input, init, asker);
  const limit = new Limit('attempt', clock, asker, signal, undefined);
  follow(signal, limit);
  send(input, init, limit);
};
