import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FakeClock } from '../../../src/testing/index.ts';
import type { Property } from '../property.ts';

/** A timer that is cleared at once, or whose callback clears another one by index and sets a further one. */
interface Plan {
  readonly ms: number;
  readonly isCleared: boolean;
  readonly clears: number | undefined;
  readonly sets: number | undefined;
}

const ms = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom(-1, NaN, 0.5, 1_000), fc.integer({ min: 0, max: 1_000 }));
const clears = fc.option(fc.nat(30), { nil: undefined });
const sets = fc.option(ms, { nil: undefined });
/** Many timers, most of them cleared, because the queue is swept where it has more cleared timers than others. */
const plans = fc.array(fc.record({ ms, isCleared: fc.constantFrom(false, true, true, true), clears, sets }), { maxLength: 300, size: 'max' });
const advances = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 5 });

type Fired = readonly [index: number, at: number];

/** The firings of a sorted list. */
function expectedFirings(plans: readonly Plan[], end: number): Fired[] {
  const fired: Fired[] = [];
  const timers: { index: number; at: number; plan: Plan | undefined }[] = [];
  let count = 0;
  const remove = (removed: number | undefined): void => {
    const position = timers.findIndex(({ index }) => index === removed);
    if (position >= 0) timers.splice(position, 1);
  };
  const add = (now: number, ms: number, plan: Plan | undefined): void => void timers.push({ index: count++, at: now + Math.max(0, ms || 0), plan });
  for (const plan of plans) add(0, plan.ms, plan);
  for (const { index } of timers.filter(({ plan }) => plan?.isCleared)) remove(index);
  for (;;) {
    const next = timers.toSorted((one, other) => one.at - other.at || one.index - other.index)[0];
    if (next === undefined || next.at > end) return fired;
    const { index, at, plan } = next;
    remove(index);
    fired.push([index, at]);
    remove(plan?.clears);
    if (plan?.sets !== undefined) add(at, plan.sets, undefined);
  }
}

export const properties: readonly Property[] = [
  {
    name: 'FakeClock fires timers like a sorted list',
    runs: 500,
    property: fc.asyncProperty(plans, advances, async (plans, advances) => {
      const clock = new FakeClock({ turns: 1 });
      const fired: Fired[] = [];
      const timers: unknown[] = [];
      const add = (ms: number, plan: Plan | undefined): void => {
        const index = timers.length;
        timers.push(clock.setTimeout(() => {
          fired.push([index, clock.now()]);
          if (plan?.clears !== undefined) clock.clearTimeout(timers[plan.clears]);
          if (plan?.sets !== undefined) add(plan.sets, undefined);
        }, ms));
      };
      for (const plan of plans) add(plan.ms, plan);
      for (const [index, { isCleared }] of plans.entries()) if (isCleared) clock.clearTimeout(timers[index]);

      for (const ms of advances) await clock.advance(ms);

      assert.deepEqual(fired, expectedFirings(plans, clock.now()));
    }),
  },
];
