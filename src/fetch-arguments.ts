/** What the platform's fetch takes first. Derived from the global fetch, so that no `lib` is forced on anyone. */
export type Input = Parameters<typeof fetch>[0];

/**
 * What the platform's fetch takes second. Deno and Bun declare their own members of init (`client`, `tls`) by an overload,
 * and `Parameters` sees the last one alone. Bun's `timeout` is not among them, as the name is ours.
 */
export type Init = Omit<NonNullable<typeof fetch extends {
  (input: never, init?: infer First): unknown;
  (input: never, init?: infer Last): unknown;
} ? First & Last : never>, 'timeout'>;

/** Asks for what only a Request has, as a Request may be of another realm or another undici. */
export const isRequest = (input: Input): input is Request =>
  (input as Partial<Request> | null | undefined)?.url !== undefined;

/** The signal that governs a fetch: init's own, where null means none; else the Request's. */
export function signalOf(input: Input, init: Init | undefined): AbortSignal | undefined {
  if (init?.signal !== undefined) return init.signal ?? undefined;
  return isRequest(input) ? input.signal : undefined;
}

/** Whether init has nothing but members of its own; what has a class of its own, a Request for one, inherits the rest. */
export const isPlain = (init: object): boolean => Object.getPrototypeOf(init) === Object.prototype;

/** The members of init that are fetch's own. Not every platform's types know them all. */
const ownMembers = [
  'method', 'headers', 'body', 'referrer', 'referrerPolicy', 'mode', 'credentials', 'cache', 'redirect', 'integrity',
  'keepalive', 'signal', 'duplex', 'priority', 'window', 'dispatcher',
] as readonly (keyof Init)[];

/**
 * A copy of init, read as fetch reads it: with what it inherits, which a spread alone would lose, as init may be a
 * Request.
 */
export function copyOf(init: Init | undefined): Init {
  if (!init || isPlain(init)) return { ...init };
  const copy: Init = {};
  const take = (name: keyof Init): void => {
    const value = init?.[name];
    // Read and written under one name, whose type is one.
    if (value !== undefined) copy[name] = value as never;
  };
  for (const name in init) take(name as keyof Init);
  // Fetch asks by name, and so finds the accessors of a class, which do not enumerate.
  ownMembers.forEach(take);
  return copy;
}

/**
 * A copy of init with another signal. The first of fetch's own members beside a Request resets that Request's referrer
 * and referrer policy (Fetch, Request constructor), so they are carried over where ours is the first.
 */
export function withSignal(input: Input, init: Init | undefined, signal: AbortSignal): Init {
  if (init === undefined && typeof input === 'string') return { signal };
  const copy = copyOf(init);
  if (isRequest(input) && ownMembers.every((name) => copy[name] === undefined)) {
    copy.referrer = input.referrer;
    copy.referrerPolicy = input.referrerPolicy;
  }
  copy.signal = signal;
  return copy;
}

/**
 * Init as it is now, for attempts to come: fetch reads its arguments once, at the call, and so must we, as callers use one
 * object again and again. Bodies are not copied.
 */
export function snapshotOf(init: Init | undefined): Init | undefined {
  if (!init) return undefined;
  const snapshot = copyOf(init);
  const { headers } = snapshot;
  if (typeof headers === 'object') snapshot.headers = snapshotOfHeaders(headers);
  return snapshot;
}

function snapshotOfHeaders(headers: NonNullable<Init['headers']>): NonNullable<Init['headers']> {
  if (headers instanceof Headers) return new Headers(headers);
  return Symbol.iterator in headers ? [...headers] : { ...headers };
}

/** Headers that come from an iterator, which is used up by the first who reads it. */
export const hasOneShotHeaders = (init: Init | undefined): boolean =>
  typeof (init?.headers as Partial<Iterator<unknown>> | null | undefined)?.next === 'function';

/**
 * A body for each attempt, where one cannot be sent twice. May be async, in time that `totalTimeout` alone bounds. What it
 * throws, the call rejects with.
 */
export type BodyFactory = () => Body | PromiseLike<Body>;

type Body = NonNullable<Init['body']> | null;

export const isBodyFactory = (body: unknown): body is BodyFactory => typeof body === 'function';

/** A Request whose own body is sent, as init has none in its place. */
export const sendsOwnBody = (input: Input, init: Init | undefined): input is Request =>
  isRequest(input) && mayHaveBody(input) && (init?.body === undefined || init.body === null);

/** Firefox does not tell the body of a Request (its bug 1387483), but the method tells who can have none. */
const mayHaveBody = ({ body, method }: Request): boolean =>
  body === undefined ? method !== 'GET' && method !== 'HEAD' : body !== null;

/** A stream or an async iterable, which the first attempt uses up. Every other body can be sent again as it is. */
export const isOneShot = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && ('getReader' in body || Symbol.asyncIterator in body);
