import type { Follower } from './following.ts';
import { isRequest, type Init, type Input } from './init.ts';

/**
 * A body for each attempt, where one cannot be sent twice. May be async, in time that `totalTimeout` alone bounds. What it
 * throws, the call rejects with.
 */
export type BodyFactory = () => Body | PromiseLike<Body>;

type Body = NonNullable<Init['body']> | null;

export const isBodyFactory = (body: unknown): body is BodyFactory => typeof body === 'function';

/** How much of a dropped response is read so that its connection can be used again. */
const drainLimit = 65_536;

/** A Request whose own body is sent, as init has none in its place. */
export const sendsOwnBody = (input: Input, init: Init | undefined): input is Request =>
  isRequest(input) && mayHaveBody(input) && (init?.body === undefined || init.body === null);

/** Firefox does not tell the body of a Request (its bug 1387483), but the method tells who can have none. */
const mayHaveBody = ({ body, method }: Request): boolean =>
  body === undefined ? method !== 'GET' && method !== 'HEAD' : body !== null;

/** A stream or an async iterable, which the first attempt uses up. Every other body can be sent again as it is. */
export const isOneShot = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && ('getReader' in body || Symbol.asyncIterator in body);

/** Lets go of a body that nobody will read. Never awaited, as on a teed body it can hang. */
export function cancel(body: unknown): void {
  if (isFree(body)) void cut(body, undefined);
}

/** What a dropped response is cut with, where someone reads a clone of it. Made once, as an error costs microseconds. */
const dropped = new DOMException('The response was dropped', 'AbortError');

const isFree = (body: unknown): body is ReadableStream => (body as Partial<ReadableStream> | null | undefined)?.locked === false;

/**
 * Drops a response, and its connection with it. Firefox closes that of a body which stalls for an abort only, which has to
 * come after the cancel: that does not end while someone reads a clone of the response. A failure is nobody's.
 */
export function drop(response: Response | undefined, request?: Follower): void {
  const body = freeBodyOf(response);
  if (body) void cut(body, request);
}

/** The body that nobody reads. A stand-in for a Response may throw where it is looked at. */
function freeBodyOf(response: Response | undefined): ReadableStream<Uint8Array> | undefined {
  try {
    const body = response?.body;
    return isFree(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** Async, so that it never throws, whatever a stand-in for a stream does. */
async function cut(source: ReadableStream | ReadableStreamDefaultReader, request: Follower | undefined): Promise<void> {
  try {
    await source.cancel();
  } catch {
    // A failure is nobody's.
  }
  request?.abort(dropped);
}

/** What is left to read of a response that was dropped. */
export interface Rest {
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  request: Follower | undefined;
}

/** Reads a bounded rest of a response in the background, so that its connection can be used again, until it is told to stop. */
export function drain(response: Response | undefined, request?: Follower): Rest | undefined {
  const body = freeBodyOf(response);
  if (!body) return undefined;
  const reader = body.getReader();
  const rest: Rest = { reader, request };
  readOn(reader).then((isWhole) => stop(rest, isWhole), () => stop(rest, true));
  return rest;
}

/** Drops what is left, and lets go of it, as a wait may be long. */
export function stop(rest: Rest | undefined, isWhole = false): void {
  if (rest?.reader !== undefined && !isWhole) void cut(rest.reader, rest.request);
  if (rest !== undefined) rest.reader = rest.request = undefined;
}

/** Whether it came to the end. */
async function readOn(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<boolean> {
  for (let left = drainLimit; left >= 0;) {
    const { done, value } = await reader.read();
    if (done) return true;
    left -= value.byteLength;
  }
  return false;
}
