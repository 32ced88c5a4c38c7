import { startTimer, stopTimer, type Clock } from './clock.ts';
import { follow, unfollow } from './following.ts';

/**
 * The only wait. Rejects with the signal's reason as soon as it aborts, and leaves neither timer nor listener.
 * A wait of 0 takes no timer, which would last a millisecond or more.
 */
export const sleep = (ms: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    if (ms === 0) return resolve();
    const timer = startTimer({ clock }, ms, () => {
      unfollow(signal, sleeper);
      resolve();
    });
    const sleeper = {
      abort(reason: unknown): void {
        stopTimer(timer);
        reject(reason);
      },
    };
    follow(signal, sleeper);
  });
