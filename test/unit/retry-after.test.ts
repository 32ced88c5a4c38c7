import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRetryAfter, retryAfterOf } from '../../src/retry-after.ts';

/** Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110 5.6.7. */
const example = Date.UTC(1994, 10, 6, 8, 49, 37);

/** Mon, 23 Nov 2026 12:00:00 GMT. */
const now = Date.UTC(2026, 10, 23, 12);

const day = 86_400_000;

describe('parseRetryAfter', () => {
  const seconds: [string, number][] = [
    ['0', 0],
    ['1', 1_000],
    ['120', 120_000],
    ['007', 7_000],
    ['2030', 2_030_000],
    ['60', 60_000],
    ['2.0', 2_000],
    ['30.5', 30_500],
    ['16.1', 16_100],
    ['0.0001', 1],
    ['2.0001', 2_001],
    ['9999999', 9_999_999_000],
    ['99999999999999999999', 99_999_999_999_999_999_999_000],
    ['9'.repeat(400), Infinity],
  ];
  for (const [value, expected] of seconds) {
    it(`parses ${value.slice(0, 24)} as seconds`, () => {
      assert.equal(parseRetryAfter(value, now), expected);
    });
  }

  const dates: [string, number][] = [
    ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 12:00:00 GMT', 0],
    ['Mon, 23 Nov 2026 11:59:59 GMT', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['Tue, 24 Nov 2026 12:00:00 GMT', day],
    ['Mon, 23 Nov 2026 23:59:60 GMT', day / 2],
    ['Thu, 29 Feb 2028 12:00:00 GMT', 463 * day],
    ['Fri, 31 Dec 9999 23:59:59 GMT', Date.UTC(9999, 11, 31, 23, 59, 59) - now],
    ['Sat, 01 Jan 0000 00:00:00 GMT', 0],
    ['Sun, 01 Jan 0050 00:00:00 GMT', 0],
    ['Monday, 23-Nov-26 12:00:30 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['Tuesday, 24-Nov-26 12:00:00 GMT', day],
    ['Saturday, 23-Nov-30 12:00:00 GMT', Date.UTC(2030, 10, 23, 12) - now],
    ['Wednesday, 01-Jan-75 00:00:00 GMT', Date.UTC(2075, 0, 1) - now],
    ['Thursday, 23-Nov-76 12:00:00 GMT', Date.UTC(2076, 10, 23, 12) - now],
    ['Monday, 23-Nov-76 12:00:01 GMT', 0],
    ['Friday, 23-Nov-77 12:00:00 GMT', 0],
    ['Mon Nov 23 12:00:30 2026', 30_000],
    ['Sun Nov  6 08:49:37 1994', 0],
    ['Tue Dec  1 12:00:00 2026', 8 * day],
  ];
  for (const [value, expected] of dates) {
    it(`parses ${value} as a date`, () => {
      assert.equal(parseRetryAfter(value, now), expected);
    });
  }

  it('parses the three forms of a date to the same moment', () => {
    const forms = ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'];

    const delays = forms.map((form) => parseRetryAfter(form, example - 5_000));

    assert.deepEqual(delays, [5_000, 5_000, 5_000]);
  });

  it('parses a two-digit year after the end of a century as a future year', () => {
    assert.equal(parseRetryAfter('Saturday, 01-Jan-00 00:00:00 GMT', Date.UTC(1999, 11, 31, 23, 59)), 60_000);
  });

  const invalid: (string | null | undefined)[] = [
    120 as unknown as string,
    null,
    undefined,
    '',
    ' ',
    '-1',
    '+1',
    '1e3',
    '0x10',
    '1_000',
    '1,000',
    '120, 60',
    '1.',
    '.5',
    '1.5.2',
    '1,5',
    '120;q=1',
    ' 120',
    '120 ',
    '120s',
    '１２０',
    'soon',
    'NaN',
    'Infinity',
    'null',
    '2026-11-23T12:00:30Z',
    '2026-11-23',
    '12:00:30',
    'Mon, 23 Nov 2026',
    'Mon, 23 Nov 2026 12:00:30',
    'Mon, 23 Nov 2026 12:00:30 UTC',
    'Mon, 23 Nov 2026 12:00:30 +0000',
    'Mon, 23 Nov 2026 12:00:30 gmt',
    'mon, 23 nov 2026 12:00:30 GMT',
    'Mon, 23 Nov 2026 12:00:30 GMT, Mon, 23 Nov 2026 12:00:30 GMT',
    'Mon, 23 Nov 2026 12:00:30 GMT\n',
    'Mon,  23 Nov 2026 12:00:30 GMT',
    'Mon, 3 Nov 2026 12:00:30 GMT',
    'Mon, 23 Nov 26 12:00:30 GMT',
    'Mon, 23 November 2026 12:00:30 GMT',
    'Mon, 23 Nov 2026 24:00:00 GMT',
    'Mon, 23 Nov 2026 12:60:00 GMT',
    'Mon, 23 Nov 2026 12:00:61 GMT',
    'Mon, 00 Nov 2026 12:00:00 GMT',
    'Mon, 31 Nov 2026 12:00:00 GMT',
    'Sun, 29 Feb 2027 12:00:00 GMT',
    'Mon, 99 Nov 2026 12:00:00 GMT',
    'Xyz, 23 Nov 2026 12:00:00 GMT',
    '23 Nov 2026 12:00:00 GMT',
    'Monday, 23-Nov-2026 12:00:30 GMT',
    'Mon, 23-Nov-26 12:00:30 GMT',
    'Monday, 31-Nov-26 12:00:30 GMT',
    'Mon Nov 6 08:49:37 2026',
    'Mon Nov 06 08:49:37 2026 GMT',
    'Mon Nov 31 08:49:37 2026',
    'Mon Nov 23 12:00:00- 2026',
    'Mon, 23 Nov 2026 12:00:00-1 GMT',
    'Monday, 23-Nov-26 12:00:00- GMT',
  ];
  for (const value of invalid) {
    it(`is undefined for ${JSON.stringify(value)}`, () => {
      assert.equal(parseRetryAfter(value, now), undefined);
    });
  }

  for (let month = 0; month < 12; month += 1) {
    const date = new Date(Date.UTC(2027, month, 15, 10, 20, 30));

    it(`takes ${date.toUTCString()} as a date`, () => {
      assert.equal(parseRetryAfter(date.toUTCString(), now), date.getTime() - now);
    });
  }
});

describe('parseRetryAfter with a date of NaN', () => {
  it('is undefined for a date, and parses seconds', () => {
    assert.equal(parseRetryAfter('Mon, 23 Nov 2026 12:00:30 GMT', NaN), undefined);
    assert.equal(parseRetryAfter('Monday, 23-Nov-26 12:00:30 GMT', NaN), undefined);
    assert.equal(parseRetryAfter('5', NaN), 5_000);
  });
});

describe('retryAfterOf', () => {
  const respond = (headers: Record<string, string>): Response => new Response(null, { status: 503, headers });

  it('is undefined without the header', () => {
    assert.equal(retryAfterOf(respond({}), now), undefined);
  });

  it('is undefined for a mock without headers', () => {
    assert.equal(retryAfterOf({ status: 503 } as Response, now), undefined);
    assert.equal(retryAfterOf({ status: 503, headers: {} } as Response, now), undefined);
  });

  it('parses seconds', () => {
    assert.equal(retryAfterOf(respond({ 'retry-after': '7' }), now), 7_000);
  });

  it('measures a date against the Date of the response, not against the clock', () => {
    const response = respond({ 'retry-after': 'Sun, 06 Nov 1994 08:49:47 GMT', date: 'Sun, 06 Nov 1994 08:49:37 GMT' });

    assert.equal(retryAfterOf(response, now), 10_000);
  });

  it('measures a date against the clock if the Date of the response is invalid', () => {
    const response = respond({ 'retry-after': 'Mon, 23 Nov 2026 12:00:10 GMT', date: 'today' });

    assert.equal(retryAfterOf(response, now), 10_000);
  });

  it('measures a date against the clock if the response has no Date', () => {
    assert.equal(retryAfterOf(respond({ 'retry-after': 'Mon, 23 Nov 2026 12:00:10 GMT' }), now), 10_000);
  });

  it('is undefined for two headers, because fetch joins them with a comma', () => {
    const response = respond({});
    response.headers.append('retry-after', '120');
    response.headers.append('retry-after', '60');

    assert.equal(retryAfterOf(response, now), undefined);
  });
});
