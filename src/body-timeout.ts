import type { Abortable } from './abort-forwarding.ts';
import { startTimer, stopTimer, type Clock, type Timer } from './clock.ts';
import { discard } from './discard.ts';
import type { Layer } from './dispatch.ts';
import { TimeoutError } from './errors.ts';

/** Ends the reading of a body after `timeout` milliseconds without data. The only layer that wraps a response. */
export const withBodyTimeout = (timeout: number, clock: Clock): Layer => (dispatch) => (input, init, signal, callback) =>
  dispatch(input, init, signal, {
    onResponse: (original, request) => {
      let response = original;
      try {
        if (isReadable(original)) response = withBody(original, limitSilence(original, timeout, clock, request, signal));
      } catch (error) {
        discard(original, request);
        return callback.onError(error);
      }
      callback.onResponse(response, request);
    },
    onError: (error) => callback.onError(error),
  });

type Readable = Response & { readonly body: ReadableStream<Uint8Array> };

/** A mock Response may have a body of another kind. */
const isReadable = (response: Response): response is Readable =>
  typeof response?.body?.getReader === 'function' && !response.body.locked;

/**
 * A body that reads one chunk when one is wanted. Time passes only while a read is pending, so that a slow reader is never
 * taken for a slow server. It references the response, because undici cancels the body of a collected response.
 */
function limitSilence(
  response: Readable,
  timeout: number,
  clock: Clock,
  request: Abortable | undefined,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const cancel = (reason: unknown): Promise<void> => {
    const cancelled = (reader ?? response.body).cancel(reason);
    request?.abort(reason);
    return cancelled;
  };
  return new ReadableStream({
    // Undefined is the default kind, which TypeScript has no name for.
    type: (isByteStream(response.body) ? 'bytes' : undefined) as 'bytes',
    async pull(controller) {
      try {
        reader ??= response.body.getReader();
        const { done, value } = await inTime(reader.read(), timeout, clock);
        if (!done) return controller.enqueue(value as Uint8Array<ArrayBuffer>);
        controller.close();
        controller.byobRequest?.respond(0);
      } catch (error) {
        // Some platforms report an abort with an error of their own.
        const reason: unknown = signal?.aborted ? signal.reason : error;
        cancel(reason).catch(() => {});
        throw reason;
      }
    },
    cancel,
  }, { highWaterMark: 0 });
}

/** Returns whether a reader may bring its own buffers. */
function isByteStream(body: ReadableStream): boolean {
  try {
    body.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

/** Settles as the promise does, or rejects after `timeout` milliseconds. */
const inTime = <Value>(promise: Promise<Value>, timeout: number, clock: Clock): Promise<Value> =>
  new Promise((resolve, reject) => {
    const due = clock.now() + timeout;
    const onTimeout = (): void => reject(new TimeoutError('body', timeout));
    const timer: Timer = { clock };
    startTimer(timer, timeout, () => {
      // A late timer means a busy program, which may not have read yet what has arrived.
      const late = Math.min(timeout, clock.now() - due);
      if (late > 0) startTimer(timer, late, onTimeout);
      else onTimeout();
    });
    promise.then(resolve, reject).finally(() => stopTimer(timer));
  });

/** Returns whether the Response constructor accepts the status. A server may send others. */
const isConstructible = (status: number): boolean => status >= 200 && status <= 599;

/** A response like another one, with this body. */
function withBody(response: Response, body: ReadableStream): Response {
  const { headers, status } = response;
  const constructor = response.constructor as typeof Response | ObjectConstructor;
  const ResponseClass = constructor === Object ? Response : constructor as typeof Response;
  return imitate(new ResponseClass(body, isConstructible(status) ? response : { headers }), response);
}

/** Copies the members that a constructor cannot set, on clones too. */
function imitate(wrapped: Response, response: Response): Response {
  const { clone } = wrapped;
  for (const name of ['url', 'redirected', 'type', 'status', 'statusText', 'ok'] as const) Object.defineProperty(wrapped, name, { value: response[name] });
  return Object.defineProperty(wrapped, 'clone', { value: () => imitate(clone.call(wrapped), response) });
}
