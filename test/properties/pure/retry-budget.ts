import assert from 'node:assert/strict';
import fc from 'fast-check';
import { retryBudget } from '../../../src/index.ts';
import type { Property } from '../property.ts';

const capacity = fc.oneof(fc.constantFrom(1, 1.5, 10), fc.double({ min: 1, max: 50, noNaN: true }));
const ratio = fc.oneof(fc.constantFrom(0, 0.1, 0.3, 1), fc.double({ min: 0.001, max: 3, noNaN: true }));
const steps = fc.array(fc.constantFrom('success', 'retry'), { size: 'max', maxLength: 200 });

export const properties: readonly Property[] = [
  {
    name: 'retryBudget allows at most capacity + ratio * successes retries',
    runs: 5_000,
    property: fc.property(capacity, ratio, steps, (capacity, ratio, steps) => {
      const budget = retryBudget({ capacity, ratio });
      let [successes, retries] = [0, 0];
      for (const step of steps) {
        if (step === 'retry') retries += budget.withdraw() ? 1 : 0;
        else successes += 1;
        if (step === 'success') budget.deposit();

        assert.ok(retries <= capacity + ratio * successes + 1e-6, `${retries} retries after ${successes} successes`);
      }
    }),
  },
  {
    name: 'retryBudget pays for a retry while one is saved',
    runs: 5_000,
    property: fc.property(capacity, ratio, steps, (capacity, ratio, steps) => {
      const budget = retryBudget({ capacity, ratio });
      // Thousandths are rounded down at every deposit: the budget may hold less by this much.
      let [least, most] = [capacity - 0.001, capacity];
      for (const step of steps) {
        if (step === 'success') {
          budget.deposit();
          [least, most] = [Math.min(capacity - 0.001, least + ratio - 0.001), Math.min(capacity, most + ratio)];
          continue;
        }
        const isPaid = budget.withdraw();

        assert.ok(isPaid ? most >= 1 - 1e-6 : least < 1, `${isPaid ? 'paid' : 'not paid'} from ${least} to ${most}`);
        if (isPaid) [least, most] = [least - 1, most - 1];
      }
    }),
  },
];
