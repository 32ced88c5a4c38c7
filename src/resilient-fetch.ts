import { reasonOf } from './abort-forwarding.ts';
import type { LayeredFetch } from './attempt-context.ts';
import { withBodyLimits } from './body-limits.ts';
import { discard } from './discard.ts';
import { callFetch, toDispatch, toPromise, type Dispatch, type Fetch } from './dispatch.ts';
import { recordFailures } from './failures.ts';
import { copyOf, isBodyFactory, signalOf, withReadableHeaders, type BodyFactory, type Init, type Input } from './fetch-arguments.ts';
import { callPlatformFetch, isOwnAttempt, isReplaced } from './global-fetch.ts';
import { checkOptions, defaults, hasOptions, isOption, resolveOptions, type ResilienceOptions, type ResolvedOptions } from './options.ts';
import { canBeSent, isRejectedByFetch, withIdempotencyKey } from './request.ts';
import { withRetry } from './retry.ts';
import { withTimeout } from './timeout.ts';
import { applyLayers, sharedInnerFetch, withLayers } from './with-layers.ts';

/** The second argument of `resilientFetch`: fetch's own init, with the options beside its members. */
export type ResilientInit = Omit<Init, 'body' | 'signal'> & ResilienceOptions & {
  /** As in fetch. Its abort ends the call at any moment, with the signal's own reason. */
  signal?: AbortSignal | null | undefined;
  /** As in fetch, or a function that is called for each attempt, so that a stream can be sent again. */
  body?: Init['body'] | BodyFactory | undefined;
  /** As in fetch, which requires it with a stream. TypeScript's types for browsers lack it. */
  duplex?: 'half' | undefined;
};

/** A drop-in `fetch`. */
export interface ResilientFetch {
  /**
   * Fetches as the platform's fetch does, with the same arguments, Response and errors. Adds a timeout for each attempt,
   * retries with jittered backoff, and `Retry-After`.
   *
   * Rejects as fetch does, with the reason of your abort, with a `TimeoutError`, or with the error that a predicate or hook
   * threw. For an invalid option it rejects with a TypeError or RangeError before anything is sent.
   */
  (input: Input, init?: ResilientInit): Promise<Response>;

  /**
   * Returns a copy with other defaults, which the options of a call override. Can be chained. Throws for an option that is
   * unknown or invalid.
   *
   * @example
   * const api = resilientFetch.with({ timeout: 5_000, retries: 2 });
   */
  with(options: ResilienceOptions): ResilientFetch;
}

/** The layers of one copy of resilientFetch: what they wrap, and how many they are. A call may add layers of its own. */
interface SharedLayers {
  readonly fetch: LayeredFetch;
  readonly count: number;
}

/** Calls fetch directly where the options leave nothing to add. */
function fetchWith(options: ResolvedOptions, shared: SharedLayers): Fetch {
  const { retries, shouldRetry, onFailure, budget, idempotencyKey, layers, fetch } = options;
  const isNeeded = retries > 0 || hasLimit(options) || shouldRetry || onFailure || budget || idempotencyKey || layers.length > 0;
  if (isNeeded) return stack(options, shared);
  return (input, init) => isBodyFactory(init?.body) || isReplaced(fetch) ? stack(options, shared)(input, init) : callFetch(fetch, input, init);
}

const hasLimit = ({ timeout, totalTimeout, bodyTimeout }: ResolvedOptions): boolean => Math.min(timeout, totalTimeout, bodyTimeout) < Infinity;

/** A total timeout, around limits on the body, around retries, around your layers, around a timeout per attempt, around fetch. */
function stack(options: ResolvedOptions, shared: SharedLayers): Fetch {
  const { totalTimeout, bodyTimeout, idempotencyKey, layers, clock, fetch } = options;
  const attemptDispatch = withAttemptTimeout(options);
  const layerDispatch = layers.length > 0 ? withLayers(shared.fetch, layers.slice(shared.count), clock)(attemptDispatch) : attemptDispatch;
  const retryDispatch = withRetry(options)(layerDispatch);
  const bodyDispatch = Math.min(bodyTimeout, totalTimeout) < Infinity ? withBodyLimits(options)(retryDispatch) : retryDispatch;
  const dispatch = totalTimeout < Infinity ? withTimeout(totalTimeout, 'total', clock, () => true)(bodyDispatch) : bodyDispatch;
  return (input, init) => {
    const signal = signalOf(input, init);
    if (signal?.aborted) return rejectAborted(fetch, input, init, signal);
    init = withReadableHeaders(init);
    if (idempotencyKey) init = withIdempotencyKey(input, init, idempotencyKey);
    return canBeSent(input, init, signal) ? toPromise(dispatch, input, init, signal) : callPlatformFetch(fetch, input, init);
  };
}

const withAttemptTimeout = (options: ResolvedOptions): Dispatch =>
  withTimeout(options.timeout, 'attempt', options.clock, () => hasLimit(options) || isReplaced(options.fetch))(toDispatch(options.fetch));

function withOptions(options: ResolvedOptions): ResilientFetch {
  // Reached only where a wrapper of fetch passes neither the signal nor the context on.
  const fallback: LayeredFetch = (input, init) => toPromise(withAttemptTimeout(options), input, init, signalOf(input, init));
  const shared = { fetch: applyLayers(options.layers, sharedInnerFetch(fallback)), count: options.layers.length };
  const fetchWithDefaults = fetchWith(options, shared);
  // Not async: that would create another two promises for each call.
  const resilientFetch = (input: Input, init: ResilientInit | undefined = undefined): Promise<Response> => {
    try {
      if (isOwnAttempt(input, init as Init | undefined)) return callPlatformFetch(options.fetch, input, init && withoutOptions(init));
      if (!hasOptions(init)) return fetchWithDefaults(input, init as Init | undefined);
      const resolved = resolveOptions(init, options);
      // Some clients pass their own settings on as init, including the fetch that they call. That would square the retries.
      const effective = resolved.fetch === resilientFetch ? { ...resolved, fetch: options.fetch } : resolved;
      return fetchWith(effective, shared)(input, withoutOptions(init));
    } catch (error) {
      return Promise.reject(error);
    }
  };
  return Object.assign(resilientFetch, {
    with(more: ResilienceOptions): ResilientFetch {
      checkOptions(more);
      return withOptions(resolveOptions(more, options));
    },
  });
}

/** Returns the members of init that are fetch's own. A body factory stays, because only the retries read it. */
function withoutOptions(init: ResilientInit): Init {
  const own: Init = {};
  const copy = copyOf(init as Init);
  // The same name is read and written, hence the same type. Deleting members instead would make the object slow.
  for (const name in copy) if (!isOption(name)) own[name as keyof Init] = copy[name as keyof Init] as never;
  return own;
}

/**
 * Rejects with the reason of an abort before the call, even if fetch ignores the signal or never settles. Calls fetch all
 * the same: it rejects bad arguments before it looks at the signal, and marks a body as used.
 */
async function rejectAborted(fetch: Fetch, input: Input, init: Init | undefined, signal: AbortSignal): Promise<never> {
  const isRejected = !canBeSent(input, init, signal);
  const response = callPlatformFetch(fetch, input, init);
  response.then((unwanted) => discard(unwanted), () => {});
  if (isRejected || isRejectedByFetch(input, init)) await response;
  throw recordFailures(reasonOf(signal), []);
}

/**
 * `fetch`, with a timeout for each attempt, retries with jittered backoff, and `Retry-After`.
 *
 * @example
 * const response = await resilientFetch('https://api.example.com/users/1', { retries: 5, timeout: 3_000 });
 */
export const resilientFetch: ResilientFetch = withOptions(defaults);
