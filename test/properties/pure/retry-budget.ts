import assert from 'node:assert/strict';
import fc from 'fast-check';
import { retryBudget, type Failure } from '../../../src/index.ts';
import type { Property } from '../property.ts';

const reserve = fc.oneof(fc.constantFrom(1, 1.5, 10), fc.double({ min: 1, max: 50, noNaN: true }));
const ratio = fc.oneof(fc.constantFrom(0, 0.1, 0.3, 1), fc.double({ min: 0.001, max: 3, noNaN: true }));
const window = fc.constantFrom(1, 1_000, 10_000, 1e12);
const origin = fc.constantFrom('http://a.test', 'http://b.test');
const anyStep = fc.record({ kind: fc.constantFrom('success', 'success', 'retry', 'retry', 'invited retry'), after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 })), origin });
const steps = fc.array(anyStep, { size: 'max', maxLength: 200 });

const failure: Failure = { attempt: 1, method: 'GET', url: 'http://a.test/', kind: 'response', status: 503, duration: 0 };

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
        } else if (kind === 'retry' && budget.withdraw({ now, origin })) account.retries += 1;

        assert.ok(account.retries <= reserve + ratio * account.successes + 1e-6, `${account.retries} retries after ${account.successes} successes`);
      }
    }),
  },
  {
    name: 'retryBudget pays for a retry while one is saved, and for each that the server invites',
    runs: 5_000,
    property: fc.property(reserve, ratio, window, steps, (reserve, ratio, window, steps) => {
      const budget = retryBudget({ reserve, ratio, window });
      // Thousandths are rounded down at every deposit, and at every decay: the budget may have less by this much.
      const accounts = new Map<string, { least: number; most: number; at: number }>();
      let now = 0;
      for (const { kind, after, origin } of steps) {
        now += after;
        const account = accounts.get(origin) ?? { least: reserve - 0.001, most: reserve, at: now };
        const decayed = (level: number): number => (level > reserve ? reserve + (level - reserve) * Math.exp((account.at - now) / window) : level);
        const [least, most] = [decayed(account.least) - 0.001, decayed(account.most)];
        if (kind === 'success') {
          budget.deposit({ now, origin });
          accounts.set(origin, { least: least + ratio - 0.001, most: most + ratio, at: now });
          continue;
        }
        if (kind === 'invited retry') {
          assert.ok(budget.withdraw({ now, origin, failure: { ...failure, retryAfter: after } }), 'an invited retry is not paid');
          accounts.set(origin, { least, most, at: now });
          continue;
        }
        const isPaid = budget.withdraw({ now, origin, failure });

        assert.ok(isPaid ? most >= 1 - 1e-6 : least < 1, `${isPaid ? 'paid' : 'not paid'} from ${least} to ${most}`);
        const cost = isPaid ? 1 : 0;
        accounts.set(origin, { least: least - cost, most: most - cost, at: now });
      }
    }),
  },
  {
    name: 'retryBudget pays for at most 1,001 reserves at a time, however many origins there are',
    runs: 10,
    property: fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 900, max: 1_500 }), (reserve, origins) => {
      const budget = retryBudget({ reserve });
      let paid = 0;
      for (let origin = 0; origin < origins; origin += 1) {
        for (let retry = 0; retry <= reserve; retry += 1) paid += budget.withdraw({ now: origin, origin: `http://${origin}.test` }) ? 1 : 0;
      }

      assert.equal(paid, Math.min(origins, 1_001) * reserve);
    }),
  },
];
