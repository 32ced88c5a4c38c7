import { withBodyTimeout } from './body-timeout.ts';
import { checkMembers } from './checks.ts';
import { discard } from './discard.ts';
import { callFetch, toDispatch, toPromise, type Fetch } from './dispatch.ts';
import { recordFailures } from './failures.ts';
import { copyOf, isBodyFactory, isObject, signalOf, type BodyFactory, type Init, type Input } from './fetch-arguments.ts';
import { registerResilientFetch } from './global-fetch.ts';
import { defaults, isOption, optionNames, resolveOptions, type ResilienceOptions, type ResolvedOptions } from './options.ts';
import { canBeSent, isRejectedByFetch } from './request.ts';
import { withRetry } from './retry.ts';
import { withTimeout } from './timeout.ts';

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

/** Calls fetch directly where the options leave nothing to add. */
function fetchWith(options: ResolvedOptions): Fetch {
  const { retries, shouldRetry, onFailure, budget, fetch } = options;
  if (retries > 0 || hasLimit(options) || shouldRetry || onFailure || budget) return stack(options);
  return (input, init) => isBodyFactory(init?.body) ? stack(options)(input, init) : callFetch(fetch, input, init);
}

const hasLimit = ({ timeout, totalTimeout, bodyTimeout }: ResolvedOptions): boolean => Math.min(timeout, totalTimeout, bodyTimeout) < Infinity;

/** A total timeout, around retries, around a timeout per attempt, around fetch. An infinite limit needs no layer. */
function stack(options: ResolvedOptions): Fetch {
  const { timeout, totalTimeout, bodyTimeout, clock, fetch } = options;
  const limited = withTimeout(timeout, 'attempt', clock, hasLimit(options))(toDispatch(fetch));
  const retried = withRetry(options)(bodyTimeout < Infinity ? withBodyTimeout(bodyTimeout, clock)(limited) : limited);
  const dispatch = totalTimeout < Infinity ? withTimeout(totalTimeout, 'total', clock, true)(retried) : retried;
  return (input, init) => {
    const signal = signalOf(input, init);
    if (signal?.aborted) return rejectAborted(fetch, input, init, signal);
    return canBeSent(input, init, signal) ? toPromise(dispatch, input, init, signal) : callFetch(fetch, input, init);
  };
}

function withOptions(options: ResolvedOptions): ResilientFetch {
  const fetchWithDefaults = fetchWith(options);
  // Not async: that would create another two promises for each call.
  const resilientFetch = (input: Input, init: ResilientInit | undefined = undefined): Promise<Response> => {
    try {
      if (!hasOptions(init)) return fetchWithDefaults(input, init as Init | undefined);
      const resolved = resolveOptions(init, options);
      // Some clients pass their own settings on as init, including the fetch that they call. That would square the retries.
      const { fetch } = resolved.fetch === resilientFetch ? options : resolved;
      return fetchWith({ ...resolved, fetch })(input, withoutOptions(init));
    } catch (error) {
      return Promise.reject(error);
    }
  };
  registerResilientFetch(resilientFetch);
  return Object.assign(resilientFetch, {
    with(more: ResilienceOptions): ResilientFetch {
      checkMembers(more, 'options', optionNames);
      return withOptions(resolveOptions(more, options));
    },
  });
}

/** Inherited members count, as in fetch: a Request may be passed as init. */
const hasOptions = (init: ResilientInit | undefined): init is ResilientInit =>
  isObject(init) && optionNames.some((name) => name in init);

/** Returns the members of init that are fetch's own. A body factory stays, because only the retries read it. */
function withoutOptions(init: ResilientInit): Init {
  const rest: Init = {};
  const copy = copyOf(init as Init);
  // The same name is read and written, hence the same type. Deleting members instead would make the object slow.
  for (const name in copy) if (!isOption(name)) rest[name as keyof Init] = copy[name as keyof Init] as never;
  return rest;
}

/**
 * Rejects with the reason of an abort before the call, even if fetch ignores the signal or never settles. Calls fetch all
 * the same: it rejects bad arguments before it looks at the signal, and marks a body as used.
 */
async function rejectAborted(fetch: Fetch, input: Input, init: Init | undefined, signal: AbortSignal): Promise<never> {
  const isRejected = !canBeSent(input, init, signal);
  const response = callFetch(fetch, input, init);
  response.then((unwanted) => discard(unwanted), () => {});
  if (isRejected || isRejectedByFetch(input, init)) await response;
  throw recordFailures(signal.reason, []);
}

/**
 * `fetch`, with a timeout for each attempt, retries with jittered backoff, and `Retry-After`.
 *
 * @example
 * const response = await resilientFetch('https://api.example.com/users/1', { retries: 5, timeout: 3_000 });
 */
export const resilientFetch: ResilientFetch = withOptions(defaults);
