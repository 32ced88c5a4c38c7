import { backoffDelay, type BackoffFunction, type BackoffSettings } from './backoff.ts';
import { numeric } from './checks.ts';
import type { Clock } from './clock.ts';
import type { Failure, StopReason } from './failures.ts';
import type { RequestFacts } from './request.ts';
import type { RetryBudget } from './retry-budget.ts';

/** What an attempt came to. */
export type Outcome =
  | { readonly kind: 'response'; readonly response: Response; readonly error?: undefined }
  | { readonly kind: 'network-error' | 'timeout'; readonly error: unknown; readonly response?: undefined };

/** What `shouldRetry` is asked about: one attempt, what it came to, and what the rules make of it. */
export type Attempt = Outcome & {
  /** Which attempt it was, from 1. */
  readonly attempt: number;
  /** The verdict of the rules, which the answer may overrule. */
  readonly transient: boolean;
  /** What was asked. */
  readonly request: RequestFacts;
  /** Milliseconds since the call began. */
  readonly elapsed: number;
};

/** The statuses and methods that the rules take as worth repeating. */
export interface RetryRules {
  readonly statuses: ReadonlySet<number>;
  readonly methods: ReadonlySet<string>;
}

/** Whether the same request may well succeed soon, and does no harm if it is sent again. */
export function isTransient(
  { kind, response, error }: Outcome,
  request: RequestFacts,
  { statuses, methods }: RetryRules,
  retryAfter: number | undefined,
): boolean {
  // RFC 9110 9.2.2: only what is idempotent, or known not to have been done, is repeated unasked.
  const isRepeatable = methods.has(request.method) || request.headers.has('idempotency-key');
  if (kind !== 'response') return isWeb(request.url) && !isPermanent(error) && (isRepeatable || wasNeverReached(error));
  const isInvited = (response?.status === 429 || response?.status === 503) && retryAfter !== undefined;
  return statuses.has(response?.status) && (isRepeatable || isInvited);
}

/** No other scheme than http and https: what other schemes refuse, they refuse again. A relative URL has none. */
const isWeb = (url: string): boolean => !/^\s*(?!https?:)[a-z][a-z\d+.-]*:/i.test(url);

/** What an error knows of its origin: Node says it of the cause, Bun of the error itself, others nothing. */
function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } | null };
  return [cause?.code, code].find((value) => typeof value === 'string') ?? '';
}

/** The connection never came about, so that nothing was sent: by the code, or by the system call that failed. */
const wasNeverReached = (error: unknown): boolean =>
  (error as { cause?: { syscall?: unknown } | null } | null | undefined)?.cause?.syscall === 'connect' ||
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused)$/.test(codeOf(error));

/** OpenSSL's verdicts on a certificate, as Node and Bun name them, and Node's own on the name in it. */
const certificateCodes = /CERT|CRL|^UNABLE_TO_|^HOSTNAME_MISMATCH$|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$/;

/**
 * A certificate that does not convince, and what the Fetch standard itself refuses: a bad port, one redirect too many,
 * a redirect under `redirect: 'error'`, a broken integrity. Node's undici gives the latter a plain Error without a code as
 * their cause, where network failures have a code or a class of their own; on other platforms they cannot be told apart.
 */
function isPermanent(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== '') return certificateCodes.test(code);
  const { cause } = (error ?? {}) as { cause?: unknown };
  return isUndici && cause instanceof Error && cause.name === 'Error';
}

const isUndici =
  (globalThis as { process?: { versions?: { undici?: string } } }).process?.versions?.undici !== undefined;

/** All that decides whether an attempt is followed by another, and when. */
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

// What functions of the user's own give back is checked where it is used: a NaN would be a wait of nothing, for ever.
const hintDelay = numeric('a function that returns a number >= 0 or undefined', (value) => value >= 0);
const ownDelay = numeric('a function that returns a finite number >= 0', (value) => value >= 0 && value < Infinity);
const chance = numeric('a function that returns 0 <= n < 1', (value) => value >= 0 && value < 1);

/** What a response asks for, in milliseconds, where it asks. */
export function hintOf(response: Response | undefined, { retryAfter, clock }: RetryPolicy): number | undefined {
  const hint = response && retryAfter(response, clock.date());
  return hint === undefined || hint === null ? undefined : hintDelay(hint, 'retryAfter');
}

/** A wait before the next attempt. */
export interface Delay {
  readonly delay: number;
  readonly delayFrom: 'retry-after' | 'backoff';
}

/**
 * How long to wait before a retry, or why it is not made. What the server asks for is waited out, and after it our backoff,
 * or by chance up to a quarter of it if that is more: those who were told the same moment would come back as a herd.
 */
export function nextDelay(
  { backoff, maxRetryAfter, random }: RetryPolicy,
  retry: number,
  previous: number | undefined,
  retryAfter: number | undefined,
  left: number,
): Delay | StopReason {
  if (retryAfter !== undefined && (retryAfter > maxRetryAfter || retryAfter === Infinity)) return 'retry-after-too-long';
  const drawn = chance(random(), 'random');
  const own = ownDelay(backoffDelay(retry, backoff, drawn, previous), 'backoff');
  const hasJitter = typeof backoff === 'object' && backoff.jitter !== 'none';
  const delay = retryAfter === undefined ? own : retryAfter + Math.max(own, hasJitter ? drawn * retryAfter / 4 : 0);
  // A wait that ends with the deadline leaves no time for an attempt.
  if (delay >= left) return 'total-timeout';
  return { delay, delayFrom: retryAfter === undefined ? 'backoff' : 'retry-after' };
}
