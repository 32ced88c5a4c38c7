import { retryAfterOf } from '../retry-after.ts';

// The grammar of structured fields (RFC 9651 3).
const string = '"(?:[ !#-[\\]-~]|\\\\["\\\\])*"';
const number = '-?(?:\\d{1,12}\\.\\d{1,3}|\\d{1,15})';
const token = '[A-Za-z*][\\w!#$%&\'*+.^`|~:/-]*';
const bytes = ':[A-Za-z\\d+/]*={0,2}:';
const date = '@-?\\d{1,15}';
const displayString = '%"(?:[ !#$&-~]|%[\\da-f]{2})*"';
const parameter = `; *([a-z*][a-z\\d_.*-]*)(?:=(${string}|${number}|${token}|${bytes}|${date}|\\?[01]|${displayString}))?`;

/** A list member that is a string, with its parameters. Another member follows, or the end. */
const limit = new RegExp(`${string}((?:${parameter})*)(?:[ \\t]*,[ \\t]*(?=")|$)`, 'gy');
const parameters = new RegExp(parameter, 'g');

/**
 * Reads the wait in the header `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11), in milliseconds: a reader for the option
 * `retryAfter`. The wait is the `t` of a policy with `r=0`, the longest of several. If no policy has `r=0`, there is no wait.
 * `Retry-After` takes precedence. A header that breaks the grammar anywhere is ignored as a whole: `undefined`.
 *
 * @example
 * const api = resilientFetch.with({ retryAfter: rateLimitHint });
 */
export const rateLimitHint = (response: Response, date: number): number | undefined =>
  // A mock Response may have no headers, or a plain object of them.
  retryAfterOf(response, date) ?? parseRateLimit(response.headers?.get?.('ratelimit') ?? '');

function parseRateLimit(value: string): number | undefined {
  let [length, longest] = [0, -1];
  for (const [match, group = ''] of value.matchAll(limit)) {
    // The last of several parameters with one name counts (RFC 9651 4.2.3.2).
    const { r, t = '' } = Object.fromEntries([...group.matchAll(parameters)].map(([, name = '', item = '?1']) => [name, item]));
    if (!isCount(r) || (t !== '' && !isCount(t))) return undefined;
    if (Number(r) === 0 && t !== '') longest = Math.max(longest, Number(t) * 1_000);
    length += match.length;
  }
  return length === value.length && longest >= 0 ? longest : undefined;
}

/** Returns whether a parameter is an integer that is not negative. A decimal, a string and a name without a value are not. */
const isCount = (item: string | undefined): boolean => item !== undefined && /^-0+$|^\d+$/.test(item);
