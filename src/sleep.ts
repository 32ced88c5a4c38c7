import { startTimer, stopTimer, type Clock, type Timer } from './clock.ts';
import { follow, unfollow, type Follower } from './following.ts';

/** Who waits: is woken when the time is over, or aborted. */
export interface Sleeper extends Follower {
  wake(): void;
}

/** A wait, whose timer and whose following end together. */
class Sleep implements Timer, Follower {
  readonly clock: Clock;
  id: unknown;
  readonly signal: AbortSignal | undefined;
  readonly sleeper: Sleeper;

  constructor(clock: Clock, signal: AbortSignal | undefined, sleeper: Sleeper) {
    this.clock = clock;
    this.id = undefined;
    this.signal = signal;
    this.sleeper = sleeper;
  }

  wake(): void {
    unfollow(this.signal, this);
    this.sleeper.wake();
  }

  abort(reason: unknown): void {
    stopTimer(this);
    this.sleeper.abort(reason);
  }
}

/**
 * The only wait. Aborts the sleeper with the signal's reason as soon as that aborts, and leaves neither timer nor listener.
 * A wait of 0 takes no timer, which would last a millisecond or more.
 */
export function sleepFor(ms: number, clock: Clock, signal: AbortSignal | undefined, sleeper: Sleeper): void {
  if (ms === 0) return sleeper.wake();
  const sleep = new Sleep(clock, signal, sleeper);
  startTimer(sleep, ms, () => sleep.wake());
  follow(signal, sleep);
}

/** The same as a promise. */
export const sleep = (ms: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((wake, abort) => sleepFor(ms, clock, signal, { wake, abort }));
