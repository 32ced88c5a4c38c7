import { systemClock, systemRandom, type Clock } from './clock.ts';
import type { Failure } from './failures.ts';
import { signalOf, type Init, type Input } from './fetch-arguments.ts';
import { loggableUrl, requestFacts } from './request.ts';
import { retryAfterOf } from './retry-after.ts';

/** The attempt that a layer runs for. Take time and randomness from here, so that tests run on a fake clock. */
export interface AttemptContext {
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** Milliseconds since the call began. */
  readonly elapsed: number;
  /** Milliseconds until `totalTimeout` runs out. `Infinity` where there is none. */
  readonly left: number;
  /** The failed attempts before this one. */
  readonly failures: readonly Failure[];
  readonly method: string;
  /** The URL without user name, password, query and fragment. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** True if the request may be sent twice: by its method, or because it carries an `Idempotency-Key`. */
  readonly repeatable: boolean;
  /** The wait that a response names, in milliseconds, read as the option `retryAfter` says. */
  retryAfter(response: Response): number | undefined | PromiseLike<number | undefined>;
}

/** A fetch that also gets the attempt that it is called for. Without one, a layer uses the platform's time and randomness. */
export type LayeredFetch = (input: Input, init?: Init, context?: AttemptContext) => Promise<Response>;

/**
 * Wraps a fetch. Runs for each attempt, between the retries and the attempt's timeout, so any published wrapper of fetch is a
 * layer. `init.signal` ends its waits. Its rejection is the outcome of the attempt: an error whose `transient` is false ends
 * the call.
 *
 * @example
 * const logged: Layer = (next) => async (input, init, context) => {
 *   console.log('attempt', context?.attempt);
 *   return next(input, init, context);
 * };
 */
export type Layer = (next: LayeredFetch) => LayeredFetch;

/** The contexts of running attempts, for wrappers of fetch that do not pass the third argument on. */
const contexts = new WeakMap<AbortSignal, AttemptContext>();

/** Links the context to the signal that the layers of one attempt are given. */
export const linkContext = (signal: AbortSignal, context: AttemptContext): void => void contexts.set(signal, context);

/** The methods that are safe to send again (RFC 9110 9.2.2; QUERY is RFC 10008). */
export const repeatableMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY']);

/** The context of a layer: its third argument, else that of the attempt with this signal, else one for a plain fetch. */
export const contextOf = (input: Input, init: Init | undefined, context: AttemptContext | undefined): AttemptContext =>
  context ?? contextOfSignal(signalOf(input, init)) ?? plainContext(input, init);

/** The context of the running attempt with this signal. */
export const contextOfSignal = (signal: AbortSignal | undefined): AttemptContext | undefined => contexts.get(signal as AbortSignal);

function plainContext(input: Input, init: Init | undefined): AttemptContext {
  const request = requestFacts(input, init);
  const { method } = request;
  return {
    attempt: 1,
    elapsed: 0,
    left: Infinity,
    failures: [],
    method,
    url: loggableUrl(request.url),
    clock: systemClock,
    random: systemRandom,
    get repeatable() {
      return repeatableMethods.has(method) || request.headers.has('idempotency-key');
    },
    retryAfter: (response) => retryAfterOf(response, systemClock.date()),
  };
}
