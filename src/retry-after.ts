const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const month = `(?<month>${months.join('|')})`;
const time = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)';

/** The three forms of an HTTP date (RFC 9110 5.6.7), case-sensitive and always UTC. */
const dateForms = [
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d{2}) ${month} (?<year>\\d{4}) ${time} GMT`,
  `(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d{2})-${month}-(?<year>\\d{2}) ${time} GMT`,
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} (?<day>\\d{2}| \\d) ${time} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/**
 * The wait that a `Retry-After` value asks for, in milliseconds (RFC 9110 10.2.3): digits are seconds, an HTTP date in
 * any of its three forms is measured against `date`, and a date that has passed is 0.
 * Anything else (`"-1"`, `"1.5"`, `"120, 60"`, `"soon"`, null) is `undefined`: never NaN, never an exception.
 *
 * @param value - the header's value, as `response.headers.get('retry-after')` gives it
 * @param date - the present, in Unix milliseconds
 * @example
 * parseRetryAfter('120', Date.now()); // 120_000
 */
export function parseRetryAfter(value: string | null | undefined, date: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const until = parseHttpDate(value, date);
  return until === undefined || Number.isNaN(date) ? undefined : Math.max(0, until - date);
}

/**
 * What a response asks for by its `Retry-After`, in milliseconds. A date is measured against the response's own `Date`
 * where it has one, so that a wrong clock on this side does no harm; else against `date`.
 */
export function retryAfterOf(response: Response, date: number): number | undefined {
  // A stand-in for a Response may have no headers.
  const value = response.headers?.get('retry-after');
  if (!value) return undefined;
  return parseRetryAfter(value, parseHttpDate(response.headers.get('date') ?? '', date) ?? date);
}

/** An HTTP date to Unix milliseconds, or `undefined` for anything else, a 31st of February included. */
function parseHttpDate(value: string, date: number): number | undefined {
  const fields = dateForms.map((form) => form.exec(value)?.groups).find((groups) => groups !== undefined);
  if (fields === undefined) return undefined;
  const { day = '', month = '', year = '', hour, minute, second } = fields;
  const onDayOf = (fullYear: number): number => {
    const midnight = new Date(0);
    midnight.setUTCFullYear(fullYear, months.indexOf(month), Number(day));
    return midnight.getUTCDate() === Number(day) ? midnight.setUTCHours(Number(hour), Number(minute), Number(second)) : NaN;
  };
  const moment = year.length === 4 ? onDayOf(Number(year)) : inNearestCentury(Number(year), date, onDayOf);
  return Number.isNaN(moment) ? undefined : moment;
}

/** A two-digit year is the latest that is not more than 50 years ahead (RFC 9110 5.6.7). */
function inNearestCentury(digits: number, date: number, momentIn: (year: number) => number): number {
  const horizon = new Date(date);
  const lastYear = horizon.getUTCFullYear() + 50;
  const year = lastYear - ((lastYear - digits) % 100);
  return momentIn(year) > horizon.setUTCFullYear(lastYear) ? momentIn(year - 100) : momentIn(year);
}
