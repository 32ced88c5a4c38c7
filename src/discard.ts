import type { Abortable } from './abort-forwarding.ts';

/** How many bytes of a dropped response are read so that its connection can be reused. */
const drainLimit = 65_536;

/** The abort reason of a dropped response's request. One for all, since creating an error takes microseconds. */
const dropped = new DOMException('The response was dropped', 'AbortError');

const isUnlocked = (body: unknown): body is ReadableStream => (body as Partial<ReadableStream> | null | undefined)?.locked === false;

/** Cancels a body nobody will read. Not awaited: on a teed body, cancel() may never settle. */
export function cancel(body: unknown): void {
  if (isUnlocked(body)) void cancelAndAbort(body, undefined);
}

/** Cancels a response's body and aborts its request, which closes the connection. Never throws. */
export function drop(response: Response | undefined, request?: Abortable): void {
  const body = unlockedBodyOf(response);
  if (body) void cancelAndAbort(body, request);
}

function unlockedBodyOf(response: Response | undefined): ReadableStream<Uint8Array> | undefined {
  try {
    const body = response?.body;
    return isUnlocked(body) ? body : undefined;
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
    // The response is dropped: its errors do not matter.
  }
  request?.abort(dropped);
}

/** A dropped response that is being read in the background. */
export interface Drain {
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  request: Abortable | undefined;
}

/** Reads a dropped response in the background, up to `drainLimit`, so that its connection can be reused. */
export function drain(response: Response | undefined, request?: Abortable): Drain | undefined {
  const body = unlockedBodyOf(response);
  if (!body) return undefined;
  const reader = body.getReader();
  const draining: Drain = { reader, request };
  readToLimit(reader).then((isComplete) => stopDrain(draining, isComplete), () => stopDrain(draining, true));
  return draining;
}

/** Cancels what has not been read. */
export function stopDrain(draining: Drain | undefined, isComplete = false): void {
  if (draining?.reader !== undefined && !isComplete) void cancelAndAbort(draining.reader, draining.request);
  if (draining !== undefined) draining.reader = draining.request = undefined;
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
