import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkMembers } from '../../src/checks.ts';
import { defaults, isOption, optionNames, resolveOptions, type ResilienceOptions } from '../../src/options.ts';
import { systemClock } from '../../src/clock.ts';

/** Takes what no type would let through. */
const resolve = (options: unknown): typeof defaults => resolveOptions(options as ResilienceOptions, defaults);

describe('defaults', () => {
  it('are those of the documentation', () => {
    const { retries, timeout, totalTimeout, bodyTimeout, backoff, maxRetryAfter, retryOn, shouldRetry, onFailure, budget, clock } = defaults;

    assert.deepEqual({ retries, timeout, maxRetryAfter }, { retries: 3, timeout: 10_000, maxRetryAfter: 60_000 });
    assert.deepEqual({ totalTimeout, bodyTimeout }, { totalTimeout: Infinity, bodyTimeout: Infinity });
    assert.deepEqual(backoff, { base: 200, factor: 2, max: 30_000, jitter: 'full' });
    assert.deepEqual([...retryOn.statuses], [408, 425, 429, 500, 502, 503, 504]);
    assert.deepEqual([...retryOn.methods], ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY']);
    assert.deepEqual([shouldRetry, onFailure, budget], [undefined, undefined, undefined]);
    assert.equal(clock, systemClock);
  });

  it('draw numbers from 0 to below 1', () => {
    const drawn = Array.from({ length: 100 }, defaults.random);

    assert.ok(drawn.every((number) => number >= 0 && number < 1));
    assert.equal(new Set(drawn).size, 100);
  });
});

describe('resolveOptions', () => {
  it('puts what is given over what is in force', () => {
    const { retries, timeout } = resolve({ retries: 5 });

    assert.deepEqual([retries, timeout], [5, 10_000]);
  });

  it('takes undefined as absent', () => {
    assert.equal(resolve({ retries: undefined, backoff: { base: undefined } }).retries, 3);
  });

  it('counts what is inherited', () => {
    assert.equal(resolve(Object.create({ retries: 5 })).retries, 5);
  });

  it('merges backoff settings into those in force', () => {
    const first = resolve({ backoff: { base: 100, jitter: 'none' } });

    const second = resolveOptions({ backoff: { max: 500 } }, first);

    assert.deepEqual(second.backoff, { base: 100, factor: 2, max: 500, jitter: 'none' });
  });

  it('replaces backoff settings by a function', () => {
    const backoff = (): number => 5;

    assert.equal(resolve({ backoff }).backoff, backoff);
  });

  it('merges backoff settings into the defaults where a function is in force', () => {
    const first = resolve({ backoff: () => 5 });

    assert.deepEqual(resolveOptions({ backoff: { base: 1 } }, first).backoff, { base: 1, factor: 2, max: 30_000, jitter: 'full' });
  });

  it('merges the rules list by list', () => {
    const { statuses, methods } = resolve({ retryOn: { statuses: [418] } }).retryOn;

    assert.deepEqual([...statuses], [418]);
    assert.equal(methods, defaults.retryOn.methods);
  });

  it('copies lists', () => {
    const statuses = [418];
    const { retryOn } = resolve({ retryOn: { statuses } });

    statuses.push(503);

    assert.deepEqual([...retryOn.statuses], [418]);
  });

  it('takes methods in any case', () => {
    assert.deepEqual([...resolve({ retryOn: { methods: ['get', 'Post'] } }).retryOn.methods], ['GET', 'POST']);
  });

  const sound: [string, unknown][] = [
    ['no retries', { retries: 0 }],
    ['retries without end', { retries: Infinity }],
    ['a timeout without end', { timeout: Infinity }],
    ['a timeout of a fraction', { timeout: 0.5 }],
    ['no wait that is asked for', { maxRetryAfter: 0 }],
    ['any wait that is asked for', { maxRetryAfter: Infinity }],
    ['a base of 0', { backoff: { base: 0, max: 0, factor: 1 } }],
    ['rules that take nothing', { retryOn: { statuses: [], methods: [] } }],
  ];
  for (const [name, options] of sound) {
    it(`takes ${name}`, () => {
      assert.doesNotThrow(() => resolve(options));
    });
  }

  const count = 'an integer >= 0 or Infinity';
  const limit = 'a number of milliseconds > 0';
  const most = 'a number of milliseconds >= 0';
  const delay = 'a finite number of milliseconds >= 0';
  const code = 'an integer from 100 to 599';
  const jitters = 'one of full, equal, decorrelated, none';
  const clock = 'an object with the methods now, date, setTimeout, clearTimeout';
  const budget = 'an object with the methods deposit, withdraw';
  const unsound: [unknown, ErrorConstructor, string, string, string][] = [
    [{ retries: -1 }, RangeError, 'retries', count, '-1'],
    [{ retries: 1.5 }, RangeError, 'retries', count, '1.5'],
    [{ retries: NaN }, RangeError, 'retries', count, 'NaN'],
    [{ retries: -Infinity }, RangeError, 'retries', count, '-Infinity'],
    [{ retries: '3' }, TypeError, 'retries', count, '"3"'],
    [{ retries: null }, TypeError, 'retries', count, 'null'],
    [{ retries: 3n }, TypeError, 'retries', count, '3'],
    [{ retries: { limit: 3 } }, TypeError, 'retries', count, '[object Object]'],
    [{ timeout: 0 }, RangeError, 'timeout', limit, '0'],
    [{ timeout: -5 }, RangeError, 'timeout', limit, '-5'],
    [{ timeout: NaN }, RangeError, 'timeout', limit, 'NaN'],
    [{ timeout: '5s' }, TypeError, 'timeout', limit, '"5s"'],
    [{ timeout: false }, TypeError, 'timeout', limit, 'false'],
    [{ timeout: null }, TypeError, 'timeout', limit, 'null'],
    [{ totalTimeout: 0 }, RangeError, 'totalTimeout', limit, '0'],
    [{ totalTimeout: NaN }, RangeError, 'totalTimeout', limit, 'NaN'],
    [{ totalTimeout: '1' }, TypeError, 'totalTimeout', limit, '"1"'],
    [{ bodyTimeout: 0 }, RangeError, 'bodyTimeout', limit, '0'],
    [{ bodyTimeout: null }, TypeError, 'bodyTimeout', limit, 'null'],
    [{ maxRetryAfter: -1 }, RangeError, 'maxRetryAfter', most, '-1'],
    [{ maxRetryAfter: NaN }, RangeError, 'maxRetryAfter', most, 'NaN'],
    [{ maxRetryAfter: [] }, TypeError, 'maxRetryAfter', most, '[object Array]'],
    [{ backoff: 100 }, TypeError, 'backoff', 'an object', '100'],
    [{ backoff: null }, TypeError, 'backoff', 'an object', 'null'],
    [{ backoff: 'full' }, TypeError, 'backoff', 'an object', '"full"'],
    [{ backoff: [100, 200] }, TypeError, 'backoff', 'an object', '[object Array]'],
    [{ backoff: { delay: 1 } }, TypeError, 'backoff', 'an object with no members but base, factor, max, jitter', '"delay"'],
    [{ backoff: { base: -1 } }, RangeError, 'backoff.base', delay, '-1'],
    [{ backoff: { base: Infinity } }, RangeError, 'backoff.base', delay, 'Infinity'],
    [{ backoff: { base: '1' } }, TypeError, 'backoff.base', delay, '"1"'],
    [{ backoff: { factor: 0.5 } }, RangeError, 'backoff.factor', 'a finite number >= 1', '0.5'],
    [{ backoff: { factor: Infinity } }, RangeError, 'backoff.factor', 'a finite number >= 1', 'Infinity'],
    [{ backoff: { factor: null } }, TypeError, 'backoff.factor', 'a finite number >= 1', 'null'],
    [{ backoff: { max: Infinity } }, RangeError, 'backoff.max', delay, 'Infinity'],
    [{ backoff: { max: -1 } }, RangeError, 'backoff.max', delay, '-1'],
    [{ backoff: { jitter: 'some' } }, RangeError, 'backoff.jitter', jitters, '"some"'],
    [{ backoff: { jitter: true } }, TypeError, 'backoff.jitter', jitters, 'true'],
    [{ retryAfter: 5 }, TypeError, 'retryAfter', 'a function', '5'],
    [{ retryAfter: null }, TypeError, 'retryAfter', 'a function', 'null'],
    [{ retryOn: [503] }, TypeError, 'retryOn', 'an object', '[object Array]'],
    [{ retryOn: null }, TypeError, 'retryOn', 'an object', 'null'],
    [{ retryOn: { status: [503] } }, TypeError, 'retryOn', 'an object with no members but statuses, methods', '"status"'],
    [{ retryOn: { statuses: 503 } }, TypeError, 'retryOn.statuses', 'an array', '503'],
    [{ retryOn: { statuses: ['503'] } }, TypeError, 'retryOn.statuses', code, '"503"'],
    [{ retryOn: { statuses: [99] } }, RangeError, 'retryOn.statuses', code, '99'],
    [{ retryOn: { statuses: [600] } }, RangeError, 'retryOn.statuses', code, '600'],
    [{ retryOn: { statuses: [503.5] } }, RangeError, 'retryOn.statuses', code, '503.5'],
    [{ retryOn: { methods: 'GET' } }, TypeError, 'retryOn.methods', 'an array', '"GET"'],
    [{ retryOn: { methods: [1] } }, TypeError, 'retryOn.methods', 'a list of method names', '1'],
    [{ retryOn: { methods: ['GET POST'] } }, RangeError, 'retryOn.methods', 'a list of method names', '"GET POST"'],
    [{ retryOn: { methods: [''] } }, RangeError, 'retryOn.methods', 'a list of method names', '""'],
    [{ shouldRetry: true }, TypeError, 'shouldRetry', 'a function', 'true'],
    [{ onFailure: {} }, TypeError, 'onFailure', 'a function', '[object Object]'],
    [{ budget: null }, TypeError, 'budget', budget, 'null'],
    [{ budget: 10 }, TypeError, 'budget', budget, '10'],
    [{ budget: { capacity: 10, ratio: 0.1 } }, TypeError, 'budget', budget, '[object Object]'],
    [{ budget: { deposit: () => {} } }, TypeError, 'budget', budget, '[object Object]'],
    [{ budget: { withdraw: () => true } }, TypeError, 'budget', budget, '[object Object]'],
    [{ clock: Date }, TypeError, 'clock', clock, '[object Function]'],
    [{ clock: null }, TypeError, 'clock', clock, 'null'],
    [{ clock: 5 }, TypeError, 'clock', clock, '5'],
    [{ clock: { ...systemClock, date: 5 } }, TypeError, 'clock', clock, '[object Object]'],
    [{ random: 0.5 }, TypeError, 'random', 'a function', '0.5'],
    [{ fetch: 'fetch' }, TypeError, 'fetch', 'a function', '"fetch"'],
  ];
  for (const [options, kind, name, rule, value] of unsound) {
    it(`throws a ${kind.name} for ${name}: ${value}`, () => {
      assert.throws(() => resolve(options), {
        name: kind.name,
        message: `'${name}' must be ${rule}, not ${value}`,
      });
    });
  }
});

describe('checkMembers of options', () => {
  const checkOptions = (options: unknown): void => checkMembers(options, 'options', optionNames);

  const names = 'retries, timeout, totalTimeout, bodyTimeout, backoff, maxRetryAfter, retryAfter, retryOn, shouldRetry, onFailure, budget, clock, random, fetch';

  for (const [options, value] of [[undefined, 'undefined'], [null, 'null'], [5, '5'], ['fast', '"fast"'], [[], '[object Array]']] as const) {
    it(`throws a TypeError for options that are ${value}`, () => {
      assert.throws(() => checkOptions(options), {
        name: 'TypeError',
        message: `'options' must be an object, not ${value}`,
      });
    });
  }

  it('throws a TypeError for an unknown name', () => {
    assert.throws(() => checkOptions({ retry: 5 }), {
      name: 'TypeError',
      message: `'options' must be an object with no members but ${names}, not "retry"`,
    });
  });

  it('takes every option', () => {
    checkOptions({ ...defaults });
  });
});

describe('isOption', () => {
  it("knows our options from fetch's, and from what every object has", () => {
    assert.deepEqual(['retries', 'fetch', 'method', 'signal', 'toString'].map(isOption), [true, true, false, false, false]);
  });
});
