import { forwardAbort, stopForwarding } from '../abort-forwarding.ts';
import { startTimer, stopTimer, type Clock, type Timer } from '../clock.ts';

/** Resolves after `ms`, or rejects with the signal's reason. Leaves neither a timer nor a listener. */
export const sleep = (ms: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    if (ms === 0) return resolve();
    const timer: Timer = { clock };
    const target = {
      abort(reason: unknown): void {
        stopTimer(timer);
        reject(reason);
      },
    };
    startTimer(timer, ms, () => {
      stopForwarding(signal, target);
      resolve();
    });
    forwardAbort(signal, target);
  });
