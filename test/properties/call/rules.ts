import { backoffFunctions, type Answer, type NamedFailure, type Options, type Script } from './script.ts';

/** The end of an attempt. */
export interface Outcome {
  readonly kind: NamedFailure['kind'];
  readonly status?: number;
  readonly error?: string;
  readonly duration: number;
}

export const isFailureStatus = (status: number, { statuses = [408, 425, 429, 500, 502, 503, 504] }: Options): boolean => statuses.includes(status);

/** The method as it is sent. Fetch normalizes put and post to upper case, but not query. */
export const methodOf = ({ method, body }: Script): string => ({ put: 'PUT', post: 'POST' })[method ?? ''] ?? method ?? (body ? 'PUT' : 'GET');

export const urlOf = ({ scheme = 'http' }: Script): string => `${scheme}://users.test/`;

/** The reason why the rules do not retry. There is none if the same request may succeed soon, and does no harm if it is sent again. */
export function obstacleTo(
  script: Script,
  { kind, status }: Outcome,
  { error }: Answer,
  hint: number | undefined,
): 'permanent' | 'not-repeatable' | undefined {
  const { scheme, hasIdempotencyKey, redirect, options = {} } = script;
  const { methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY'] } = options;
  const isRepeatable = hasIdempotencyKey || methods.includes(methodOf(script));
  if (status !== undefined) {
    const isTooEarly = status === 425 && scheme !== 'https' && scheme !== 'ftp';
    if (!isFailureStatus(status, options) || isTooEarly) return 'permanent';
    return isRepeatable || (hint !== undefined && [429, 503].includes(status)) ? undefined : 'not-repeatable';
  }
  const networkError = kind === 'network-error' ? error ?? '' : '';
  if (scheme === 'ftp' || ['certificate', 'bad port'].includes(networkError)) return 'permanent';
  const isUnsent = redirect !== undefined && ['refused', 'unknown host', 'connect timeout'].includes(networkError);
  return isRepeatable || isUnsent ? undefined : 'not-repeatable';
}

/** The wait that the server names. */
export function hintOf({ hint = {}, ownHint }: Answer, { readsOwnHint }: Options, now: number): number | undefined {
  // A reader that returns undefined leaves it to the header.
  if (readsOwnHint && ownHint !== undefined) return ownHint;
  if (hint.seconds !== undefined) return Number(`${hint.seconds}e3`);
  return hint.until === undefined ? undefined : Math.max(0, hint.until - (hint.dated ?? now));
}

/** The wait before a retry: at least the hint, plus the larger of the backoff and a random part of up to a quarter of the hint. */
export function delayAfter(
  attempt: number,
  { random = 0.5 }: Answer,
  hint: number | undefined,
  backoff: NonNullable<Options['backoff']> = {},
  previous: number | undefined,
): number {
  const own = backoffOf(backoff, attempt, random, previous);
  if (hint === undefined) return own;
  const hasJitter = typeof backoff === 'object' && backoff.jitter !== 'none';
  return hint + Math.max(own, hasJitter ? random * hint / 4 : 0);
}

function backoffOf(backoff: NonNullable<Options['backoff']>, retry: number, random: number, previous: number | undefined): number {
  if (typeof backoff === 'string') return backoffFunctions[backoff](retry, random, previous ?? 0);
  const { base = 200, factor = 2, max = 30_000, jitter = 'full' } = backoff;
  const uniform = (from: number, to: number): number => from + random * (to - from);
  const value = Math.min(max, base * factor ** (retry - 1));
  return {
    none: value,
    full: uniform(0, value),
    equal: value / 2 + uniform(0, value / 2),
    decorrelated: Math.min(max, uniform(base, 3 * (previous ?? base))),
  }[jitter];
}
