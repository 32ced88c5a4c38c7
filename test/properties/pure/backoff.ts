import assert from 'node:assert/strict';
import fc from 'fast-check';
import { backoffDelay, type BackoffSettings, type Jitter } from '../../../src/backoff.ts';
import type { Property } from '../property.ts';

const milliseconds = fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.double({ min: 0.001, max: 1e12, noNaN: true }));
const retry = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1e6 }));
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const previous = fc.option(milliseconds, { nil: undefined });
const settings = fc.record({ base: milliseconds, factor: fc.double({ min: 1, max: 1e9, noNaN: true }), max: milliseconds });

type Bounds = (settings: Omit<BackoffSettings, 'jitter'>, value: number, previous: number | undefined) => readonly [least: number, most: number];

/** The least and the most that each jitter may wait, where `value` is the wait without jitter. */
const bounds: Record<Jitter, Bounds> = {
  none: (_settings, value) => [value, value],
  full: (_settings, value) => [0, value],
  equal: (_settings, value) => [value / 2, value],
  decorrelated: ({ base, max }, _value, previous) => [Math.min(base, max), Math.min(max, Math.max(base, 3 * (previous ?? base)))],
};

/** `base * factor^(retry-1)`, at most `max`, multiplied step by step. */
function withoutJitter({ base, factor, max }: Omit<BackoffSettings, 'jitter'>, retry: number): number {
  let value = base;
  for (let count = 1; count < retry && value < max && value > 0 && factor > 1; count += 1) value *= factor;
  return Math.min(max, value);
}

/** Products of many factors are rounded in another order. */
const near = (value: number): number => value * 1e-9;

export const properties: readonly Property[] = [
  {
    name: 'backoffDelay keeps to the bounds of each jitter, and to max',
    runs: 5_000,
    property: fc.property(fc.constantFrom<Jitter[]>('none', 'full', 'equal', 'decorrelated'), settings, retry, random, previous, (jitter, settings, retry, random, previous) => {
      const [least, most] = bounds[jitter](settings, withoutJitter(settings, retry), previous);

      const delay = backoffDelay(retry, { ...settings, jitter }, random, previous);

      assert.ok(delay >= least - near(least) && delay <= most + near(most), `${delay} is not from ${least} to ${most}`);
      assert.ok(delay <= settings.max, `${delay} is above max`);
    }),
  },
];
