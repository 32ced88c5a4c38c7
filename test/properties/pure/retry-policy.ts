import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaults } from '../../../src/options.ts';
import { nextDelay } from '../../../src/retry-policy.ts';
import type { Property } from '../property.ts';

const milliseconds = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 0, max: 1e12, noNaN: true }));
const limit = fc.oneof(milliseconds, fc.constant(Infinity));
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const jitter = fc.constantFrom('full' as const, 'none' as const);

export const properties: readonly Property[] = [
  {
    name: 'nextDelay obeys the hint first, then maxRetryAfter, then the time left',
    runs: 10_000,
    property: fc.property(milliseconds, jitter, limit, fc.option(limit, { nil: undefined }), limit, random, (base, jitter, maxRetryAfter, hint, left, random) => {
      const backoff = { base, factor: 2, max: 1e12, jitter };
      const own = jitter === 'none' ? base : random * base;
      const spread = jitter === 'none' ? 0 : random * (hint ?? 0) / 4;
      const delay = (hint ?? 0) + Math.max(own, spread);
      const isTooLong = hint !== undefined && (hint > maxRetryAfter || hint === Infinity);

      const next = nextDelay({ ...defaults, backoff, maxRetryAfter, random: () => random }, 1, undefined, hint, left);

      if (isTooLong) assert.equal(next, 'retry-after-too-long');
      else if (delay >= left) assert.equal(next, 'total-timeout');
      else assert.deepEqual(next, { delay, delayFrom: hint === undefined ? 'backoff' : 'retry-after' });
    }),
  },
];
