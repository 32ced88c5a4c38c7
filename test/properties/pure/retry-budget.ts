import assert from 'node:assert/strict';
import fc from 'fast-check';
import { retryBudget } from '../../../src/index.ts';
import type { Property } from '../property.ts';

const reserve = fc.oneof(fc.constantFrom(1, 1.5, 10), fc.double({ min: 1, max: 50, noNaN: true }));
const ratio = fc.oneof(fc.constantFrom(0, 0.1, 0.3, 1), fc.double({ min: 0.001, max: 3, noNaN: true }));
const window = fc.constantFrom(1, 1_000, 10_000, 1e12);
const origin = fc.constantFrom('http://a.test', 'http://b.test');
const anyStep = fc.record({ kind: fc.constantFrom('success', 'retry'), after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 })), origin });
const steps = fc.array(anyStep, { size: 'max', maxLength: 200 });

/** The retries and successes of one origin. */
interface Account {
  successes: number;
  retries: number;
}

export const properties: readonly Property[] = [
  {
    name: 'retryBudget allows at most reserve + ratio * successes retries for each origin',
    runs: 5_000,
    property: fc.property(reserve, ratio, window, steps, (reserve, ratio, window, steps) => {
      const budget = retryBudget({ reserve, ratio, window });
      const accounts = new Map<string, Account>();
      let now = 0;
      for (const { kind, after, origin } of steps) {
        const account = accounts.get(origin) ?? { successes: 0, retries: 0 };
        accounts.set(origin, account);
        now += after;
        if (kind === 'success') {
          account.successes += 1;
          budget.deposit({ now, origin });
        } else if (budget.withdraw({ now, origin })) account.retries += 1;

        assert.ok(account.retries <= reserve + ratio * account.successes + 1e-6, `${account.retries} retries after ${account.successes} successes`);
      }
    }),
  },
  {
    name: 'retryBudget pays for a retry while one is saved',
    runs: 5_000,
    property: fc.property(reserve, ratio, steps, (reserve, ratio, steps) => {
      // No deposit decays.
      const budget = retryBudget({ reserve, ratio, window: 1e300 });
      // Thousandths are rounded down at every deposit, and at every decay: the budget may hold less by this much.
      const levels = new Map<string, [least: number, most: number]>();
      let now = 0;
      for (const { kind, after, origin } of steps) {
        now += after;
        const [least, most] = levels.get(origin) ?? [reserve - 0.001, reserve];
        if (kind === 'success') {
          budget.deposit({ now, origin });
          levels.set(origin, [least + ratio - 0.002, most + ratio]);
          continue;
        }
        const isPaid = budget.withdraw({ now, origin });

        assert.ok(isPaid ? most >= 1 - 1e-6 : least < 1, `${isPaid ? 'paid' : 'not paid'} from ${least} to ${most}`);
        levels.set(origin, isPaid ? [least - 1.001, most - 1] : [least - 0.001, most]);
      }
    }),
  },
];
