import type { Abortable } from './abort-forwarding.ts';
import { abortError, isUndici } from './errors.ts';

/** The number of bytes of a discarded response that are read so that its connection can be reused. */
const drainLimit = 65_536;

/** The abort reason of a discarded response's request. One for all, because creating an error takes microseconds. */
const discarded = abortError('Discarded');

/** The owner of a body: a Response or Request, or a mock of one, whose getters may throw. */
interface Owner {
  readonly body?: unknown;
}

/**
 * Cancels or destroys the body of a response or request that nobody will read, and aborts its request, which closes the
 * connection, unless the body cannot be looked at. Never throws. Not awaited: on a teed body, cancel() may never settle.
 */
export function discard(owner: Owner | undefined, request?: Abortable): void {
  const body = bodyOf(owner);
  if (isUnlocked(body)) void cancelAndAbort(body, request);
  else if (body) void destroy(body, request);
}

function bodyOf(owner: Owner | undefined): unknown {
  try {
    const body = owner?.body as Partial<ReadableStream> | null | undefined;
    // A proxy of a stream may throw here, and not for `body`.
    void body?.locked;
    return body;
  } catch {
    return undefined;
  }
}

const isUnlocked = (body: unknown): body is ReadableStream<Uint8Array> => (body as Partial<ReadableStream> | null | undefined)?.locked === false;

/**
 * Destroys a stream of Node (node-fetch, cross-fetch), or ends an async iterator. The abort closes the socket under it. Async,
 * so that it cannot throw.
 */
async function destroy(stream: Partial<Closable>, request: Abortable | undefined): Promise<void> {
  try {
    const close = stream.destroy ?? stream.return;
    if (typeof close !== 'function') return;
    // The abort makes the stream emit an error, which nobody else may listen to.
    stream.on?.('error', () => {});
    const closed = close.call(stream);
    request?.abort(discarded);
    await closed;
  } catch {
    // Errors of a discarded response do not matter.
  }
}

interface Closable {
  readonly readableDidRead: boolean;
  readonly locked: boolean;
  on(event: 'error', listener: () => void): void;
  destroy(): unknown;
  return(): unknown;
}

/** Discards a body that was created for an attempt, if the attempt received a response without reading it. */
export function discardUnread(init: Owner | undefined): void {
  const body = init?.body as Partial<Closable> | null | undefined;
  if (body?.readableDidRead === false || body?.locked === false) discard(init);
}

/**
 * Reads a stream through one of our own, so that it can be cancelled when the attempt fails: undici keeps a stream locked
 * whose request could not connect (Node 20 to 24). Other bodies, and other platforms, which may know the stream's length, are
 * left as they are.
 */
export function readThrough<Value>(body: Value): { body: Value; cancel: (() => void) | undefined } {
  if (!isUndici || !isUnlocked(body)) return { body, cancel: undefined };
  const reader = body.getReader() as ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  const through = new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  // A stream takes the place of a stream.
  return { body: through as Value, cancel: () => void cancelAndAbort(reader, undefined) };
}

/** Aborts after the cancel: Firefox closes a stalled body's connection only on an abort. Async, so that it cannot throw. */
async function cancelAndAbort(source: ReadableStream | ReadableStreamDefaultReader, request: Abortable | undefined): Promise<void> {
  try {
    await source.cancel();
  } catch {
    // Errors of a discarded response do not matter.
  }
  request?.abort(discarded);
}

/** Ends a drain: cancels the part of the body that has not been read, unless the body is complete. */
export type StopDrain = (isComplete?: boolean) => void;

/** Reads a discarded response in the background, up to `drainLimit`, so that its connection can be reused. */
export function drain(response: Response | undefined, request?: Abortable): StopDrain | undefined {
  const body = bodyOf(response);
  if (!isUnlocked(body)) {
    discard(response, request);
    return undefined;
  }
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined = body.getReader();
  const stop: StopDrain = (isComplete) => {
    if (reader && !isComplete) void cancelAndAbort(reader, request);
    reader = request = undefined;
  };
  readToLimit(reader).then(stop, () => stop(true));
  return stop;
}

/** Resolves to whether the body ended within the limit. */
async function readToLimit(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<boolean> {
  for (let left = drainLimit; left >= 0;) {
    const { done, value } = await reader.read();
    if (done) return true;
    left -= value.byteLength;
  }
  return false;
}
