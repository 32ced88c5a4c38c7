import { withBodyTimeout } from './body-timeout.ts';
import { drop } from './discard.ts';
import { callFetch, toDispatch, toFetch, type Fetch } from './dispatch.ts';
import { recordFailures } from './failures.ts';
import { copyOf, isBodyFactory, isPlain, signalOf, type BodyFactory, type Init, type Input } from './fetch-arguments.ts';
import { checkOptions, defaults, isOption, optionNames, resolveOptions, type ResilienceOptions, type ResolvedOptions } from './options.ts';
import { registerResilientFetch } from './global-fetch.ts';
import { canBeSent, isRejectedByFetch } from './request.ts';
import { withRetry } from './retry.ts';
import { withAbort, withTimeout } from './timeout.ts';

/** What `resilientFetch` takes second: fetch's own init, our options beside its members, and a body that can be made anew. */
export type ResilientInit = Omit<Init, 'body' | 'signal'> & ResilienceOptions & {
  /** As in fetch; its abort ends the call wherever it is, with its own reason. */
  signal?: AbortSignal | null | undefined;
  /** As in fetch; or a function that is called for each attempt, so that a stream can be sent again. */
  body?: Init['body'] | BodyFactory | undefined;
  /** As in fetch, which wants it with a stream. TypeScript's own types of a browser do not know it. */
  duplex?: 'half' | undefined;
};

/** A drop-in `fetch`. */
export interface ResilientFetch {
  /**
   * Fetches as the platform's fetch does: same arguments, same Response, same errors; and in between, a timeout for each
   * attempt, retries with jittered backoff, and `Retry-After`.
   *
   * Rejects as fetch does, with the caller's own abort reason, with a `TimeoutError`, with what a predicate or hook threw;
   * and with a TypeError or RangeError, before anything is sent, for an option that cannot be used.
   */
  (input: Input, init?: ResilientInit): Promise<Response>;

  /**
   * A copy with other defaults, over which a call's own options go. Can be chained. Throws for an option that is unknown
   * or cannot be used.
   *
   * @example
   * const api = resilientFetch.with({ timeout: 5_000, retries: 2 });
   */
  with(options: ResilienceOptions): ResilientFetch;
}

/** Where there is no limit, nothing to repeat, and nobody to ask, to tell or to pay, the call is fetch's own. */
function fetchWith(options: ResolvedOptions): Fetch {
  const { retries, shouldRetry, onFailure, budget, fetch } = options;
  if (retries > 0 || hasLimit(options) || shouldRetry || onFailure || budget) return stack(options);
  return (input, init) => isBodyFactory(init?.body) ? stack(options)(input, init) : callFetch(fetch, input, init);
}

const hasLimit = ({ timeout, totalTimeout, bodyTimeout }: ResolvedOptions): boolean => Math.min(timeout, totalTimeout, bodyTimeout) < Infinity;

/** A total timeout, around retries, around a timeout per attempt, around fetch. A limit without end needs no layer. */
function stack(options: ResolvedOptions): Fetch {
  const { timeout, totalTimeout, bodyTimeout, clock, fetch } = options;
  // Either layer leaves a fetch behind that ignores its signal; only the first has a controller of its own.
  const limited = (hasLimit(options) ? withTimeout(timeout, 'attempt', clock) : withAbort(clock))(toDispatch(fetch));
  const retried = withRetry(options)(bodyTimeout < Infinity ? withBodyTimeout(bodyTimeout, clock)(limited) : limited);
  return rejectEarly(fetch, toFetch(totalTimeout < Infinity ? withTimeout(totalTimeout, 'total', clock)(retried) : retried));
}

/** Leaves to fetch what only fetch can refuse, and to the abort what has been aborted before. */
const rejectEarly = (fetch: Fetch, layered: Fetch): Fetch => (input, init) => {
  const signal = signalOf(input, init);
  if (signal?.aborted) return rejectAborted(fetch, input, init, signal);
  return canBeSent(input, init) ? layered(input, init) : callFetch(fetch, input, init);
};

function withOptions(options: ResolvedOptions): ResilientFetch {
  const layered = fetchWith(options);
  // Some clients hand their own settings on as init, and so the fetch that they call: its retries would be squared.
  const notItself = (resolved: ResolvedOptions): ResolvedOptions =>
    resolved.fetch === resilientFetch ? { ...resolved, fetch: options.fetch } : resolved;
  // Not async, which would make another two promises of each call.
  const resilientFetch = (input: Input, init: ResilientInit | undefined = undefined): Promise<Response> => {
    try {
      if (!hasOptions(init)) return layered(input, init as Init | undefined);
      return fetchWith(notItself(resolveOptions(init, options)))(input, withoutOptions(init));
    } catch (error) {
      return Promise.reject(error);
    }
  };
  registerResilientFetch(resilientFetch);
  return Object.assign(resilientFetch, {
    with(more: ResilienceOptions): ResilientFetch {
      checkOptions(more);
      return withOptions(resolveOptions(more, options));
    },
  });
}

function hasOptions(init: ResilientInit | undefined): init is ResilientInit {
  for (const name in init) if (isOption(name)) return true;
  // The accessors of a class do not enumerate.
  return typeof init === 'object' && init !== null && !isPlain(init) && optionNames.some((name) => name in init);
}

/** What is left of init for the platform. Beneath the retries a body factory has been called, so that no layer but they will meet one. */
function withoutOptions(init: ResilientInit): Init {
  const own: Init = {};
  const copy = copyOf(init as Init);
  // Read and written under one name, whose type is one. A member that is deleted would make a slow object of it.
  for (const name in copy) if (!isOption(name)) own[name as keyof Init] = copy[name as keyof Init] as never;
  return own;
}

/**
 * Rejects with the reason of an abort before the call, whatever fetch makes of it, and whether or not it ever settles.
 * It is called all the same: what it refuses comes before the abort, and a body that was given counts as used.
 */
async function rejectAborted(fetch: Fetch, input: Input, init: Init | undefined, { reason }: AbortSignal): Promise<never> {
  const isSendable = canBeSent(input, init);
  const answer = callFetch(fetch, input, init);
  answer.then((response) => drop(response), () => {});
  if (!isSendable || isRejectedByFetch(input, init)) await answer;
  throw recordFailures(reason, []);
}

/**
 * `fetch`, with a timeout for each attempt, retries with jittered backoff, and `Retry-After`.
 *
 * @example
 * const response = await resilientFetch('https://api.example.com/users/1', { retries: 5, timeout: 3_000 });
 */
export const resilientFetch: ResilientFetch = withOptions(defaults);
