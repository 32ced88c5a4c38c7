import { discard } from './body.ts';
import { startTimer, type Clock } from './clock.ts';
import { TimeoutError } from './errors.ts';
import { follow, followWhileReadable, unfollow, untilAborted } from './following.ts';
import { signalOf, withSignal, type Layer } from './layer.ts';

/** Rejects as soon as the caller's signal aborts, whatever the fetch beneath makes of it. Where time has no limit, this is enough. */
export const withAbort: Layer = (fetch) => (input, init) => {
  const signal = signalOf(input, init);
  if (signal === undefined) return fetch(input, init);
  const answer = Promise.resolve(fetch(input, init));
  const dropLate = (response: Response): void => {
    if (signal.aborted) discard(response);
  };
  answer.then(dropLate, () => {});
  return untilAborted(answer, signal);
};

/**
 * Aborts what is beneath it after `timeout` milliseconds, or when the caller's signal does, until the headers have come;
 * from then on the caller's signal aborts the body. Used twice: around an attempt, and around them all.
 */
export const withTimeout = (timeout: number, scope: 'attempt' | 'total', clock: Clock): Layer => (fetch) => (input, init) =>
  new Promise((resolve, reject) => {
    const signal = signalOf(input, init);
    const controller = new AbortController();
    const stopping = {
      abort(reason: unknown): void {
        release();
        controller.abort(reason);
        // A fetch that ignores its signal is left behind. What is beneath a total never does, and has an attempt to record.
        if (scope === 'attempt') reject(reason);
      },
    };
    const clear = timeout === Infinity ? undefined
      : startTimer(timeout, clock, () => stopping.abort(new TimeoutError(scope, timeout)));
    // At once, and not only at the end, as a fetch that ignores its signal may have none.
    const release = (): void => {
      clear?.();
      unfollow(signal, stopping);
    };

    const answer = async (): Promise<Response> => {
      follow(signal, stopping);
      try {
        const response = await fetch(input, withSignal(input, init, controller.signal));
        if (controller.signal.aborted) {
          discard(response);
          throw controller.signal.reason;
        }
        if (signal !== undefined) followWhileReadable(signal, controller, response.body);
        return response;
      } finally {
        release();
      }
    };
    answer().then(resolve, reject);
  });
