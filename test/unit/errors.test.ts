import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TimeoutError, invalidOption } from '../../src/errors.ts';

describe('TimeoutError', () => {
  it("is a DOMException with the name of the platform's timeout errors", () => {
    const error = new TimeoutError('attempt', 3_000);

    assert.ok(error instanceof DOMException);
    assert.ok(error instanceof Error);
    assert.equal(error.name, 'TimeoutError');
    assert.equal(error.code, DOMException.TIMEOUT_ERR);
  });

  it('has the scope and the timeout', () => {
    const { scope, timeout } = new TimeoutError('total', 30_000);

    assert.deepEqual([scope, timeout], ['total', 30_000]);
  });

  const messages: [ConstructorParameters<typeof TimeoutError>[0], string][] = [
    ['attempt', 'The attempt had no answer within 5 ms'],
    ['total', 'The call had not settled within 5 ms'],
    ['body', 'The body was silent for 5 ms'],
  ];
  for (const [scope, message] of messages) {
    it(`has a message for the scope '${scope}'`, () => {
      assert.equal(new TimeoutError(scope, 5).message, message);
    });
  }
});

describe('invalidOption', () => {
  const rows: [string, unknown, string][] = [
    ['a number', -1, '-1'],
    ['a string in quotes', '3', '"3"'],
    ['null', null, 'null'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
    ['a bigint', 3n, '3'],
    ['an object by its class alone', { password: 'secret' }, '[object Object]'],
    ['an object without a prototype', Object.create(null), '[object Object]'],
    ['an array by its class alone', ['secret'], '[object Array]'],
    ['a function by its class alone', () => 'secret', '[object Function]'],
  ];
  for (const [name, value, shown] of rows) {
    it(`shows ${name}`, () => {
      const { message } = invalidOption('retries', 'an integer', value, TypeError);

      assert.equal(message, `Cannot use 'retries' as it must be an integer: current value is ${shown}`);
    });
  }

  it('creates an error of the given class', () => {
    assert.equal(invalidOption('retries', 'an integer', 1.5, RangeError).constructor, RangeError);
  });
});
