import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkOptions, defaults, hasOptions, isOption, optionNames, resolveOptions, type ResilienceOptions } from '../../src/options.ts';
import { systemClock } from '../../src/clock.ts';

/** Resolves options that TypeScript would reject, over the defaults. */
const resolve = (options: unknown): typeof defaults => resolveOptions(options as ResilienceOptions, defaults);

describe('defaults', () => {
  it('are as documented', () => {
    const { retries, timeout, totalTimeout, bodyTimeout, backoff, maxRetryAfter, retryOn, shouldRetry, onFailure, budget, clock } = defaults;

    assert.deepEqual({ retries, timeout, maxRetryAfter }, { retries: 3, timeout: 10_000, maxRetryAfter: 60_000 });
    assert.deepEqual({ totalTimeout, bodyTimeout }, { totalTimeout: Infinity, bodyTimeout: Infinity });
    assert.deepEqual(backoff, { base: 200, factor: 2, max: 30_000, jitter: 'full' });
    assert.deepEqual([...retryOn.statuses], [408, 425, 429, 500, 502, 503, 504]);
    assert.deepEqual([...retryOn.methods], ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY']);
    assert.deepEqual([shouldRetry, onFailure, budget], [undefined, undefined, undefined]);
    assert.equal(clock, systemClock);
  });

  it('draw random numbers from 0 to below 1', () => {
    const numbers = Array.from({ length: 100 }, defaults.random);

    assert.ok(numbers.every((number) => number >= 0 && number < 1));
    assert.equal(new Set(numbers).size, 100);
  });
});

describe('resolveOptions', () => {
  it('merges backoff settings into the current ones', () => {
    const first = resolve({ backoff: { base: 100, jitter: 'none' } });

    const second = resolveOptions({ backoff: { max: 500 } }, first);

    assert.deepEqual(second.backoff, { base: 100, factor: 2, max: 500, jitter: 'none' });
  });

  it('replaces backoff settings with a function', () => {
    const backoff = (): number => 5;

    assert.equal(resolve({ backoff }).backoff, backoff);
  });

  it('merges backoff settings into the defaults if a function is current', () => {
    const first = resolve({ backoff: () => 5 });

    assert.deepEqual(resolveOptions({ backoff: { base: 1 } }, first).backoff, { base: 1, factor: 2, max: 30_000, jitter: 'full' });
  });

  it('replaces each list of retryOn on its own', () => {
    const { statuses, methods } = resolve({ retryOn: { statuses: [418] } }).retryOn;

    assert.deepEqual([...statuses], [418]);
    assert.equal(methods, defaults.retryOn.methods);
  });

  it('converts methods to upper case', () => {
    assert.deepEqual([...resolve({ retryOn: { methods: ['get', 'Post'] } }).retryOn.methods], ['GET', 'POST']);
  });

  const valid: [string, unknown][] = [
    ['retries of 0', { retries: 0 }],
    ['retries of Infinity', { retries: Infinity }],
    ['a timeout of Infinity', { timeout: Infinity }],
    ['a fractional timeout', { timeout: 0.5 }],
    ['a maxRetryAfter of 0', { maxRetryAfter: 0 }],
    ['a maxRetryAfter of Infinity', { maxRetryAfter: Infinity }],
    ['a backoff base of 0', { backoff: { base: 0, max: 0, factor: 1 } }],
    ['empty lists in retryOn', { retryOn: { statuses: [], methods: [] } }],
  ];
  for (const [name, options] of valid) {
    it(`accepts ${name}`, () => {
      assert.doesNotThrow(() => resolve(options));
    });
  }

  const retryCount = 'an integer >= 0 or Infinity';
  const timeout = 'false or a number of milliseconds > 0';
  const maxRetryAfter = 'a number of milliseconds >= 0';
  const delay = 'a finite number of milliseconds >= 0';
  const status = 'an integer from 100 to 599';
  const jitter = 'one of full, equal, decorrelated, none';
  const clock = 'an object with the methods now, date, setTimeout, clearTimeout';
  const budget = 'an object with the methods deposit, withdraw';
  const invalid: [unknown, ErrorConstructor, string, string, string][] = [
    [{ retries: -1 }, RangeError, 'retries', retryCount, '-1'],
    [{ retries: 1.5 }, RangeError, 'retries', retryCount, '1.5'],
    [{ retries: NaN }, RangeError, 'retries', retryCount, 'NaN'],
    [{ retries: -Infinity }, RangeError, 'retries', retryCount, '-Infinity'],
    [{ retries: '3' }, TypeError, 'retries', retryCount, '"3"'],
    [{ retries: 3n }, TypeError, 'retries', retryCount, '3'],
    [{ retries: { limit: 3 } }, TypeError, 'retries', retryCount, '[object Object]'],
    [{ timeout: 0 }, RangeError, 'timeout', timeout, '0'],
    [{ timeout: -5 }, RangeError, 'timeout', timeout, '-5'],
    [{ timeout: NaN }, RangeError, 'timeout', timeout, 'NaN'],
    [{ timeout: '5s' }, TypeError, 'timeout', timeout, '"5s"'],
    [{ timeout: true }, TypeError, 'timeout', timeout, 'true'],
    [{ retries: false }, TypeError, 'retries', retryCount, 'false'],
    [{ totalTimeout: 0 }, RangeError, 'totalTimeout', timeout, '0'],
    [{ totalTimeout: NaN }, RangeError, 'totalTimeout', timeout, 'NaN'],
    [{ totalTimeout: '1' }, TypeError, 'totalTimeout', timeout, '"1"'],
    [{ bodyTimeout: 0 }, RangeError, 'bodyTimeout', timeout, '0'],
    [{ maxRetryAfter: -1 }, RangeError, 'maxRetryAfter', maxRetryAfter, '-1'],
    [{ maxRetryAfter: NaN }, RangeError, 'maxRetryAfter', maxRetryAfter, 'NaN'],
    [{ maxRetryAfter: [] }, TypeError, 'maxRetryAfter', maxRetryAfter, '[object Array]'],
    [{ backoff: 100 }, TypeError, 'backoff', 'an object', '100'],
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
    [{ backoff: { jitter: 'some' } }, RangeError, 'backoff.jitter', jitter, '"some"'],
    [{ backoff: { jitter: true } }, TypeError, 'backoff.jitter', jitter, 'true'],
    [{ retryAfter: 5 }, TypeError, 'retryAfter', 'a function', '5'],
    [{ retryOn: [503] }, TypeError, 'retryOn', 'an object', '[object Array]'],
    [{ retryOn: { status: [503] } }, TypeError, 'retryOn', 'an object with no members but statuses, methods', '"status"'],
    [{ retryOn: { statuses: 503 } }, TypeError, 'retryOn.statuses', 'an array', '503'],
    [{ retryOn: { statuses: ['503'] } }, TypeError, 'retryOn.statuses', status, '"503"'],
    [{ retryOn: { statuses: [99] } }, RangeError, 'retryOn.statuses', status, '99'],
    [{ retryOn: { statuses: [600] } }, RangeError, 'retryOn.statuses', status, '600'],
    [{ retryOn: { statuses: [503.5] } }, RangeError, 'retryOn.statuses', status, '503.5'],
    [{ retryOn: { methods: 'GET' } }, TypeError, 'retryOn.methods', 'an array', '"GET"'],
    [{ retryOn: { methods: [1] } }, TypeError, 'retryOn.methods', 'a list of method names', '1'],
    [{ retryOn: { methods: ['GET POST'] } }, RangeError, 'retryOn.methods', 'a list of method names', '"GET POST"'],
    [{ retryOn: { methods: [''] } }, RangeError, 'retryOn.methods', 'a list of method names', '""'],
    [{ shouldRetry: true }, TypeError, 'shouldRetry', 'a function', 'true'],
    [{ onFailure: {} }, TypeError, 'onFailure', 'a function', '[object Object]'],
    [{ budget: 10 }, TypeError, 'budget', budget, '10'],
    [{ budget: { capacity: 10, ratio: 0.1 } }, TypeError, 'budget', budget, '[object Object]'],
    [{ budget: { deposit: () => {} } }, TypeError, 'budget', budget, '[object Object]'],
    [{ budget: { withdraw: () => true } }, TypeError, 'budget', budget, '[object Object]'],
    [{ clock: Date }, TypeError, 'clock', clock, '[object Function]'],
    [{ clock: 5 }, TypeError, 'clock', clock, '5'],
    [{ clock: { ...systemClock, date: 5 } }, TypeError, 'clock', clock, '[object Object]'],
    [{ random: 0.5 }, TypeError, 'random', 'a function', '0.5'],
    [{ layers: () => {} }, TypeError, 'layers', 'an array of functions', '[object Function]'],
    [{ layers: [5] }, TypeError, 'layers', 'a function', '5'],
    [{ fetch: 'fetch' }, TypeError, 'fetch', 'a function', '"fetch"'],
  ];
  for (const [options, ErrorClass, name, rule, value] of invalid) {
    it(`throws a ${ErrorClass.name} for ${name}: ${value}`, () => {
      assert.throws(() => resolve(options), {
        name: ErrorClass.name,
        message: `'${name}' must be ${rule}, not ${value}`,
      });
    });
  }
});

describe('resolveOptions with null and false', () => {
  const custom = resolve({
    retries: 5, timeout: 1, totalTimeout: 2, bodyTimeout: 3, backoff: () => 0, maxRetryAfter: 4, retryAfter: () => 0,
    retryOn: { statuses: [500], methods: ['POST'] }, shouldRetry: () => true, onFailure: () => {},
    budget: { deposit() {}, withdraw: () => true }, clock: { ...systemClock }, random: () => 0, fetch: async () => new Response(),
  });

  for (const name of optionNames) {
    it(`takes ${name} back to its default by null`, () => {
      const resolved = resolveOptions({ [name]: null }, custom);

      assert.deepEqual(resolved, { ...custom, [name]: defaults[name as keyof typeof defaults] });
    });
  }

  for (const name of ['timeout', 'totalTimeout', 'bodyTimeout'] as const) {
    it(`takes ${name} off by false`, () => {
      assert.equal(resolveOptions({ [name]: false }, custom)[name], Infinity);
    });
  }
});

describe('checkOptions', () => {
  for (const [options, value] of [[undefined, 'undefined'], [null, 'null'], [5, '5'], ['fast', '"fast"'], [[], '[object Array]'], [() => {}, '[object Function]']] as const) {
    it(`throws a TypeError for options that are ${value}`, () => {
      assert.throws(() => checkOptions(options), new TypeError(`'options' must be an object, not ${value}`));
    });
  }

  const unknown: [string, string][] = [
    ['retry', 'retries'], ['maxRetries', 'retries'], ['retryDelay', 'backoff'], ['onRetry', 'onFailure'],
    ['retrys', 'retries'], ['timeOut', 'timeout'], ['totaltimeout', 'totalTimeout'], ['shouldRetries', 'shouldRetry'],
    ['onFailures', 'onFailure'], ['maxRetryafter', 'maxRetryAfter'], ['retryon', 'retryOn'], ['rand', 'random'], ['toString', 'retries'],
  ];
  for (const [name, nearest] of unknown) {
    it(`suggests ${nearest} for ${name}`, () => {
      assert.throws(() => checkOptions({ [name]: 5 }), new TypeError(`Unknown option '${name}': did you mean '${nearest}'?`));
    });
  }

  it('accepts every option', () => {
    checkOptions({ ...defaults });
  });
});

describe('hasOptions', () => {
  class Settings {
    get retries(): number {
      return 1;
    }
  }

  for (const init of [{ retries: 1 }, { method: 'PUT', timeout: undefined }, new Settings(), Object.create({ budget: null })]) {
    it(`finds an option among ${JSON.stringify(init)}, own or inherited`, () => {
      assert.equal(hasOptions(init), true);
    });
  }

  for (const init of [undefined, null, 'GET', {}, { method: 'PUT' }, new Request('http://users.test/'), Object.create(null)]) {
    it(`finds none in ${JSON.stringify(init)}`, () => {
      assert.equal(hasOptions(init), false);
    });
  }

  const others: [string, string][] = [
    ['retry', 'retries'], ['maxRetries', 'retries'], ['retryCount', 'retries'], ['retryLimit', 'retries'], ['attempts', 'retries'], ['maxAttempts', 'retries'],
    ['retryDelay', 'backoff'], ['minTimeout', 'backoff'], ['retryCondition', 'shouldRetry'], ['onRetry', 'onFailure'], ['onFailedAttempt', 'onFailure'],
    ['retryStatusCodes', 'retryOn'], ['timeoutMs', 'timeout'],
  ];
  for (const [name, ours] of others) {
    it(`throws for ${name}, the name of ${ours} in another library`, () => {
      assert.throws(() => hasOptions({ method: 'PUT', [name]: 0 }), new TypeError(`Unknown option '${name}': did you mean '${ours}'?`));
    });
  }

  for (const init of [{ retry: false }, { retry: undefined }, { retry: null }, { next: {} }, { cf: {} }, { retryOptions: {} }, { toString: 1 }]) {
    it(`accepts ${JSON.stringify(init)}, which a client or platform may pass on`, () => {
      assert.equal(hasOptions(init), false);
    });
  }
});

describe('isOption', () => {
  it("is true for the options alone, not for members of fetch's init or of Object.prototype", () => {
    assert.deepEqual(['retries', 'fetch', 'method', 'signal', 'toString'].map(isOption), [true, true, false, false, false]);
  });
});
