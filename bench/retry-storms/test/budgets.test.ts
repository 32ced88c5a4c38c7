import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { retryBudget, type Failure, type RetryBudget } from 'resilient-fetch';
import { fixedBudget, noBudget, pricedBudget } from '../model/budgets.ts';

const context = { now: 0, origin: 'http://service.test' };
const failure: Failure = { attempt: 1, method: 'GET', url: 'http://service.test/', kind: 'response', status: 503, duration: 0 };

/** The number of retries that a budget allows, up to 1 000. */
function drain(budget: RetryBudget, retryAfter?: number): number {
  let retries = 0;
  while (retries < 1_000 && budget.withdraw({ ...context, failure: retryAfter === undefined ? failure : { ...failure, retryAfter } })) retries += 1;
  return retries;
}

function deposit(budget: RetryBudget, times: number): void {
  for (let time = 0; time < times; time += 1) budget.deposit(context);
}

describe('fixedBudget', () => {
  it('never grows beyond its capacity', () => {
    const budget = fixedBudget(10, 0.5);
    deposit(budget, 100);

    assert.equal(drain(budget), 10);
    deposit(budget, 4);
    assert.equal(drain(budget), 2);
  });
});

describe('pricedBudget', () => {
  for (const [price, retries] of [[0, 1_000], [0.5, 21], [1, 10]] as const) {
    it(`allows ${retries} invited retries at a price of ${price}`, () => {
      assert.equal(drain(pricedBudget(price), 30_000), retries);
    });
  }

  it('charges an uninvited retry as retryBudget() does', () => {
    const [priced, budget] = [pricedBudget(0.5), retryBudget()];
    for (const each of [priced, budget]) deposit(each, 100);

    assert.equal(drain(priced), drain(budget));
  });
});

describe('noBudget', () => {
  it('allows every retry', () => {
    assert.equal(drain(noBudget), 1_000);
  });
});
