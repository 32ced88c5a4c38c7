import type { BackoffFunction, BackoffSettings, Failure } from '../../../src/index.ts';

/** A call and all that happens to it, as plain data. Times are milliseconds since the call. Every member may be absent. */
export interface Script {
  /** Default PUT with a body, else GET. */
  readonly method?: string;
  readonly scheme?: 'http' | 'https' | 'ftp';
  /** Default `'follow'`. */
  readonly redirect?: 'manual' | 'error';
  readonly hasIdempotencyKey?: boolean;
  /** The platform rejects the arguments, so that no request is made. */
  readonly isRefused?: boolean;
  readonly body?: RequestBody;
  readonly options?: Options;
  readonly shouldRetry?: Predicate;
  readonly onFailure?: Hook;
  readonly abort?: Abort;
  /** The outcome of each request. A request beyond the list gets a 200 at once. */
  readonly answers?: readonly Answer[];
}

export interface RequestBody {
  /** Default a string. */
  readonly kind?: 'stream' | 'request' | 'factory';
  /** The duration of a call of the factory. */
  readonly takes?: number;
  /** The number of the call that throws. */
  readonly throwsAt?: number;
}

export interface Options {
  readonly retries?: number;
  readonly timeout?: number;
  readonly totalTimeout?: number;
  readonly maxRetryAfter?: number;
  readonly backoff?: Partial<BackoffSettings> | BackoffName;
  /** The reserve of a budget whose ratio is 0.5. */
  readonly budget?: number;
  readonly statuses?: readonly number[];
  readonly methods?: readonly string[];
  /** The `retryAfter` option is a function that reads `Answer.ownHint`. */
  readonly readsOwnHint?: boolean;
}

/** Backoff functions of the caller's own. The last one returns NaN for the second retry. */
export const backoffFunctions = {
  linear: (retry) => retry * 10,
  growing: (retry, random, previous) => previous + 100 * random + retry,
  broken: (retry) => (retry === 1 ? 5 : NaN),
} satisfies Record<string, BackoffFunction>;

export type BackoffName = keyof typeof backoffFunctions;

export interface Predicate {
  /** Default: as the rules decide. */
  readonly says?: 'yes' | 'no' | 'opposite';
  /** Async if present. */
  readonly takes?: number;
  readonly throwsAt?: number;
}

export interface Hook {
  readonly throwsAt?: number;
}

/** The moment or place in which the caller aborts: the n-th response, predicate call or hook call. Default before the call. */
export interface Abort {
  readonly at?: number;
  readonly answer?: number;
  readonly shouldRetry?: number;
  readonly onFailure?: number;
  /** Default an Error. */
  readonly reason?: 'text' | 'zero' | 'null' | 'none' | 'timeout';
}

export const isBeforeCall = ({ at, answer, shouldRetry, onFailure }: Abort): boolean =>
  (at ?? answer ?? shouldRetry ?? onFailure) === undefined;

export interface Answer {
  /** Default at once. */
  readonly after?: number;
  readonly ignoresSignal?: boolean;
  /** Default 200. Not read if there is an error. */
  readonly status?: number;
  readonly error?: ErrorName;
  readonly hasBody?: boolean;
  readonly hint?: Hint;
  /** The milliseconds that an own `retryAfter` function reads. */
  readonly ownHint?: number;
  /** The random number for the wait that follows. Default 0.5. */
  readonly random?: number;
}

export type ErrorName =
  | 'reset' | 'refused' | 'unknown host' | 'connect timeout' | 'certificate' | 'bad port' | 'no cause' | 'AbortError' | 'TimeoutError';

/** A Retry-After: digits, a date (as time since the call) with the server's own `Date`, or garbage. */
export interface Hint {
  readonly seconds?: string;
  readonly until?: number;
  readonly dated?: number;
  readonly garbage?: string;
}

export const answerTo = ({ isRefused, answers = [] }: Script, attempt: number): Answer =>
  isRefused ? { error: 'no cause' } : answers[attempt - 1] ?? {};

/** A failure record with the error's name in place of the error. */
export type NamedFailure = Omit<Failure, 'error'> & { readonly error?: string };

export type PredicateCall = readonly [attempt: number, kind: string, transient: boolean, elapsed: number];

/** Everything that a caller and a server can observe of a call. */
export interface Observation {
  /** When each request was made. */
  readonly requests: readonly number[];
  readonly predicateCalls: readonly PredicateCall[];
  readonly hookCalls: readonly NamedFailure[];
  readonly failures: readonly NamedFailure[];
  /** The name of the response or error that the call settled with. */
  readonly result: string;
  readonly settledAt: number;
  /** The retries that the budget can still pay for. `Infinity` without a budget. */
  readonly retriesLeft: number;
  /** Timers and listeners left behind, bodies read or not discarded, unhandled rejections. */
  readonly leftovers: readonly string[];
}
