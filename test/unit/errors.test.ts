import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { must } from '../../src/checks.ts';
import { TimeoutError } from '../../src/errors.ts';

describe('TimeoutError', () => {
  it('is a DOMException by the name that the platform gives its timeouts', () => {
    const error = new TimeoutError('attempt', 3_000);

    assert.ok(error instanceof DOMException);
    assert.ok(error instanceof Error);
    assert.equal(error.name, 'TimeoutError');
    assert.equal(error.code, DOMException.TIMEOUT_ERR);
  });

  it('tells which limit ran out, and how long it was', () => {
    const { scope, timeout } = new TimeoutError('total', 30_000);

    assert.deepEqual([scope, timeout], ['total', 30_000]);
  });

  const messages: [ConstructorParameters<typeof TimeoutError>[0], string][] = [
    ['attempt', 'No response within 5 ms'],
    ['total', 'The call did not settle within 5 ms'],
    ['body', 'No data from the body within 5 ms'],
  ];
  for (const [scope, message] of messages) {
    it(`says what happened to the ${scope}`, () => {
      assert.equal(new TimeoutError(scope, 5).message, message);
    });
  }
});

describe('must', () => {
  const rows: [string, unknown, string][] = [
    ['a number', -1, '-1'],
    ['a string in quotes', '3', '"3"'],
    ['null', null, 'null'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
    ['a bigint', 3n, '3'],
    ['an object by its kind alone', { password: 'secret' }, '[object Object]'],
    ['an object without a prototype', Object.create(null), '[object Object]'],
    ['an array by its kind alone', ['secret'], '[object Array]'],
    ['a function by its kind alone', () => 'secret', '[object Function]'],
  ];
  for (const [name, value, shown] of rows) {
    it(`shows ${name}`, () => {
      assert.throws(() => must(false, 'retries', 'an integer', value), new TypeError(`'retries' must be an integer, not ${shown}`));
    });
  }

  it('is an error of the kind asked for', () => {
    assert.throws(() => must(false, 'retries', 'an integer', 1.5, RangeError), RangeError);
  });
});
