import { backoffDelay, type BackoffFunction, type BackoffSettings } from './backoff.ts';
import { numeric } from './checks.ts';
import type { Clock } from './clock.ts';
import { isUndici } from './errors.ts';
import type { Failure, StopReason } from './failures.ts';
import { isObject } from './fetch-arguments.ts';
import type { RequestFacts } from './request.ts';
import type { RetryBudget } from './retry-budget.ts';

/**
 * The result of one attempt, by `kind`:
 * - `'response'`: fetch resolved, with any status, a good one too;
 * - `'network-error'`: fetch or a layer rejected;
 * - `'timeout'`: the attempt was aborted by `timeout`, and `error` is a `TimeoutError`.
 */
export type Outcome =
  | { readonly kind: 'response'; readonly response: Response; readonly error?: undefined }
  | { readonly kind: 'network-error' | 'timeout'; readonly error: unknown; readonly response?: undefined };

/** The argument of `shouldRetry`: one attempt, its outcome, and its classification by the rules. */
export type Attempt = Outcome & {
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** True if the rules would retry. `shouldRetry` may overrule them. */
  readonly transient: boolean;
  /** The request that was sent. */
  readonly request: RequestFacts;
  /** Milliseconds since the call began. */
  readonly elapsed: number;
};

/** The statuses and methods that are retried. */
export interface RetryRules {
  readonly statuses: ReadonlySet<number>;
  readonly methods: ReadonlySet<string>;
}

/**
 * The reason why the rules do not retry, or `undefined` where the same request may succeed soon, and does no harm if it is sent
 * again. After a redirect, neither an error nor a `Retry-After` says anything about the request that was sent.
 */
export function obstacleTo(
  { kind, response, error }: Outcome,
  request: RequestFacts,
  mayFollowRedirects: boolean,
  { statuses, methods }: RetryRules,
  retryAfter: number | undefined,
): 'permanent' | 'not-repeatable' | undefined {
  const isTransient = kind === 'response'
    ? statuses.has(response?.status) && (response?.status !== 425 || !/^http:/i.test(request.url))
    : isHttp(request.url) && !isPermanent(error);
  if (!isTransient) return 'permanent';
  // RFC 9110 9.2.2: a client retries only idempotent requests, and those that were not processed, by itself.
  if (methods.has(request.method) || request.headers.has('idempotency-key')) return undefined;
  const isUnprocessed = kind === 'response'
    ? retryAfter !== undefined && !response?.redirected && [429, 503].includes(response?.status)
    : !mayFollowRedirects && isNeverSent(error);
  return isUnprocessed ? undefined : 'not-repeatable';
}

/** False for other schemes, whose failures are permanent. A relative URL has no scheme. */
const isHttp = (url: string): boolean => !/^\s*(?!https?:)[a-z][a-z\d+.-]*:/i.test(url);

/** The members of an error of the network, which each platform puts in another place. */
interface NetworkError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly cause?: NetworkError | null;
  readonly errors?: readonly NetworkError[];
  readonly transient?: unknown;
}

const asNetworkError = (error: unknown): NetworkError => (isObject(error) ? error : {});

/** The code of a network error: Node puts it on the cause, Bun on the error itself, others have none. */
const codeOf = ({ code, cause }: NetworkError): string => [cause?.code, code].find((value) => typeof value === 'string') ?? '';

/**
 * Returns whether nothing was sent: no connection was made (by the code, or by the system call that failed, for each address
 * of the host), its TLS handshake did not complete, or the server refused the HTTP/2 stream (RFC 9113 8.7). For the last two, Node
 * has no code of their own.
 */
function isNeverSent(error: unknown): boolean {
  const networkError = asNetworkError(error);
  const { syscall, message, errors } = networkError.cause ?? networkError;
  if (Array.isArray(errors)) return errors.length > 0 && errors.every(isNeverSent);
  return syscall === 'connect' ||
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused)$/.test(codeOf(networkError)) ||
    /before secure TLS connection|NGHTTP2_REFUSED_STREAM/.test(String(message));
}

/** OpenSSL's codes for a bad certificate, as Node and Bun name them, Node's own for a wrong host name, and undici's for bad arguments. */
const permanentCodes =
  /CERT|CRL|^UNABLE_TO_|^HOSTNAME_MISMATCH$|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$|^(UND_)?ERR_(INVALID_(ARG|URL)|NOT_SUPPORTED|REQ_CONTENT_LENGTH_MISMATCH|HEADERS_OVERFLOW)$/;

/**
 * Returns whether fetch would fail the same way again: for a bad certificate, for the rejections of the Fetch standard itself
 * (a bad port, too many redirects, `redirect: 'error'`, a wrong integrity), and for an error that says so. Undici gives the
 * rejections a plain Error without a code as their cause, of another realm under Jest. Its network failures have a code, a
 * class of their own, or a cause in turn. Other platforms do not distinguish them.
 */
function isPermanent(error: unknown): boolean {
  const networkError = asNetworkError(error);
  if (networkError.transient === false) return true;
  const code = codeOf(networkError);
  if (code !== '') return permanentCodes.test(code);
  const { cause } = networkError;
  return isUndici && cause?.name === 'Error' && cause.constructor?.name === 'Error' && cause.cause === undefined;
}

/**
 * Reads the wait that a response names, in milliseconds. `undefined` leaves it to the `Retry-After` header, `null` means none.
 * May be async: clone the response to read its body, which the caller may get.
 */
export type RetryAfterReader = (response: Response, date: number) => Hint | PromiseLike<Hint>;

type Hint = number | null | undefined;

/** The settings that decide whether a retry follows an attempt, and when. */
export interface RetryPolicy {
  readonly retries: number;
  readonly totalTimeout: number;
  readonly backoff: BackoffSettings | BackoffFunction;
  readonly maxRetryAfter: number;
  readonly retryAfter: RetryAfterReader;
  readonly retryOn: RetryRules;
  readonly shouldRetry: ((attempt: Attempt) => boolean | PromiseLike<boolean>) | undefined;
  readonly onFailure: ((failure: Failure) => unknown) | undefined;
  readonly budget: RetryBudget | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

// Results of the user's functions are checked at each use: NaN would mean a wait of 0, again and again.
/** Checks the result of `retryAfter`. */
export const checkHint: (value: unknown, name: string) => number = numeric('a function that returns a number >= 0, undefined or null', 0);
const checkDelay = numeric('a function that returns a finite number >= 0', 0, Number.MAX_VALUE);
const checkRandom = numeric('a function that returns 0 <= n < 1', 0, 1 - Number.EPSILON / 2);

/** A wait before the next attempt. */
export interface Delay {
  readonly delay: number;
  readonly delayFrom: 'retry-after' | 'backoff';
}

/**
 * The wait before a retry, or the limit that forbids it. The wait that the server names is kept in full. The backoff is added
 * to it, or a random part of up to a quarter of it if that is longer: clients that were given the same moment would
 * otherwise return together.
 */
export function nextDelay(
  { backoff, maxRetryAfter, random }: RetryPolicy,
  retry: number,
  previous: number | undefined,
  retryAfter: number | undefined,
  left: number,
): Delay | StopReason {
  if (retryAfter !== undefined && (retryAfter > maxRetryAfter || retryAfter === Infinity)) return 'retry-after-too-long';
  const drawn = checkRandom(random(), 'random');
  const wait = checkDelay(backoffDelay(retry, backoff, drawn, previous), 'backoff');
  const hasJitter = typeof backoff === 'object' && backoff.jitter !== 'none';
  const delay = retryAfter === undefined ? wait : retryAfter + Math.max(wait, hasJitter ? drawn * retryAfter / 4 : 0);
  // A wait that ends with the deadline leaves no time for an attempt.
  if (delay >= left) return 'total-timeout';
  return { delay, delayFrom: retryAfter === undefined ? 'backoff' : 'retry-after' };
}
