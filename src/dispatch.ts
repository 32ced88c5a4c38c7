import type { Abortable } from './abort-forwarding.ts';
import type { Init, Input } from './fetch-arguments.ts';

/** The platform's fetch, or a function used in its place. */
export type Fetch = (input: Input, init?: Init) => Promise<Response>;

/** A request whose headers have arrived, and which can still be aborted. */
export interface OpenRequest extends Abortable {
  /** Stops forwarding aborts to the request, because its body has ended. */
  release(): void;
}

/** Receives the result of a dispatched request: exactly one of the two is called, once. */
export interface Callback {
  /** The headers have arrived. `request` can still abort the body. Absent where nothing can. */
  onResponse(response: Response, request?: OpenRequest): void;
  onError(error: unknown): void;
  /** The body of the response has ended, where that can be observed. */
  release?(): void;
}

/** The attempt that a request is sent for, as far as a TimeoutError names it. */
export interface LabeledAttempt {
  /** The number of the attempt, for the message of an error: ` (attempt 4 of 4)`. */
  label(): string;
}

/** A fetch that reports to a callback: a call needs one promise, however many layers it passes. `signal` is that of the arguments, read once. */
export type Dispatch = (input: Input, init: Init | undefined, signal: AbortSignal | undefined, callback: Callback, attempt?: LabeledAttempt) => void;

/** Wraps a dispatch. */
export type DispatchLayer = (dispatch: Dispatch) => Dispatch;

/** The innermost dispatch: calls fetch. */
export const toDispatch = (fetch: Fetch): Dispatch => (input, init, _signal, callback) =>
  void callFetch(fetch, input, init).then((response) => {
    try {
      callback.onResponse(response);
    } catch (error) {
      // A mock Response may have getters that throw.
      callback.onError(error);
    }
  }, (error) => callback.onError(error));

/** The outermost: creates the promise of the call. */
export function toPromise(dispatch: Dispatch, input: Input, init: Init | undefined, signal: AbortSignal | undefined, attempt?: LabeledAttempt): Promise<Response> {
  const promise = new Promise<Response>(captureCallback);
  // The executor has run by now.
  const callback = captured as Callback;
  captured = undefined;
  dispatch(input, init, signal, callback, attempt);
  return promise;
}

let captured: Callback | undefined;

/** One executor for all promises: a closure for each would add 112 bytes to a call. */
const captureCallback = (onResponse: Callback['onResponse'], onError: Callback['onError']): void => {
  captured = { onResponse, onError };
};

/** Calls a fetch that may throw instead of rejecting, or may not return a promise. */
export function callFetch(fetch: Fetch, input: Input, init: Init | undefined): Promise<Response> {
  try {
    return Promise.resolve(fetch(input, init));
  } catch (error) {
    return Promise.reject(error);
  }
}
