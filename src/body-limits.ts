import { reasonOf, releaseWith, untilAborted, weakReferenceTo, type Abortable } from './abort-forwarding.ts';
import { endLimit, startTimer, stopTimer, type Clock, type Timer } from './clock.ts';
import { discard } from './discard.ts';
import type { DispatchLayer } from './dispatch.ts';
import { TimeoutError } from './errors.ts';
import { copyFailures } from './failures.ts';
import { fixedInput } from './fetch-arguments.ts';
import { describeRequest } from './request.ts';

/** The limits on the body of the response that the call ends with. */
interface Limits {
  readonly bodyTimeout: number;
  readonly totalTimeout: number;
  readonly clock: Clock;
}

/** Wraps the response, so that the limits hold until the last byte of its body. The only layer that does. */
export const withBodyLimits = (limits: Limits): DispatchLayer => (dispatch) => (input, init, signal, callback) => {
  const started = limits.clock.now();
  // Callers change their objects after the call.
  const [url, method] = [fixedInput(input), init?.method];
  dispatch(input, init, signal, {
    onResponse: (original, request) => {
      let response = original;
      let body: LimitedBody | undefined;
      try {
        if (isReadable(original)) {
          const release = (): void => {
            request?.release();
            callback.release?.();
          };
          body = limitBody(original, limits, started, describeRequest(url, method), signal, request, release);
          response = copyFailures(withBody(original, body.stream), original);
        }
      } catch (error) {
        discard(original);
        // First, because the end of the body releases the outer limit, which then reports nothing.
        callback.onError(error);
        body?.fail(error);
        request?.abort(error);
        return;
      }
      callback.onResponse(response, request);
    },
    onError: (error) => callback.onError(error),
  });
};

type Readable = Response & { readonly body: ReadableStream<Uint8Array> };

/** A mock Response may have a body of another kind, such as a stream of Node. */
const isReadable = (response: Response): response is Readable =>
  typeof Response === 'function' && typeof response?.body?.getReader === 'function' && !response.body.locked;

/** The result of a read. */
type Chunk = { readonly done: boolean; readonly value?: Uint8Array | undefined };

/** A body under limits. The stream references the rest, and not the other way round, so that it can be collected. */
interface LimitedBody {
  readonly stream: ReadableStream<Uint8Array>;
  fail(error: unknown): void;
}

/**
 * Reads one chunk when one is wanted. The silence is measured only while a read is pending, so that a slow reader is never
 * taken for a slow server. References the response, because undici cancels the body of a collected response.
 */
function limitBody(
  response: Readable,
  { bodyTimeout, totalTimeout, clock }: Limits,
  started: number,
  label: string,
  signal: AbortSignal | undefined,
  request: Abortable | undefined,
  release: () => void,
): LimitedBody {
  const total = new TotalTimer(clock);
  const isBytes = isByteStream(response.body);
  const reader = response.body.getReader();
  // Set by `start`, which the constructor of a stream calls.
  let controller = undefined as unknown as ReadableByteStreamController;
  let isReading = false;
  let isSourceClosed = false;
  let hasEnded = false;
  const end = (): void => {
    hasEnded = true;
    total.release();
    release();
  };
  const close = (): void => {
    end();
    controller.close();
    controller.byobRequest?.respond(0);
  };
  const cancel = (reason: unknown): Promise<void> => {
    const cancelled = reader.cancel(reason);
    request?.abort(reason);
    end();
    return cancelled;
  };
  const fail = (error: unknown): void => {
    // Some platforms report an abort with an error of their own.
    const reason = signal?.aborted ? reasonOf(signal) : error;
    cancel(reason).catch(() => {});
    controller.error(reason);
  };
  const read = (silence: Timer): Promise<Chunk> => new Promise((resolve, reject) => {
    const began = clock.now();
    const onTimer = (): void => endLimit(silence, bodyTimeout, began, () => reject(new TimeoutError('body', bodyTimeout, label)));
    if (bodyTimeout < Infinity) startTimer(silence, bodyTimeout, onTimer);
    reader.read().then(resolve, reject);
  });
  const source = withoutPrototype({
    // Undefined is the default type, which TypeScript has no name for.
    type: (isBytes ? 'bytes' : undefined) as 'bytes',
    start: (created: ReadableByteStreamController) => { controller = created; },
    async pull(): Promise<void> {
      const silence: Timer = { clock };
      isReading = true;
      try {
        // Raced against the signal: on Node 20 and 22, a read at the end of a body never settles after an abort.
        const { done, value } = await untilAborted<Chunk>(read(silence), signal);
        if (!done) controller.enqueue(value as Uint8Array<ArrayBuffer>);
        isReading = false;
        if (done || isSourceClosed) close();
      } catch (error) {
        fail(error);
      } finally {
        stopTimer(silence);
      }
    },
    cancel,
    onSourceClosed(): void {
      isSourceClosed = true;
      if (!isReading && !hasEnded) close();
    },
    fail,
  });
  const stream = new ReadableStream(source, withoutPrototype({ highWaterMark: 0 }));
  releaseWith(stream, total);
  watch(weakReferenceTo(source), reader.closed, total, totalTimeout, started, label);
  return { stream, fail };
}

/** The timer of the total limit. References nothing that leads to the body. Keeps no process alive: a pending read does. */
class TotalTimer implements Timer {
  readonly clock: Clock;
  readonly isBackground = true;
  id?: unknown;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  release(): void {
    stopTimer(this);
  }
}

interface Watched {
  onSourceClosed(): void;
  fail(error: unknown): void;
}

/** The platform reads inherited members too, such as one that a program added to Object.prototype. */
const withoutPrototype = <Members extends object>(members: Members): Members => Object.assign(Object.create(null) as object, members);

/** Ends the body with its source, or when the total limit runs out. Keeps neither the source nor the stream alive. */
function watch(body: { deref(): Watched | undefined }, closed: Promise<unknown>, timer: Timer, timeout: number, started: number, label: string): void {
  closed.then(() => body.deref()?.onSourceClosed(), (error) => body.deref()?.fail(error));
  if (timeout === Infinity) return;
  const onTimer = (): void => endLimit(timer, timeout, started, () => body.deref()?.fail(new TimeoutError('total', timeout, label)));
  startTimer(timer, Math.max(0, started + timeout - timer.clock.now()), onTimer);
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

/** Returns whether the Response constructor accepts the status with a body. A server may send others. */
const isConstructible = (status: number): boolean => status >= 200 && status <= 599 && ![204, 205, 304].includes(status);

/** A response like another one, with this body. Always of the platform's class: another one may take other arguments. */
const withBody = (response: Response, body: ReadableStream): Response =>
  imitate(new Response(body, { headers: response.headers, ...(isConstructible(response.status) && { status: response.status }) }), response);

/** Copies the members that the constructor cannot set, on clones too. */
function imitate(wrapped: Response, response: Response): Response {
  const { clone } = wrapped;
  for (const name of ['url', 'redirected', 'type', 'status', 'statusText', 'ok', 'headers'] as const) {
    Object.defineProperty(wrapped, name, { value: response[name], configurable: true });
  }
  return Object.defineProperty(wrapped, 'clone', { value: () => imitate(clone.call(wrapped), response), configurable: true, writable: true });
}
