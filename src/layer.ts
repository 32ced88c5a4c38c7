/** What the platform's fetch takes first. Derived from the global fetch, so that no `lib` is forced on anyone. */
export type Input = Parameters<typeof fetch>[0];

/** What the platform's fetch takes second. */
export type Init = NonNullable<Parameters<typeof fetch>[1]>;

/** What every layer takes and returns. */
export type Fetch = (input: Input, init?: Init) => Promise<Response>;

/** Gives a fetch one more quality. */
export type Layer = (fetch: Fetch) => Fetch;

/** Asks for what only a Request has, as a Request may be of another realm or another undici. */
export const isRequest = (input: Input): input is Request =>
  (input as Partial<Request> | null | undefined)?.url !== undefined;

/** The signal that governs a fetch: init's own, where null means none; else the Request's. */
export function signalOf(input: Input, init: Init | undefined): AbortSignal | undefined {
  if (init?.signal !== undefined) return init.signal ?? undefined;
  return isRequest(input) ? input.signal : undefined;
}

/**
 * A copy of init, read as fetch reads it: with what it inherits, which a spread would lose (init may be a Request), and
 * without what is undefined, which is absent.
 */
export function copyOf(init: Init | undefined): Init {
  const copy: Init = {};
  for (const name in init) {
    const value = init[name as keyof Init];
    // Read and written under one name, whose type is one.
    if (value !== undefined) copy[name as keyof Init] = value as never;
  }
  return copy;
}

/**
 * A copy of init with another signal. The first member beside a Request resets that Request's referrer and referrer
 * policy (Fetch, Request constructor), so they are carried over.
 */
export function withSignal(input: Input, init: Init | undefined, signal: AbortSignal): Init {
  const copy = copyOf(init);
  if (isRequest(input) && Object.keys(copy).length === 0) {
    copy.referrer = input.referrer;
    copy.referrerPolicy = input.referrerPolicy;
  }
  copy.signal = signal;
  return copy;
}
