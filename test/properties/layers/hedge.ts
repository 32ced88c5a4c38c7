import assert from 'node:assert/strict';
import fc from 'fast-check';
import { retryBudget } from '../../../src/index.ts';
import { hedge, type BudgetEntry, type HedgeBudget } from '../../../src/layers/index.ts';
import type { Property } from '../property.ts';
import { checkEnds, counter, plans, play, type Played, type Plan } from './play.ts';

/** No integer, so that no response comes at the moment of a hedge. */
const after = 50.5;
const ratio = 0.5;

interface Expected {
  readonly at: number;
  /** Absent for the abort. */
  readonly status?: number | 'error';
}

const seen = counter('a hedge', 'a hedge that wins', 'a refused hedge', 'a bad answer before a good one', 'an abort');

const isGood = (status: unknown): boolean => status === 200;

/** The outcome of a call with these requests: the first good response, else the last one, unless the abort comes before. */
function outcomeOf({ answer, secondAnswer, abortsAfter = Infinity }: Plan, hasHedge: boolean): Expected {
  const answered = [{ at: answer.takes, status: answer.status }];
  if (hasHedge) answered.push({ at: after + secondAnswer.takes, status: secondAnswer.status });
  answered.sort((one, other) => one.at - other.at);
  const outcome = answered.find(({ status }) => isGood(status)) ?? answered.at(-1) as Expected;
  if (hasHedge && isGood(outcome.status) && outcome !== answered[0]) seen.count('a bad answer before a good one');
  return abortsAfter <= outcome.at ? { at: abortsAfter } : outcome;
}

function checkCall({ schedule, starts, ends, requests, reasons }: Played, call: number): void {
  const [plan, start, end] = [schedule[call] as Plan, starts[call] as number, ends[call]];
  const own = requests.filter((request) => request.call === call);
  assert.ok(own.length <= 2, 'more than one hedge');
  if (own[1]) assert.equal(own[1].at, start + after, 'the moment of the hedge');
  if (!plan.ignoresAbort) assert.ok(own.every(({ endedAt }) => endedAt <= (end?.at ?? 0)), 'a request outlives its call');

  const expected = outcomeOf(plan, own.length === 2);
  assert.equal(end?.at, start + expected.at, `the end of call ${call}`);
  if (expected.status === undefined) assert.equal(end?.error, reasons[call]);
  else assert.equal(end?.response?.status ?? 'error', expected.status);

  if (own[1]) seen.count('a hedge');
  if (own[1] && isGood(expected.status) && expected.at === after + plan.secondAnswer.takes) seen.count('a hedge that wins');
  if (expected.status === undefined) seen.count('an abort');
}

const hedges: Property = {
  name: 'hedge sends one more request for a slow call if the budget pays, and gives the first good response, else the last',
  runs: 1_000,
  property: fc.asyncProperty(plans(200, 503, 'error'), fc.constantFrom(1, 2, 5), async (schedule, reserve) => {
    const real = retryBudget({ reserve, ratio });
    const [deposits, due, paid]: string[][] = [[], [], []];
    const keyOf = ({ now, origin }: BudgetEntry): string => `${origin} at ${now}`;
    const budget: HedgeBudget = {
      deposit(entry) {
        deposits?.push(keyOf(entry));
        real.deposit(entry);
      },
      withdraw(entry) {
        const isPaid = real.withdraw(entry);
        due?.push(keyOf(entry));
        if (isPaid) paid?.push(keyOf(entry));
        else seen.count('a refused hedge');
        return isPaid;
      },
    };
    const played = await play(schedule, () => hedge({ after, budget }), { random: () => 0 });
    checkEnds(played);

    const { starts, ends, requests } = played;
    const momentsOf = (isChosen: (call: number) => boolean, at: (call: number) => number): string[] => [...schedule.entries()]
      .flatMap(([call, { key }]) => (isChosen(call) ? [keyOf({ now: at(call), origin: `http://${key}.test` })] : []));
    const hedgeAt = (call: number): number => starts[call] as number + after;
    const isSlow = (call: number): boolean => Math.min(schedule[call]?.answer.takes ?? 0, schedule[call]?.abortsAfter ?? Infinity) > after;
    assert.deepEqual(due?.sort(), momentsOf(isSlow, hedgeAt).sort(), 'the moments of withdrawals');
    assert.deepEqual(paid?.sort(), momentsOf((call) => requests.filter((request) => request.call === call).length > 1, hedgeAt).sort(), 'the moments of hedges');
    assert.deepEqual(deposits?.sort(), momentsOf((call) => isGood(ends[call]?.response?.status), (call) => ends[call]?.at ?? NaN).sort(), 'the moments of deposits');
    for (const key of ['a', 'b']) {
      const count = (list: string[] | undefined): number => list?.filter((entry) => entry.startsWith(`http://${key}.test`)).length ?? 0;
      assert.ok(count(paid) <= reserve + ratio * count(deposits), `${count(paid)} hedges, ${count(deposits)} good responses`);
    }
    for (const call of schedule.keys()) checkCall(played, call);
  }),
  afterwards: seen.check,
};

export const properties: readonly Property[] = [hedges];
