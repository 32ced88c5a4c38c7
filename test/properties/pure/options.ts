import assert from 'node:assert/strict';
import fc from 'fast-check';
import { resilientFetch, type ResilienceOptions } from '../../../src/index.ts';
import { optionNames } from '../../../src/options.ts';
import { FakeClock } from '../../../src/testing/index.ts';
import type { Property } from '../property.ts';

const anyNumber = fc.oneof(fc.double(), fc.integer({ min: -2, max: 700 }), fc.constantFrom(-1, 0, -0, 0.5, 1, NaN, Infinity, -Infinity));
const anything = fc.anything({
  withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withNullPrototype: true, withObjectString: true, withSet: true,
  withSparseArray: true, withTypedArray: true,
});
const anyValue = fc.oneof(anyNumber, anyNumber, fc.jsonValue(), anything);

/** An object with some of the members, each of any value. */
const objectWith = (...names: readonly string[]): fc.Arbitrary<object> =>
  fc.record(Object.fromEntries(names.map((name) => [name, fc.oneof(anyNumber, fc.array(fc.oneof(anyNumber, fc.string())), anyValue)])), { requiredKeys: [] });

const values = fc.oneof(
  anyValue,
  objectWith('base', 'factor', 'max', 'jitter'),
  objectWith('statuses', 'methods'),
  objectWith('deposit', 'withdraw', 'now', 'date', 'setTimeout', 'clearTimeout'),
);

/** The error that a function throws or rejects with. */
async function errorOf(run: () => unknown): Promise<unknown> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error;
  }
}

const isTimeLimit = (value: number): boolean => value > 0;

/** The range of each option that is a number. */
const ranges: Readonly<Record<string, (value: number) => boolean>> = {
  retries: (value) => value >= 0 && (Number.isInteger(value) || value === Infinity),
  timeout: isTimeLimit,
  totalTimeout: isTimeLimit,
  bodyTimeout: isTimeLimit,
  maxRetryAfter: (value) => value >= 0,
};

/** The class of the error for a value of a numeric option. */
function expectedError(value: unknown, isInRange: (value: number) => boolean): ErrorConstructor | undefined {
  if (value === undefined || value === null || (value === false && isInRange === isTimeLimit)) return undefined;
  if (typeof value !== 'number') return TypeError;
  return isInRange(value) ? undefined : RangeError;
}

export const properties: readonly Property[] = [
  {
    name: 'an option is accepted, or rejected with a TypeError or RangeError before any request',
    runs: 10_000,
    property: fc.asyncProperty(fc.constantFrom(...optionNames), values, async (name, value) => {
      // Null takes the option back to the global fetch.
      fc.pre(name !== 'fetch' || value !== null);
      let requests = 0;
      const fetch = async (): Promise<Response> => {
        requests += 1;
        return new Response();
      };
      const api = resilientFetch.with({ fetch, clock: new FakeClock() });
      // The type is often wrong, on purpose.
      const options = { [name]: value } as ResilienceOptions;

      const error = await errorOf(() => api('http://users.test/', options));

      assert.equal(requests, error === undefined ? 1 : 0);
      assert.ok(error === undefined || error instanceof TypeError || error instanceof RangeError, String(error));
      if (ranges[name]) assert.equal(error?.constructor, expectedError(value, ranges[name]));
      assert.deepEqual(await errorOf(() => api.with(options)), error, 'with() and a call disagree');
    }),
  },
];
