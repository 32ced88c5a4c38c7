import { forwardAbort, stopForwarding, throwIfAborted, type Abortable } from '../abort-forwarding.ts';
import { contextOf, type Layer, type LayeredFetch } from '../attempt-context.ts';
import { callable, checkMembers, numeric } from '../checks.ts';
import { signalOf } from '../fetch-arguments.ts';
import { keyed } from './keyed.ts';
import { originOf } from '../request.ts';
import { callOption } from './permanent.ts';

/** The size of a `concurrencyLimit`, and the requests that share one. */
export interface ConcurrencyLimitOptions {
  /** The most requests that may wait for their response headers at the same time. An integer, at least 1. */
  max: number;
  /** Returns the key of a URL (without query and fragment). Requests with the same key share a limit. Default: the origin. */
  key?: ((url: string) => string) | undefined;
}

const checkMax = numeric('an integer >= 1', 1, Number.MAX_VALUE, true);

/**
 * Creates a layer that sends at most `max` requests at the same time, first come, first served. A request counts from its
 * sending to its response headers, or to its error. The end of a body cannot be observed, so more than `max` bodies may be
 * read at once.
 *
 * The wait in the queue does not count for `timeout`, and an abort ends it. At most 1,000 keys are kept apart at a time;
 * further ones share a limit. Throws for invalid options.
 *
 * @example
 * const api = resilientFetch.with({ layers: [concurrencyLimit({ max: 10 })] });
 */
export function concurrencyLimit(options: ConcurrencyLimitOptions): Layer {
  checkMembers(options, 'options', ['max', 'key']);
  const max = checkMax(options.max, 'max');
  const key = options.key === undefined ? originOf : callable<typeof originOf>(options.key, 'key');
  const queues = keyed(() => new Queue(), ({ running }) => running === 0);
  return (next: LayeredFetch) => async (input, init, given) => {
    const context = contextOf(input, init, given);
    const signal = signalOf(input, init);
    throwIfAborted(signal);
    const queue = queues.get(callOption(() => key(context.url)), context.clock.now());
    if (queue.running === max) await queue.wait(signal);
    else queue.running += 1;
    try {
      // The signal may have aborted after the wait.
      throwIfAborted(signal);
      return await next(input, init, context);
    } finally {
      queue.leave();
    }
  };
}

/** The requests of one key. */
class Queue {
  running: number = 0;
  /** The callers that wait, by their number, so that each enters and leaves in constant time. */
  readonly waiting: Map<number, () => void> = new Map();
  first: number = 0;
  last: number = 0;

  /** Resolves when another request passes its place on, or rejects with the signal's reason. */
  wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const number = this.last;
      const target: Abortable = {
        abort: (reason) => {
          this.waiting.delete(number);
          reject(reason);
        },
      };
      forwardAbort(signal, target);
      this.last += 1;
      this.waiting.set(number, () => {
        // From here on the place is taken: an abort must not reject a call that has it.
        stopForwarding(signal, target);
        resolve();
      });
    });
  }

  /** Ends a request. Its place goes to the first caller that waits. */
  leave(): void {
    while (this.waiting.size > 0) {
      const proceed = this.waiting.get(this.first);
      this.waiting.delete(this.first);
      this.first += 1;
      if (proceed) return proceed();
    }
    this.running -= 1;
  }
}
