import { callFetch, type Fetch } from './dispatch.ts';
import { isRequest, signalOf, type Init, type Input } from './fetch-arguments.ts';
import { loggableUrl, parseUrl } from './request.ts';

/**
 * The key that all copies of this package share. It marks the signal of an attempt that is sent through a replaced
 * `globalThis.fetch`, with its request: a call with this signal and address comes from a wrapper around us. On
 * the global object it has the platform's fetch.
 */
const key = Symbol.for('resilient-fetch');

// Has an effect in the first copy alone: for a later one, fetch may be a wrapper around an earlier one.
if (typeof fetch === 'function') Reflect.defineProperty(globalThis, key, { value: fetch });

/** The platform's fetch, read when the first copy of this package was loaded. A platform may have none yet. */
const platformFetch = (globalThis as { [key]?: Fetch })[key] ?? globalThis.fetch;

/** The request that `globalThis.fetch` is being called for, since a wrapper may drop the signal. */
let pendingRequest: Request | string | undefined;

/** The URL as a Request has it, because wrappers parse it. Without the query, because they add one, such as a token. */
function addressOf(input: Input): string {
  const url = loggableUrl(isRequest(input) ? input.url : String(input));
  return parseUrl(url)?.href ?? url;
}

/** Returns whether the attempts go through a `globalThis.fetch` that was replaced, and so may be a wrapper around us. */
export const isReplaced = (fetch: Fetch): boolean => fetch === globalFetch && globalThis.fetch !== platformFetch;

/** Calls `globalThis.fetch`. Where that is replaced, an attempt has a signal of its own, which is marked. */
export const globalFetch: Fetch = (input, init) => {
  // Called unbound, because a browser's fetch rejects another `this`.
  const { fetch } = globalThis;
  if (fetch === platformFetch) return fetch(input, init);
  const outerRequest = pendingRequest;
  // Parsed only where a wrapper calls us: parsing a URL takes a microsecond.
  pendingRequest = isRequest(input) ? input : String(input);
  // A signal of this attempt alone, so it is marked once.
  if (init?.signal) Object.defineProperty(init.signal, key, { value: pendingRequest });
  try {
    return fetch(input, init);
  } finally {
    pendingRequest = outerRequest;
  }
};

/** Returns whether the call is made by a wrapper, in order to send one of our own attempts. */
export function isOwnAttempt(input: Input, init: Init | undefined): boolean {
  const marked = (signalOf(input, init) as { [key]?: Request | string } | undefined)?.[key] ?? pendingRequest;
  return marked !== undefined && addressOf(marked) === addressOf(input);
}

/** Calls the fetch inside all wrappers: for one of our own attempts, and where fetch is known to reject. */
export const callPlatformFetch = (fetch: Fetch, input: Input, init: Init | undefined): Promise<Response> =>
  callFetch(fetch === globalFetch ? platformFetch ?? globalThis.fetch : fetch, input, init);
