import type { Fetch } from './dispatch.ts';

/** The platform's fetch, kept from when this module was loaded. */
const platformFetch = globalThis.fetch;

const resilientFetches = new WeakSet<Fetch>();

/** Set while `globalThis.fetch` is being called: a nested call means that it is a resilientFetch, or wraps one. */
let isCalling = false;

/** Registers a resilientFetch, so that `globalFetch` never calls it. */
export function registerResilientFetch(fetch: Fetch): void {
  resilientFetches.add(fetch);
}

/** Calls `globalThis.fetch`, or the platform's own where the global one has been replaced by a resilientFetch. */
export const globalFetch: Fetch = (input, init) => {
  // Called unbound: a browser's fetch rejects another `this`.
  const { fetch } = globalThis;
  if (isCalling || resilientFetches.has(fetch)) return platformFetch(input, init);
  isCalling = true;
  try {
    return fetch(input, init);
  } finally {
    isCalling = false;
  }
};
