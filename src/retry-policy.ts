import { backoffDelay, type BackoffFunction, type BackoffSettings } from './backoff.ts';
import { numeric } from './checks.ts';
import type { Clock } from './clock.ts';
import type { Failure, StopReason } from './failures.ts';
import type { RequestFacts } from './request.ts';
import type { RetryBudget } from './retry-budget.ts';

/** The result of one attempt. */
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

/** Returns whether the same request may succeed soon, and does no harm if it is sent again. */
export function isTransient(
  { kind, response, error }: Outcome,
  request: RequestFacts,
  { statuses, methods }: RetryRules,
  retryAfter: number | undefined,
): boolean {
  // RFC 9110 9.2.2: a client retries only idempotent requests, and those that were not processed, by itself.
  const isRepeatable = methods.has(request.method) || request.headers.has('idempotency-key');
  if (kind !== 'response') return isHttp(request.url) && !isPermanent(error) && (isRepeatable || isNeverSent(error));
  const isInvited = (response?.status === 429 || response?.status === 503) && retryAfter !== undefined;
  return statuses.has(response?.status) && (isRepeatable || isInvited);
}

/** False for other schemes, whose failures are permanent. A relative URL has no scheme. */
const isHttp = (url: string): boolean => !/^\s*(?!https?:)[a-z][a-z\d+.-]*:/i.test(url);

/** The code of a network error: Node puts it on the cause, Bun on the error itself, others have none. */
function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } | null };
  return [cause?.code, code].find((value) => typeof value === 'string') ?? '';
}

/** Returns whether no connection was made, and so nothing was sent: by the code, or by the system call that failed. */
const isNeverSent = (error: unknown): boolean =>
  (error as { cause?: { syscall?: unknown } | null } | null | undefined)?.cause?.syscall === 'connect' ||
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused)$/.test(codeOf(error));

/** OpenSSL's codes for a bad certificate, as Node and Bun name them, and Node's own code for a wrong host name. */
const certificateCodes = /CERT|CRL|^UNABLE_TO_|^HOSTNAME_MISMATCH$|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$/;

/**
 * Returns whether fetch would fail the same way again: for a bad certificate, and for the rejections of the Fetch standard itself
 * (a bad port, too many redirects, `redirect: 'error'`, a wrong integrity). Undici gives these a plain Error without a code
 * as their cause; its network failures have a code or a class of their own. Other platforms do not distinguish them.
 */
function isPermanent(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== '') return certificateCodes.test(code);
  const { cause } = (error ?? {}) as { cause?: unknown };
  return isUndici && cause instanceof Error && cause.name === 'Error';
}

const isUndici =
  (globalThis as { process?: { versions?: { undici?: string } } }).process?.versions?.undici !== undefined;

/** The settings that decide whether a retry follows an attempt, and when. */
export interface RetryPolicy {
  readonly retries: number;
  readonly totalTimeout: number;
  readonly backoff: BackoffSettings | BackoffFunction;
  readonly maxRetryAfter: number;
  readonly retryAfter: (response: Response, date: number) => number | null | undefined;
  readonly retryOn: RetryRules;
  readonly shouldRetry: ((attempt: Attempt) => boolean | PromiseLike<boolean>) | undefined;
  readonly onFailure: ((failure: Failure) => void) | undefined;
  readonly budget: RetryBudget | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

// Results of the user's functions are checked at each use: NaN would mean a wait of 0, again and again.
const checkHint = numeric('a function that returns a number >= 0 or undefined', 0);
const checkDelay = numeric('a function that returns a finite number >= 0', 0, Number.MAX_VALUE);
const checkRandom = numeric('a function that returns 0 <= n < 1', 0, 1 - Number.EPSILON / 2);

/** The wait that the response names, in milliseconds, if any. */
export function hintOf(response: Response | undefined, { retryAfter, clock }: RetryPolicy): number | undefined {
  const hint = response && retryAfter(response, clock.date());
  return hint === undefined || hint === null ? undefined : checkHint(hint, 'retryAfter');
}

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
