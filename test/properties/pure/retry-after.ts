import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseRetryAfter } from '../../../src/index.ts';
import type { Property } from '../property.ts';

const longDays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Writes a moment in each of the three forms of an HTTP date (RFC 9110 5.6.7). */
const forms = {
  imfFixdate: (moment: Date) => moment.toUTCString(),
  rfc850: (moment: Date) => {
    const [, day, month, year, time] = moment.toUTCString().split(' ');
    return `${longDays[moment.getUTCDay()]}, ${day}-${month}-${year?.slice(-2)} ${time} GMT`;
  },
  asctime: (moment: Date) => {
    const [weekday, day = '', month, year, time] = moment.toUTCString().split(' ');
    return `${weekday?.slice(0, 3)} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
  },
};

const day = 86_400_000;

/** Whole seconds of the years that four digits can write. */
const moments = fc.integer({ min: Date.UTC(1000, 0, 1) / 1_000, max: Date.UTC(9999, 11, 31) / 1_000 }).map((seconds) => new Date(seconds * 1_000));
const presents = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2400, 0, 1) });
const anyNumber = fc.oneof(presents, fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 8.64e15, -8.64e15));

const fourDigitForm = fc.constantFrom(forms.imfFixdate, forms.asctime);
const anyForm = fc.constantFrom(...Object.values(forms));

/** A date with one character replaced, added or left out, and other values that look like a header. */
const damaged = fc.tuple(fc.tuple(anyForm, moments).map(([form, moment]) => form(moment)), fc.nat(40), fc.nat(1), fc.constantFrom('', ' ', '0', '9', '6', ',', '-', 'A', 'é'))
  .map(([text, index, removed, added]) => text.slice(0, index) + added + text.slice(index + removed));
const anyText = fc.oneof(fc.string({ unit: 'binary' }), damaged, fc.stringMatching(/^[ +-]?\d{0,30}[.,e]?\d*$/));

/** The first moment of the year 0: nothing that four digits write lies before. */
const yearZero = -62_167_219_200_000;

export const properties: readonly Property[] = [
  {
    name: 'parseRetryAfter returns undefined or a number >= 0 for every text, and never throws',
    runs: 10_000,
    property: fc.property(anyText, anyNumber, (text, date) => {
      const delay = parseRetryAfter(text, date);

      assert.ok(delay === undefined || delay >= 0, String(delay));
    }),
  },
  {
    name: 'parseRetryAfter reads digits as seconds',
    runs: 1_000,
    property: fc.property(fc.nat(), fc.nat(20), anyNumber, (seconds, zeros, date) => {
      assert.equal(parseRetryAfter('0'.repeat(zeros) + seconds, date), seconds * 1_000);
    }),
  },
  {
    name: 'parseRetryAfter reads back a date with a year of four digits',
    runs: 5_000,
    property: fc.property(fourDigitForm, moments, presents, (form, moment, date) => {
      assert.equal(parseRetryAfter(form(moment), date), Math.max(0, moment.getTime() - date));
    }),
  },
  {
    name: 'parseRetryAfter reads back a date with a year of two digits, if it is less than 50 years away',
    runs: 5_000,
    property: fc.property(fc.integer({ min: -49 * 365, max: 50 * 365 }), fc.nat(86_399), presents, (days, seconds, date) => {
      const moment = new Date(Math.floor(date / day + days) * day + seconds * 1_000);

      assert.equal(parseRetryAfter(forms.rfc850(moment), date), Math.max(0, moment.getTime() - date));
    }),
  },
  {
    name: 'parseRetryAfter accepts a date only as it is written, the weekday aside',
    runs: 10_000,
    property: fc.property(damaged, (text) => {
      // A year of two digits is read as one of 2000 to 2050, if it is not past.
      const date = /^\w+day/.test(text) ? Date.UTC(2000, 0, 1) : yearZero;
      const delay = parseRetryAfter(text, date);
      if (!delay || /^\d+$|:60/.test(text)) return;
      const moment = new Date(date + delay);
      const written = [...Object.values(forms).map((form) => form(moment)), forms.asctime(moment).replace('  ', ' 0')];
      const withoutWeekday = (form: string): string => form.replace(/^\w+/, '');

      assert.ok(written.some((form) => withoutWeekday(form) === withoutWeekday(text)), `read as ${moment.toUTCString()}`);
    }),
  },
];
