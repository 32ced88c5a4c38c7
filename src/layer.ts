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

/** The members of init that are fetch's own. Not every platform's types know them all. */
const ownMembers = [
  'method', 'headers', 'body', 'referrer', 'referrerPolicy', 'mode', 'credentials', 'cache', 'redirect', 'integrity',
  'keepalive', 'signal', 'duplex', 'priority', 'window', 'dispatcher',
] as readonly (keyof Init)[];

/**
 * A copy of init, read as fetch reads it: with what it inherits, which a spread would lose (init may be a Request), and
 * without what is undefined, which is absent.
 */
export function copyOf(init: Init | undefined): Init {
  const copy: Init = {};
  const take = (name: keyof Init): void => {
    const value = init?.[name];
    // Read and written under one name, whose type is one.
    if (value !== undefined) copy[name] = value as never;
  };
  for (const name in init) take(name as keyof Init);
  // Fetch asks by name, and so finds the accessors of a class, which do not enumerate.
  if (init && Object.getPrototypeOf(init) !== Object.prototype) ownMembers.forEach(take);
  return copy;
}

/**
 * A copy of init with another signal. The first of fetch's own members beside a Request resets that Request's referrer
 * and referrer policy (Fetch, Request constructor), so they are carried over where ours is the first.
 */
export function withSignal(input: Input, init: Init | undefined, signal: AbortSignal): Init {
  const copy = copyOf(init);
  if (isRequest(input) && ownMembers.every((name) => copy[name] === undefined)) {
    copy.referrer = input.referrer;
    copy.referrerPolicy = input.referrerPolicy;
  }
  copy.signal = signal;
  return copy;
}

/** Init with headers that can be read for each attempt: an iterator of them is used up by the first who reads it. */
export function withLastingHeaders(init: Init | undefined): Init | undefined {
  const headers: unknown = init?.headers;
  if (typeof (headers as Partial<Iterator<[string, string]>> | null | undefined)?.next !== 'function') return init;
  // What has a next and is given for headers is an iterator of pairs, or it is refused, now as then.
  return { ...copyOf(init), headers: [...headers as Iterable<[string, string]>] };
}
