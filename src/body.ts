import { isRequest, type Abortable, type Init, type Input } from './layer.ts';

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

const ignore = (): void => {};

/** Lets go of a body that nobody will read. Never awaited, as on a teed body it can hang. */
export function cancel(body: ReadableStream | null | undefined): void {
  if (body?.locked === false) body.cancel().catch(ignore);
}

/**
 * Drops a response: reads a bounded rest so that its connection can be used again, while the wait lasts and in its
 * background, and cancels what is left. Its failure is nobody's. Firefox closes the connection of a body that stalls for an
 * abort only, which has to come after the cancel: that does not end while someone reads a clone of the response.
 */
export function discard(
  response: Response | undefined,
  wait: Promise<unknown> = Promise.resolve(),
  request?: Abortable['request'],
): void {
  const body = response?.body;
  if (body?.locked !== false) return;
  const reader = body.getReader();
  let isWhole = false;
  const stop = (): void => {
    // A cancel ends what is being read, too.
    const left = isWhole ? undefined : request;
    reader.cancel().catch(ignore).then(() => left?.abort());
  };
  drain(reader).then((isEnd) => {
    isWhole = isEnd;
    if (!isEnd) stop();
  }, ignore);
  wait.then(stop, stop);
}

/** Whether it came to the end. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<boolean> {
  for (let left = drainLimit; left >= 0;) {
    const { done, value } = await reader.read();
    if (done) return true;
    left -= value.byteLength;
  }
  return false;
}
