import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
