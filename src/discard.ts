import type { Abortable } from './abort-forwarding.ts';

/** The number of bytes of a discarded response that are read so that its connection can be reused. */
const drainLimit = 65_536;

/** The abort reason of a discarded response's request. One for all, because creating an error takes microseconds. */
const discarded = new DOMException('Discarded', 'AbortError');

/**
 * Cancels the body of a response or request that nobody will read, and aborts its request, which closes the connection. Never
 * throws. Not awaited: on a teed body, cancel() may never settle.
 */
export function discard(owner: { readonly body: unknown } | undefined, request?: Abortable): void {
  const body = unlockedBodyOf(owner);
  if (body) void cancelAndAbort(body, request);
}

function unlockedBodyOf(owner: { readonly body: unknown } | undefined): ReadableStream<Uint8Array> | undefined {
  try {
    const body = owner?.body as ReadableStream<Uint8Array> | null | undefined;
    return body?.locked === false ? body : undefined;
  } catch {
    // A mock Response may have getters that throw.
    return undefined;
  }
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
  const body = unlockedBodyOf(response);
  if (!body) return undefined;
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
