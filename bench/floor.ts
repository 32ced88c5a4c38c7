/** What the floor is told, as every contestant is. */
export interface FloorOptions {
  /** Attempts after the first. */
  readonly retries: number;
  /** Milliseconds an attempt may take; `undefined` for no limit, and so for no controller. */
  readonly timeout: number | undefined;
  /** Milliseconds before a retry; 0 takes no timer. */
  readonly wait: number;
}

/**
 * The least that any such wrapper must do, by hand: one loop, and for each attempt one controller, one timer that is
 * cleared, and one listener on the caller's signal that is removed.
 *
 * It leaves out whatever makes a library: options of a call's own, validation, methods that may not be repeated, bodies that
 * cannot, Retry-After, jitter, records, hooks, a limit for all attempts, letting go of a dropped response, a caller's abort
 * that reaches the body after the headers, Requests, a fetch that ignores its signal, and a clock that can be replaced.
 */
export async function floor(url: string, signal: AbortSignal | undefined, options: FloorOptions): Promise<Response> {
  const { retries, timeout, wait } = options;
  for (let left = retries; ; left -= 1) {
    let controller: AbortController | undefined;
    let timer: NodeJS.Timeout | undefined;
    let abort: (() => void) | undefined;
    let response: Response | undefined;
    try {
      if (timeout !== undefined) {
        controller = new AbortController();
        timer = setTimeout(expire, timeout, controller);
        if (signal !== undefined) abort = follow(signal, controller);
      }
      response = await send(url, controller?.signal ?? signal);
      if (response.status < 500 || left === 0) return response;
    } catch (error) {
      if (left === 0 || signal?.aborted) throw error;
    } finally {
      clearTimeout(timer);
      if (abort !== undefined) signal?.removeEventListener('abort', abort);
    }
    // A loop that waits holds all that it has in scope.
    controller = timer = abort = response = undefined;
    if (wait > 0) await pause(wait, signal);
  }
}

const send = (url: string, signal: AbortSignal | undefined): Promise<Response> => signal === undefined ? fetch(url) : fetch(url, { signal });

/** With an argument, as a closure of the call would be one more thing to make. */
const expire = (controller: AbortController): void => controller.abort(new DOMException('too slow', 'TimeoutError'));

function follow(signal: AbortSignal, controller: AbortController): () => void {
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort);
  return abort;
}

/** One attempt with a limit, in the same way: for peers that have no timeout of their own. */
export async function limited(url: string, signal: AbortSignal | null | undefined, timeout: number): Promise<Response> {
  const controller = new AbortController();
  const timer = setTimeout(expire, timeout, controller);
  const abort = signal ? follow(signal, controller) : undefined;
  try {
    return await send(url, controller.signal);
  } finally {
    clearTimeout(timer);
    if (abort !== undefined) signal?.removeEventListener('abort', abort);
  }
}

/** A wait that the signal ends. Also what peers that wait by a function of their user's are given. */
export const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal === undefined) setTimeout(resolve, ms);
    else pauseUntilAborted(ms, signal, resolve, reject);
  });

function pauseUntilAborted(ms: number, signal: AbortSignal, resolve: () => void, reject: (reason: unknown) => void): void {
  const abort = (): void => {
    clearTimeout(timer);
    reject(signal.reason);
  };
  const timer = setTimeout(() => {
    signal.removeEventListener('abort', abort);
    resolve();
  }, ms);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
}
