import { checkMembers, merge, numeric } from './checks.ts';

/** What retries are paid from: share one among all calls to a service, so that they cannot multiply its load when it fails. */
export interface RetryBudget {
  /** A call has ended with an outcome that is no failure. */
  deposit(): void;
  /** Takes the price of one retry, or says that there is too little left. */
  withdraw(): boolean;
}

/** How much a budget holds, and how fast it fills. */
export interface RetryBudgetOptions {
  /** How many retries it holds: what a short failure may cost. Finite, at least 1, as less could not pay for one. Default 10. */
  capacity?: number | undefined;
  /**
   * What each success puts back, until it is full: the share of retries that it can bear for ever. Default 0.1, a retry for ten
   * successes; 0 never refills. Counted in whole thousandths, rounded down.
   */
  ratio?: number | undefined;
}

const defaults = { capacity: 10, ratio: 0.1 };

const checks = {
  capacity: numeric('a finite number >= 1', (value) => value >= 1 && value < Infinity),
  ratio: numeric('0 or a finite number >= 0.001', (value) => value === 0 || (value >= 0.001 && value < Infinity)),
};

/** In whole numbers, ten times 0.1 is 1. What is added is more than binary fractions lose, and less than anyone means. */
const thousandths = (value: number): number => Math.floor(value * 1_000 + 1e-6);

/**
 * A budget that starts full. Of all calls that share it, retries <= capacity + ratio * successes, whatever happens; a retry
 * that it cannot pay is not made, and the outcome is handed over at once. Needs no clock. Throws for what cannot be used.
 *
 * @example
 * const api = resilientFetch.with({ budget: retryBudget() });
 */
export function retryBudget(options: RetryBudgetOptions = {}): RetryBudget {
  checkMembers(options, 'options', Object.keys(defaults));
  const { capacity, ratio } = merge(options, defaults, checks);
  const [full, income, price] = [thousandths(capacity), thousandths(ratio), 1_000];
  let level = full;
  return {
    deposit(): void {
      level = Math.min(full, level + income);
    },
    withdraw(): boolean {
      if (level < price) return false;
      level -= price;
      return true;
    },
  };
}
