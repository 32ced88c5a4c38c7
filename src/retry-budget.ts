import { checkMembers, merge, numeric } from './checks.ts';

/** Limits the retries of all calls that share it, so that they cannot multiply the load of a failing service. */
export interface RetryBudget {
  /** Called when a call ends with an outcome that is no failure. */
  deposit(): void;
  /** Pays for one retry. Returns false if too little is left. */
  withdraw(): boolean;
}

/** The size of a budget, and the rate at which it fills. */
export interface RetryBudgetOptions {
  /** The number of retries that a full budget pays for. Finite, at least 1. Default 10. */
  capacity?: number | undefined;
  /**
   * The deposit of each success, until the budget is full: the share of retries in the long run. Default 0.1, one retry for ten
   * successes; 0 never refills. Counted in whole thousandths, rounded down.
   */
  ratio?: number | undefined;
}

const defaults = { capacity: 10, ratio: 0.1 };

const leastRatio = numeric('0 or a finite number >= 0.001', 0.001, Number.MAX_VALUE);

const ratio = (value: unknown, name: string): number => (value === 0 ? 0 : leastRatio(value, name));

const checks = {
  capacity: numeric('a finite number >= 1', 1, Number.MAX_VALUE),
  ratio,
};

/** Converts to whole numbers, because ten times 0.1 is not 1 in binary fractions. The small addend makes up for their error. */
const thousandths = (value: number): number => Math.floor(value * 1_000 + 1e-6);

/**
 * Creates a full budget. For all calls that share it, retries <= capacity + ratio * successes, whatever happens. A retry that
 * the budget refuses is not made, and you get the outcome at once. Throws for invalid options.
 *
 * @example
 * const api = resilientFetch.with({ budget: retryBudget() });
 */
export function retryBudget(options: RetryBudgetOptions = {}): RetryBudget {
  checkMembers(options, 'options', Object.keys(defaults));
  const { capacity, ratio } = merge(options, defaults, checks);
  const [full, deposit, price] = [thousandths(capacity), thousandths(ratio), 1_000];
  let level = full;
  return {
    deposit(): void {
      level = Math.min(full, level + deposit);
    },
    withdraw(): boolean {
      if (level < price) return false;
      level -= price;
      return true;
    },
  };
}
