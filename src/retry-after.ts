const months = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const weekday = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';

/** The three forms of an HTTP date (RFC 9110 5.6.7), case-sensitive and always UTC, and how each becomes an ISO date. */
const dateForms = [
  [`${weekday}, (\\d\\d) (\\w{3}) (\\d{4}) ([\\d:]+) GMT`, '$3-$2-$1T$4'],
  ['(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\\d\\d)-(\\w{3})-(\\d\\d) ([\\d:]+) GMT', '$3-$2-$1T$4'],
  [`${weekday} (\\w{3}) ([ \\d]\\d) ([\\d:]+) (\\d{4})`, '$4-$1-$2T$3'],
].map(([form, iso = '']) => [new RegExp(`^${form}$`), iso] as const);

/**
 * The wait that a `Retry-After` value names, in milliseconds (RFC 9110 10.2.3): digits are seconds, an HTTP date in any of
 * its three forms is measured against `date`, and a date in the past is 0. Digits with a decimal fraction are accepted too,
 * rounded up to the next millisecond, because some servers send `2.0`.
 * Anything else (`"-1"`, `"1."`, `"120, 60"`, `"soon"`, null) is `undefined`: never NaN, never an exception.
 *
 * @param value - the header's value, as `response.headers.get('retry-after')` returns it
 * @param date - the present, in Unix milliseconds
 * @example
 * parseRetryAfter('120', Date.now()); // 120_000
 */
export function parseRetryAfter(value: string | null | undefined, date: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(`${value}e3`));
  const wait = Math.max(0, parseHttpDate(value, date) - date);
  return Number.isNaN(wait) ? undefined : wait;
}

/**
 * The wait that a response's `Retry-After` names, in milliseconds: the default of the option `retryAfter`. A date is measured
 * against the response's own `Date`, so that a wrong local clock does no harm; without one, against `date`.
 *
 * @example
 * const api = resilientFetch.with({
 *   retryAfter: (response, date) => response.status === 403 ? 60_000 : retryAfterOf(response, date),
 * });
 */
export function retryAfterOf(response: Response, date: number): number | undefined {
  // A mock Response may have no headers, or a plain object of them.
  const value = response.headers?.get?.('retry-after');
  return value ? parseRetryAfter(value, servedAt(response, date)) : undefined;
}

/** The moment that the response's own `Date` names, in Unix milliseconds, or `date` where it names none. */
export function servedAt(response: Response, date: number): number {
  const served = parseHttpDate(response.headers.get('date') ?? '', date);
  return Number.isNaN(served) ? date : served;
}

/** An HTTP date in Unix milliseconds, or NaN for anything else, including the 31st of February. */
function parseHttpDate(value: string, date: number): number {
  const dateForm = dateForms.find(([form]) => form.test(value));
  if (dateForm === undefined) return NaN;
  const [year = '', month = '', dayAndTime = ''] = value.replace(...dateForm).split('-');
  const monthNumber = `${months.indexOf(month) / 3 + 1}`.padStart(2, '0');
  const momentIn = (fullYear: number | string): number => parseIso(`${fullYear}-${monthNumber}-${dayAndTime.replace(' ', '0')}`);
  if (year.length === 4) return momentIn(year);

  // A year of two digits is the latest one that is at most 50 years ahead (RFC 9110 5.6.7).
  const horizon = new Date(date);
  const lastYear = horizon.getUTCFullYear() + 50;
  const fullYear = lastYear - ((lastYear - Number(year)) % 100);
  const moment = momentIn(fullYear);
  return moment > horizon.setUTCFullYear(lastYear) ? momentIn(fullYear - 100) : moment;
}

/** Unix milliseconds, or NaN where a field is out of range: only a date that exists is written back the same. */
function parseIso(value: string): number {
  // HTTP allows a leap second, ISO dates of JavaScript do not.
  const iso = `${value.replace(/:60$/, ':59')}.000Z`;
  const moment = new Date(iso);
  return moment.toJSON() === iso ? moment.getTime() + (value.endsWith(':60') ? 1_000 : 0) : NaN;
}
