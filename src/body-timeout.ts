import type { Abortable } from './abort-forwarding.ts';
import { startTimer, stopTimer, type Clock, type Timer } from './clock.ts';
import { drop } from './discard.ts';
import type { Layer } from './dispatch.ts';
import { TimeoutError } from './errors.ts';
import { signalOf } from './fetch-arguments.ts';

/** Ends the reading of a body that stays silent for longer than `timeout` milliseconds. The only layer that wraps a response. */
export const withBodyTimeout = (timeout: number, clock: Clock): Layer => (dispatch) => (input, init, callback) =>
  dispatch(input, init, {
    onResponse: (response, request) => {
      const given = response;
      try {
        response = isReadable(response) ? withBody(response, limited(response, timeout, clock, request, signalOf(input, init))) : response;
      } catch (error) {
        drop(given, request);
        return callback.onError(error);
      }
      callback.onResponse(response, request);
    },
    onError: (error) => callback.onError(error),
  });

type Readable = Response & { readonly body: ReadableStream<Uint8Array> };

/** A stand-in for a Response may have a body of another kind. */
const isReadable = (response: Response): response is Readable =>
  typeof response?.body?.getReader === 'function' && !response.body.locked;

/**
 * A body that is read as it is asked for, chunk by chunk, under a limit for each. Time passes only while someone waits for a
 * chunk, so that a slow reader is never taken for a slow server. It holds the response, as undici cancels the body of one
 * that is collected.
 */
function limited(
  response: Readable,
  timeout: number,
  clock: Clock,
  request: Abortable | undefined,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const stop = (reason: unknown): Promise<void> => {
    const stopped = (reader ?? response.body).cancel(reason);
    request?.abort(reason);
    return stopped;
  };
  return new ReadableStream({
    // Undefined is the ordinary kind, which TypeScript does not know by this name.
    type: (isByteStream(response.body) ? 'bytes' : undefined) as 'bytes',
    async pull(sink) {
      try {
        reader ??= response.body.getReader();
        const { done, value } = await inTime(reader.read(), timeout, clock);
        if (!done) return sink.enqueue(value as Uint8Array<ArrayBuffer>);
        sink.close();
        sink.byobRequest?.respond(0);
      } catch (error) {
        // Some platforms tell an abort by an error of their own.
        const reason: unknown = signal?.aborted ? signal.reason : error;
        stop(reason).catch(() => {});
        throw reason;
      }
    },
    cancel: stop,
  }, { highWaterMark: 0 });
}

/** Whether readers may bring their own buffers. */
function isByteStream(body: ReadableStream): boolean {
  try {
    body.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

/** Settles as the promise does, unless nothing comes for so long. */
const inTime = <Value>(promise: Promise<Value>, timeout: number, clock: Clock): Promise<Value> =>
  new Promise((resolve, reject) => {
    const due = clock.now() + timeout;
    const giveUp = (): void => reject(new TimeoutError('body', timeout));
    const timer: Timer = { clock };
    startTimer(timer, timeout, () => {
      // A timer that comes late was kept waiting by a busy program, which may not have seen yet what the server sent.
      const late = Math.min(timeout, clock.now() - due);
      if (late > 0) startTimer(timer, late, giveUp);
      else giveUp();
    });
    promise.then(resolve, reject).finally(() => stopTimer(timer));
  });

/** Statuses that a Response can be made with; a server may send others. */
const isOrdinary = (status: number): boolean => status >= 200 && status <= 599;

/** A response like another one, but for its body. */
function withBody(response: Response, body: ReadableStream): Response {
  const { headers, status } = response;
  const kind = response.constructor as typeof Response | ObjectConstructor;
  const Kind = kind === Object ? Response : kind as typeof Response;
  return liken(new Kind(body, isOrdinary(status) ? response : { headers }), response);
}

/** Gives a response what its constructor cannot be told, and its clones too. */
function liken(made: Response, response: Response): Response {
  const { clone } = made;
  const { url, redirected, type, status, statusText, ok } = response;
  const members = { url, redirected, type, status, statusText, ok, clone: () => liken(clone.call(made), response) };
  return Object.defineProperties(made, Object.fromEntries(Object.entries(members).map(([name, value]) => [name, { value }])));
}
