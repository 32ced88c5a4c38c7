import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { must } from '../../src/checks.ts';
import { defaults, resolveOptions, type ResilienceOptions } from '../../src/options.ts';

/** Resolves options that TypeScript would reject, over the defaults. */
const resolve = (options: unknown): typeof defaults => resolveOptions(options as ResilienceOptions, defaults);

describe('merge', () => {
  it('puts the given values over the current ones', () => {
    const { retries, timeout } = resolve({ retries: 5 });

    assert.deepEqual([retries, timeout], [5, 10_000]);
  });

  it('ignores a value that is undefined', () => {
    assert.equal(resolve({ retries: undefined, backoff: { base: undefined } }).retries, 3);
  });

  it('reads inherited members', () => {
    assert.equal(resolve(Object.create({ retries: 5 })).retries, 5);
  });
});

describe('setOf', () => {
  it('copies the array', () => {
    const statuses = [418];
    const { retryOn } = resolve({ retryOn: { statuses } });

    statuses.push(503);

    assert.deepEqual([...retryOn.statuses], [418]);
  });
});

describe('must', () => {
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
      assert.throws(() => must(false, 'retries', 'an integer', value), new TypeError(`'retries' must be an integer, not ${shown}`));
    });
  }

  it('throws an error of the given class', () => {
    assert.throws(() => must(false, 'retries', 'an integer', 1.5, RangeError), RangeError);
  });
});
