import { checkMembers, merge, numeric } from './checks.ts';
import type { Failure } from './failures.ts';

/** The call that a deposit or withdrawal is made for. */
export interface BudgetContext {
  /** Milliseconds on the call's clock. */
  readonly now: number;
  /** The origin of the request, such as `https://api.example.com`. Empty for a relative URL. */
  readonly origin: string;
}

/** The call, and the failure that a retry would follow. */
export interface WithdrawalContext extends BudgetContext {
  /** The record of the failed attempt, without `delay` and `stopped`. Absent for a hedge, which follows no failure. */
  readonly failure?: Failure;
}

/** Limits the retries of all calls that share it, so that they cannot multiply the load of a failing service. */
export interface RetryBudget {
  /** Called when a call ends with an outcome that is no failure. */
  deposit(context: BudgetContext): void;
  /** Pays for one retry. Returns false if too little is left. */
  withdraw(context: WithdrawalContext): boolean;
}

/** The size of a budget, and the rate at which it grows with traffic. */
export interface RetryBudgetOptions {
  /** The number of retries that an idle budget pays for. Finite, at least 1. Default 10. */
  reserve?: number | undefined;
  /**
   * The deposit of each success: the share of retries in the long run. Default 0.1, one retry for ten successes; 0 pays for the
   * reserve only. Counted in whole thousandths, rounded down.
   */
  ratio?: number | undefined;
  /** The time in milliseconds in which deposits above the reserve decay by the factor e. Finite, at least 1. Default 10 000. */
  window?: number | undefined;
}

const defaults = { reserve: 10, ratio: 0.1, window: 10_000 };

const leastRatio = numeric('0 or a finite number >= 0.001', 0.001, Number.MAX_VALUE);

const checks = {
  reserve: numeric('a finite number >= 1', 1, Number.MAX_VALUE),
  ratio: (value: unknown, name: string): number => (value === 0 ? 0 : leastRatio(value, name)),
  window: numeric('a finite number of milliseconds >= 1', 1, Number.MAX_VALUE),
};

/** Converts to whole numbers, because ten times 0.1 is not 1 in binary fractions. The small addend makes up for their error. */
const thousandths = (value: number): number => Math.floor(value * 1_000 + 1e-6);

/** The origins that are kept apart. Further ones share one account. */
const maxOrigins = 1_000;

/**
 * The price of a retry, in thousandths. A retry that the server invites by naming a wait is free. At 100 instead, 22 % of the
 * calls survive a restart that all survive for free, and a quota of a fifth of the load serves 27 % of them instead of 40 %. A free
 * retry adds no lasting load, because the wait spreads it (`npm run storm -- restart quota outage`).
 */
const [price, invitedPrice] = [1_000, 0];

/** The retries that one origin may still make, in thousandths, and the time of that level. */
interface Account {
  level: number;
  at: number;
}

/**
 * Creates a full budget, kept for each origin by itself. For all calls to an origin, uninvited retries <= reserve + ratio *
 * successes, whatever happens. Deposits above the reserve decay, so that the budget grows and shrinks with the traffic. A retry
 * that the budget refuses is not made, and you get the outcome at once. Throws for invalid options.
 *
 * @example
 * const api = resilientFetch.with({ budget: retryBudget() });
 */
export function retryBudget(options: RetryBudgetOptions = {}): RetryBudget {
  checkMembers(options, 'options', Object.keys(defaults));
  const { reserve, ratio, window } = merge(options, defaults, checks);
  const [full, deposit] = [thousandths(reserve), thousandths(ratio)];
  const accounts = new Map<string, Account>();

  const decay = (account: Account, now: number): Account => {
    const elapsed = Math.max(0, now - account.at);
    if (account.level > full) account.level = full + Math.floor((account.level - full) * Math.exp(-elapsed / window));
    account.at = now;
    return account;
  };
  let sweptAt = -Infinity;
  /** Removes the accounts that have just their reserve, like a new one. At most once in `window` ms, since it visits all. */
  const sweep = (now: number): void => {
    if (now - sweptAt < window) return;
    sweptAt = now;
    accounts.forEach((account, origin) => {
      if (decay(account, now).level === full) accounts.delete(origin);
    });
  };
  const accountOf = ({ now, origin }: BudgetContext): Account => {
    const known = accounts.get(origin);
    if (known) return decay(known, now);
    if (accounts.size >= maxOrigins) sweep(now);
    if (accounts.size >= maxOrigins) return decay(accounts.get('') ?? create('', now), now);
    return create(origin, now);
  };
  const create = (origin: string, now: number): Account => {
    const account = { level: full, at: now };
    accounts.set(origin, account);
    return account;
  };
  return {
    deposit(context) {
      accountOf(context).level += deposit;
    },
    withdraw(context) {
      const account = accountOf(context);
      const cost = context.failure?.retryAfter === undefined ? price : invitedPrice;
      if (account.level < cost) return false;
      account.level -= cost;
      return true;
    },
  };
}
