import { retryBudget, type RetryBudget, type WithdrawalContext } from 'resilient-fetch';

/** The budget of many clients: a success deposits `ratio`, a retry costs 1, and the level never exceeds the capacity. */
export function fixedBudget(capacity: number, ratio: number): RetryBudget {
  let level = capacity;
  return {
    deposit() {
      level = Math.min(capacity, level + ratio);
    },
    withdraw() {
      if (level < 1) return false;
      level -= 1;
      return true;
    },
  };
}

/** `retryBudget()` with another price of an invited retry: at 0.1, every tenth one withdraws 1. */
export function pricedBudget(invitedPrice: number): RetryBudget {
  const budget = retryBudget();
  let debt = 0;
  return {
    deposit: (context) => budget.deposit(context),
    withdraw(context) {
      if (context.failure?.retryAfter === undefined) return budget.withdraw(context);
      if (debt + invitedPrice >= 1 && !budget.withdraw(uninvited(context))) return false;
      debt = (debt + invitedPrice) % 1;
      return true;
    },
  };
}

const uninvited = ({ now, origin }: WithdrawalContext): WithdrawalContext => ({ now, origin });

/** Allows everything. */
export const noBudget: RetryBudget = { deposit() {}, withdraw: () => true };
