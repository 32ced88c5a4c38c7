import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Experiment } from '../experiment.ts';
import { blips, fixed, growing, none, simulateBlip } from '../experiments/blips.ts';
import { breaker, hangingService, scenario } from '../experiments/hanging-service.ts';
import { limiter } from '../experiments/limiter.ts';
import { quota } from '../experiments/quota.ts';
import { randomFailures } from '../experiments/random-failures.ts';
import { restart } from '../experiments/restart.ts';
import { slowTail } from '../experiments/slow-tail.ts';
import { tokenStampede } from '../experiments/token-stampede.ts';
import { pricedBudget } from '../model/budgets.ts';
import { simulateOutage, summarizeOutage } from '../model/outage.ts';
import { ourDefault, withBudget, type Policy } from '../model/policies.ts';
import { simulateRestart } from '../model/restart.ts';
import { healthyWhen, simulateSteadyCalls } from '../model/steady-calls.ts';

/** Runs the job with this description. */
async function resultOf<Job, Result>({ jobs, describe: nameOf, run }: Experiment<Job, Result>, description: string): Promise<Result> {
  const job = jobs.find((candidate) => nameOf(candidate) === description);
  assert.ok(job, `no job '${description}' among ${jobs.map(nameOf).join('; ')}`);
  return run(job, 7);
}

describe('quota', () => {
  for (const load of [1.2, 2, 5]) {
    it(`lets more than 99 % of the calls succeed behind a gate, for at most 1.25 requests per call: ${load} times the quota`, async () => {
      for (const policy of ['a gate', 'a gate and a budget']) {
        const { successRate, requestsPerCall } = await resultOf(quota, `${policy}, ${load} times the quota`);

        assert.ok(successRate > 0.99, `${policy}: ${successRate}`);
        assert.ok(requestsPerCall <= 1.25, `${policy}: ${requestsPerCall}`);
      }
    });
  }

  it('lets fewer than half of the calls succeed without a gate, and still fewer the more an invited retry costs', async () => {
    const names = ['our default', 'a budget', 'a budget, invited retry at 0.1', 'a budget, invited retry at 1'];
    const [plain = NaN, ...budgets] = await Promise.all(names.map(async (name) => (await resultOf(quota, `${name}, 5 times the quota`)).successRate));

    assert.ok(plain < 0.5, String(plain));
    assert.equal(budgets[0], plain);
    assert.deepEqual(budgets, [...budgets].sort((a, b) => b - a));
    assert.ok((budgets[2] ?? NaN) < 0.6 * plain, budgets.join());
  });

  it('changes nothing below the quota', async () => {
    for (const policy of ['our default', 'a gate']) assert.equal((await resultOf(quota, `${policy}, 0.8 times the quota`)).requestsPerCall, 1);
  });
});

describe('an invited retry', () => {
  it('is free, because any price ends most calls of a service that restarts', async () => {
    const rates = await Promise.all([0, 0.1, 1].map(async (price) => {
      const scenario = { clients: 2_000, serveSeconds: 10, format: 'seconds', processes: 4 } as const;
      return (await simulateRestart(() => ({ budget: pricedBudget(price) }), scenario, 7)).successRate;
    }));

    assert.equal(rates[0], 1);
    assert.ok((rates[1] ?? NaN) < 0.3 && (rates[2] ?? NaN) < 0.1, rates.join());
    assert.ok(restart.jobs.some(({ processes }) => processes === 40));
  });
});

describe('blips', () => {
  it('of 300 ms are survived with a growing budget as without one, and not with a fixed one', async () => {
    for (const rate of [0.1, 100, 1_000]) {
      const [plain, grown] = await Promise.all([none, growing].map((policy) => simulateBlip(policy, rate, 300, 7)));

      assert.ok((grown?.successRate ?? 0) > 0.93, `${rate} per second: ${grown?.successRate}`);
      assert.deepEqual(grown, plain);
    }
    assert.ok((await simulateBlip(fixed, 100, 300, 7)).successRate < 0.1);
    assert.equal(blips.jobs.length, 18);
  });

  it('of 3 s cost at most 1.7 requests per call with a growing budget', async () => {
    for (const rate of [10, 100]) {
      const { requestsPerCall } = await simulateBlip(growing, rate, 3_000, 7);

      assert.ok(requestsPerCall < 1.7, String(requestsPerCall));
    }
  });
});

describe('hanging-service', () => {
  it('fails at once and recovers within 13 s behind a breaker, and late without one', async () => {
    // A tenth of the fleet. A request still takes 2.5 s while the service hangs.
    const small = { ...scenario, capacity: scenario.capacity / 10, remaining: 10 * scenario.remaining, processes: scenario.processes / 10 };
    const resultFor = async (policy: Policy) => {
      const outage = await simulateOutage(policy, small, 7);
      return { ...summarizeOutage(outage), timeToFail: outage.timeToFail };
    };
    const [broken, budget, plain] = [await resultFor(breaker), await resultFor(withBudget), await resultFor(ourDefault)];

    assert.ok(broken.recovery <= 13, `recovers after ${broken.recovery} s`);
    assert.equal(broken.timeToFail, 0);
    assert.ok(broken.goodput.after > 0.8, String(broken.goodput.after));
    assert.ok(budget.recovery > 30 && budget.timeToFail >= 10_000, `${budget.recovery} s, ${budget.timeToFail} ms`);
    assert.equal(plain.recovery, Infinity);
    assert.ok(plain.inFlight > 3 * broken.inFlight, `${plain.inFlight}, ${broken.inFlight}`);
    assert.ok(hangingService.jobs.length >= 5);
  });
});

describe('slow-tail', () => {
  it('is shortened to the time of the hedge, for 2 % more requests', async () => {
    const { p99, requestsPerCall } = await resultOf(slowTail, 'a hedge after 200 ms, 2 % slow');

    assert.ok(p99 <= 250, `${p99} ms`);
    assert.ok(requestsPerCall < 1.03, String(requestsPerCall));
    assert.equal((await resultOf(slowTail, 'no hedge, 2 % slow')).p99, 3_000);
  });

  it('doubles the load of a slow service, unless a budget limits the hedges', async () => {
    assert.equal((await resultOf(slowTail, 'a hedge after 200 ms, without a budget, 100 % slow')).requestsPerCall, 2);
    assert.ok((await resultOf(slowTail, 'a hedge after 200 ms, 100 % slow')).requestsPerCall < 1.07);
  });
});

describe('token-stampede', () => {
  for (const calls of ['5', '1 000']) {
    it(`refreshes once with withToken, and more often by hand: ${calls} calls`, async () => {
      const { refreshes, requestsPerCall, successRate } = await resultOf(tokenStampede, `withToken, ${calls} calls`);

      assert.deepEqual([refreshes, requestsPerCall, successRate], [1, 2, 1]);
      assert.ok((await resultOf(tokenStampede, `a shared promise, ${calls} calls`)).refreshes > 1);
    });
  }
});

describe('limiter', () => {
  it('lets all calls succeed among the layers, and fewer than half as fetch', async () => {
    assert.equal((await resultOf(limiter, 'among the layers')).successRate, 1);
    assert.ok((await resultOf(limiter, 'as fetch')).successRate < 0.5);
  });
});

describe('random-failures', () => {
  const outcomesOf = async (name: string, failureRate: number) => {
    const job = randomFailures.jobs.find(({ policy }) => policy === name);
    assert.ok(job);
    const service = healthyWhen((_now, random) => random() >= failureRate);
    return simulateSteadyCalls({ options: job.options(), wrap: job.wrap, service, calls: 2_000, span: 20_000 }, 7);
  };

  it('open a breaker with a low threshold, and not one with the default', async () => {
    assert.ok((await outcomesOf('3 retries, a breaker after 3 failures', 0.1)).successRate < 0.8);
    assert.equal((await outcomesOf('3 retries, a breaker after 10 failures', 0.1)).successRate, 1);
  });

  it('multiply the requests of two layers of retries', async () => {
    assert.equal((await outcomesOf('two layers of 3 retries', 1)).requestsPerCall, 16);
    assert.equal((await outcomesOf('3 retries, no budget', 1)).requestsPerCall, 4);
  });
});
