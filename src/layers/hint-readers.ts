import { callable } from '../checks.ts';
import { chain } from '../maybe-promise.ts';
import { retryAfterOf, servedAt } from '../retry-after.ts';
import type { RetryAfterReader } from '../retry-policy.ts';

/** A number as these headers have it: digits, with a decimal fraction or without. */
const decimal = /^\d+(\.\d+)?$/;

/** The value of a header times ten to the power of `exponent`, if it is a number. A mock Response may have no headers, or a plain object of them. */
function numberIn(response: Response, name: string, exponent = 0): number | undefined {
  const value = response.headers?.get?.(name) ?? '';
  // Multiplied in decimal, because 2.007 * 1_000 is above 2_007 in binary.
  return decimal.test(value) ? Number(`${value}e${exponent}`) : undefined;
}

/**
 * Reads the wait in the header `retry-after-ms`, in milliseconds, rounded up to whole ones: a reader for the option
 * `retryAfter`. Anything but digits with an optional decimal fraction is `undefined`.
 *
 * @example
 * const api = resilientFetch.with({ retryAfter: retryAfterMs });
 */
export function retryAfterMs(response: Response): number | undefined {
  const ms = numberIn(response, 'retry-after-ms');
  return ms === undefined ? undefined : Math.ceil(ms);
}

/** Milliseconds above which a value in seconds (a wait of 31 years) is a time since 1970 (from 2001). */
const longestWait = 1e12;

/** Milliseconds above which a time in seconds (in the year 5138) is a time in milliseconds (from 1973). */
const latestTime = 1e14;

/**
 * Reads the wait until `X-RateLimit-Reset`, in milliseconds: a reader for the option `retryAfter`. The header has a number of
 * seconds, or a time since 1970 in seconds or milliseconds, which is measured against the response's own `Date`, or without one
 * against `date`. A time in the past is 0. `Retry-After` takes precedence.
 *
 * `undefined` where the quota is not used up: where `X-RateLimit-Remaining` is not 0, or is absent and the status is not 429.
 *
 * @example
 * const api = resilientFetch.with({ retryAfter: rateLimitReset });
 */
export function rateLimitReset(response: Response, date: number): number | undefined {
  const retryAfter = retryAfterOf(response, date);
  const reset = numberIn(response, 'x-ratelimit-reset', 3);
  if (retryAfter !== undefined || reset === undefined || !isUsedUp(response)) return retryAfter;
  if (reset < longestWait) return Math.ceil(reset);
  const time = reset < latestTime ? reset : reset / 1_000;
  return Math.max(0, Math.ceil(time - servedAt(response, date)));
}

const isUsedUp = (response: Response): boolean =>
  response.headers.has('x-ratelimit-remaining') ? numberIn(response, 'x-ratelimit-remaining') === 0 : response.status === 429;

/**
 * Joins readers for the option `retryAfter`: each is called until one returns something other than `undefined`. `null` means
 * that the response names no wait. Readers may be async. If all return `undefined`, `Retry-After` is read.
 *
 * @example
 * const api = resilientFetch.with({ retryAfter: firstOf(retryAfterMs, rateLimitHint, rateLimitReset) });
 */
export function firstOf(...readers: readonly RetryAfterReader[]): RetryAfterReader {
  readers.forEach((reader, index) => callable(reader, `readers[${index}]`));
  return (response, date) => readers.reduce<ReturnType<RetryAfterReader>>(
    (earlier, reader) => chain(earlier, (hint) => (hint === undefined ? reader(response, date) : hint)),
    undefined,
  );
}
