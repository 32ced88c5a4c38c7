/** The first argument of the platform's fetch. Derived from the global fetch, so that no `lib` is forced on anyone. */
export type Input = Parameters<typeof fetch>[0];

/**
 * The second argument of the platform's fetch. Deno and Bun declare their own members of init (`client`, `tls`) in an
 * overload, and `Parameters` sees only the last overload. Bun's `timeout` is left out, because the name is ours.
 */
export type Init = Omit<NonNullable<typeof fetch extends {
  (input: never, init?: infer First): unknown;
  (input: never, init?: infer Last): unknown;
} ? First & Last : never>, 'timeout'>;

/** Returns whether the value can have members: an object or a function. */
export const isObject = (value: unknown): value is object => (typeof value === 'object' && value !== null) || typeof value === 'function';

/** Checks for a URL instead of a class, because a Request may come from another realm or another undici. */
export const isRequest = (input: Input): input is Request =>
  (input as Partial<Request> | null | undefined)?.url !== undefined;

/** A Request, or the URL as it is now: a caller may change a URL object after the call. */
export const fixedInput = (input: Input): Request | string => (isRequest(input) ? input : String(input));

/** The signal that applies to a fetch: the signal of init, where null means none, else the Request's. */
export function signalOf(input: Input, init: Init | undefined): AbortSignal | undefined {
  if (init?.signal !== undefined) return init.signal ?? undefined;
  return isRequest(input) ? input.signal : undefined;
}

/** Returns whether init has own members only. An instance of a class, such as a Request, inherits its members. */
export const isPlain = (init: object): boolean => Object.getPrototypeOf(init) === Object.prototype;

/** The members of init that fetch itself defines. Not every platform's types know them all. */
const fetchMembers = ('method headers body referrer referrerPolicy mode credentials cache redirect integrity ' +
  'keepalive signal duplex priority window dispatcher').split(' ') as (keyof Init)[];

/** Copies init as fetch reads it: with inherited members, which a spread would lose, since init may be a Request. */
export function copyOf(init: Init | undefined): Init {
  if (!init || isPlain(init)) return { ...init };
  const copy: Init = {};
  const copyMember = (name: keyof Init): void => {
    const value = init?.[name];
    // The same name is read and written, hence the same type.
    if (value !== undefined) copy[name] = value as never;
  };
  for (const name in init) copyMember(name as keyof Init);
  // Accessors of a class are not enumerable, but fetch reads them by name.
  fetchMembers.forEach(copyMember);
  return copy;
}

/** Returns init with this signal, or init itself where the signal applies already. */
export function withSignal(input: Input, init: Init | undefined, signal: AbortSignal | undefined): Init | undefined {
  if (signal === undefined || signalOf(input, init) === signal) return init;
  if (init === undefined && typeof input === 'string') return { signal };
  return Object.assign(copyBeside(input, init), { signal });
}

/**
 * Copies init, so that a member can be changed. The first of fetch's own members beside a Request resets that Request's
 * referrer and referrer policy (Fetch, Request constructor), so both are carried over where the change is the first.
 */
export function copyBeside(input: Input, init: Init | undefined): Init {
  const copy = copyOf(init);
  if (isRequest(input) && fetchMembers.every((name) => copy[name] === undefined)) {
    copy.referrer = input.referrer;
    copy.referrerPolicy = input.referrerPolicy;
  }
  return copy;
}

/**
 * Copies init for later attempts. Fetch reads its arguments once, at the call, and callers reuse their objects. Bodies are
 * not copied.
 */
export function snapshotOf(init: Init | undefined): Init | undefined {
  if (!init) return undefined;
  const snapshot = copyOf(init);
  const { headers } = snapshot;
  if (isObject(headers)) snapshot.headers = copyHeaders(headers);
  return snapshot;
}

function copyHeaders(headers: NonNullable<Init['headers']>): NonNullable<Init['headers']> {
  if (headers instanceof Headers) return new Headers(headers);
  return Symbol.iterator in headers ? [...headers] : { ...headers };
}

/** Returns init with headers that can be read again. The first reader of an iterator uses it up. */
export const withReadableHeaders = (init: Init | undefined): Init | undefined =>
  typeof (init?.headers as Partial<Iterator<unknown>> | null | undefined)?.next === 'function' ? snapshotOf(init) : init;

/**
 * Creates a body for each attempt, where one body cannot be sent twice. May be async: only `totalTimeout` limits its time.
 * The call rejects with what it throws.
 */
export type BodyFactory = () => Body | PromiseLike<Body>;

type Body = NonNullable<Init['body']> | null;

export const isBodyFactory = (body: unknown): body is BodyFactory => typeof body === 'function';

/** Returns whether the Request's own body is sent, because init has none. */
export const sendsOwnBody = (input: Input, init: Init | undefined): input is Request =>
  isRequest(input) && mayHaveBody(input) && (init?.body === undefined || init.body === null);

const isDeno = 'Deno' in globalThis;

/**
 * The body of a Request, where it can be seen. Deno sends a Request without its length once `body` was read (2.9: a stream then
 * takes the place of the text). Firefox has no `Request.body` (its bug 1387483).
 */
export const visibleBodyOf = (request: Request): ReadableStream | null | undefined => (isDeno ? undefined : request.body);

/** GET and HEAD never have a body. */
function mayHaveBody(request: Request): boolean {
  const body = visibleBodyOf(request);
  return body === undefined ? request.method !== 'GET' && request.method !== 'HEAD' : body !== null;
}

/**
 * Returns whether the body is a stream or an async iterable, which the first attempt uses up. Some streams of Node can only be
 * piped. Every other body can be sent again.
 */
export const isOneShot = (body: unknown): boolean =>
  isObject(body) && ('getReader' in body || Symbol.asyncIterator in body || 'pipe' in body);

/** The bytes of a body that each give an attempt another second. */
const bytesPerSecond = 64_000;

/** The time in ms that an attempt gets to send its body. Infinite for a stream, since a slow upload is not a silent server. */
export const uploadTime = (init: Init | undefined): number => init?.body ? Math.floor(sizeOf(init.body) / bytesPerSecond) * 1_000 : 0;

/** The size of a body in bytes. A short string is not encoded to count its bytes, because it takes no second in any case. */
function sizeOf(body: unknown): number {
  if (typeof body === 'string') return body.length < bytesPerSecond / 3 ? body.length : new TextEncoder().encode(body).length;
  if (isOneShot(body)) return Infinity;
  // FormData and URLSearchParams. Lists and other objects are sent as strings.
  if (isObject(body) && 'append' in body && Symbol.iterator in body) return [...body as FormData].flat().reduce((sum, part) => sum + sizeOf(part), 0);
  const { byteLength, size = byteLength } = body as { byteLength?: unknown; size?: unknown };
  return typeof size === 'number' && size > 0 ? size : 0;
}
