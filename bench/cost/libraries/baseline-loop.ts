export interface LoopOptions {
  /** Attempts after the first. */
  readonly retries: number;
  /** Milliseconds that an attempt may take; `undefined` for no limit and no controller. */
  readonly timeout: number | undefined;
  /** Milliseconds before a retry; 0 sets no timer. */
  readonly wait: number;
}

/**
 * Does the least that any wrapper of fetch with retries must do: one loop, and for each attempt one controller, one timer that
 * is cleared, and one listener on the caller's signal that is removed.
 *
 * The loop leaves out the rest of a library: options for each call, validation, methods and bodies that cannot be sent again,
 * Retry-After, jitter, records of failures, hooks, a limit for all attempts, discarding responses, an abort of the caller's that
 * reaches the body after the headers, Requests, a fetch that ignores its signal, and a clock that can be replaced.
 */
export async function fetchInLoop(url: string, signal: AbortSignal | undefined, options: LoopOptions): Promise<Response> {
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
        if (signal !== undefined) abort = forwardAbort(signal, controller);
      }
      response = await send(url, controller?.signal ?? signal);
      if (response.status < 500 || left === 0) return response;
    } catch (error) {
      if (left === 0 || signal?.aborted) throw error;
    } finally {
      clearTimeout(timer);
      if (abort !== undefined) signal?.removeEventListener('abort', abort);
    }
    // A loop that waits keeps everything in its scope alive.
    controller = timer = abort = response = undefined;
    if (wait > 0) await pause(wait, signal);
  }
}

const send = (url: string, signal: AbortSignal | undefined): Promise<Response> => signal === undefined ? fetch(url) : fetch(url, { signal });

/** Takes the controller as an argument because a closure would be one more allocation for each call. */
const expire = (controller: AbortController): void => controller.abort(new DOMException('too slow', 'TimeoutError'));

function forwardAbort(signal: AbortSignal, controller: AbortController): () => void {
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort);
  return abort;
}

/** Makes one attempt with a timeout, in the same way as the loop: for libraries without a timeout of their own. */
export async function fetchWithTimeout(url: string, signal: AbortSignal | null | undefined, timeout: number): Promise<Response> {
  const controller = new AbortController();
  const timer = setTimeout(expire, timeout, controller);
  const abort = signal ? forwardAbort(signal, controller) : undefined;
  try {
    return await send(url, controller.signal);
  } finally {
    clearTimeout(timer);
    if (abort !== undefined) signal?.removeEventListener('abort', abort);
  }
}

/** Waits until the time is over or the signal aborts. */
export const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal === undefined) setTimeout(resolve, ms);
    else pauseUntilAbort(ms, signal, resolve, reject);
  });

function pauseUntilAbort(ms: number, signal: AbortSignal, resolve: () => void, reject: (reason: unknown) => void): void {
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
