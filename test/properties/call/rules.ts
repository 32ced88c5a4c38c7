import { backoffFunctions, type Answer, type NamedFailure, type Options, type Script } from './script.ts';

/** The end of an attempt. */
export interface Outcome {
  readonly kind: NamedFailure['kind'];
  readonly status?: number;
  readonly error?: string;
  readonly duration: number;
}

export const isFailureStatus = (status: number, { statuses = [408, 425, 429, 500, 502, 503, 504] }: Options): boolean => statuses.includes(status);

/** True if the same request may succeed soon, and does no harm if it is sent again. */
export function isTransient(
  { method, scheme, hasIdempotencyKey, body, options = {} }: Script,
  { kind, status }: Outcome,
  { error }: Answer,
  hint: number | undefined,
): boolean {
  const { methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY'] } = options;
  // Fetch normalizes put and post to upper case, but not query.
  const sent = { put: 'PUT', post: 'POST' }[method ?? ''] ?? method ?? (body ? 'PUT' : 'GET');
  const isRepeatable = hasIdempotencyKey || methods.includes(sent);
  if (status !== undefined) return isFailureStatus(status, options) && (isRepeatable || (hint !== undefined && [429, 503].includes(status)));
  if (scheme === 'ftp') return false;
  if (kind === 'timeout' || error === undefined) return isRepeatable;
  const isPermanent = ['certificate', 'bad port'].includes(error);
  const isUnsent = ['refused', 'unknown host', 'connect timeout'].includes(error);
  return !isPermanent && (isRepeatable || isUnsent);
}

/** The wait that the server wants. */
export function hintOf({ hint = {}, ownHint }: Answer, { readsOwnHint }: Options, now: number): number | undefined {
  if (readsOwnHint) return ownHint;
  if (hint.seconds !== undefined) return Number(hint.seconds) * 1_000;
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
