import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultScenario, simulateOutage, summarizeOutage, type OutageSummary, type Scenario } from '../model/outage.ts';
import { immediateRetries, noRetries, ourDefault, policies, withBudget, type Policy } from '../model/policies.ts';

/** A tenth of the fleet, with as many calls for each process. */
const small: Scenario = { ...defaultScenario, capacity: defaultScenario.capacity / 10, processes: defaultScenario.processes / 10 };

const summaryOf = async (policy: Policy, change: Partial<Scenario> = {}): Promise<OutageSummary> =>
  summarizeOutage(await simulateOutage(policy, { ...small, ...change }, 7));

describe('simulateOutage', () => {
  it('gives the same counts for the same seed, and others for another seed', async () => {
    const [first, again, other] = await Promise.all([7, 7, 8].map((seed) => simulateOutage(withBudget, small, seed)));

    assert.deepEqual(again, first);
    assert.notDeepEqual(other?.counts, first?.counts);
  });

  it('gives every policy the same calls', async () => {
    const [first, other] = await Promise.all([noRetries, ourDefault].map((policy) => simulateOutage(policy, { ...small, end: 60 }, 7)));

    assert.deepEqual(other?.counts.started, first?.counts.started);
  });

  it('reports the counts after each second', async () => {
    const reported: number[] = [];

    const { counts } = await simulateOutage(noRetries, { ...small, end: 60 }, 7, (second, { ended }) => void reported.push(second, ended[second - 1] ?? 0));

    assert.deepEqual(reported, Array.from({ length: 60 }, (_, index) => [index + 1, counts.ended[index] ?? 0]).flat());
  });

  it('sends one request per call without an outage', async () => {
    const { requestsPerCall, recovery } = await summaryOf(ourDefault, { remaining: 1 });

    assert.deepEqual([requestsPerCall, recovery], [{ during: 1, after: 1 }, 0]);
  });
});

describe('summarizeOutage', () => {
  const counts = (succeeded: number[]) => ({ started: [10, 10, 10, 10], requests: [10, 20, 20, 10], ended: [100, 100, 100, 100], succeeded });
  const outage = { policy: '', scenario: { ...defaultScenario, outageStart: 1, outageEnd: 2, end: 4 }, queueLengths: [0, 0] as const, timeToFail: NaN };

  const rows: [name: string, succeeded: number[], recovery: number][] = [
    ['is 0 when the second after the outage is healthy', [100, 50, 99, 99], 0],
    ['is the number of seconds below 99 %', [100, 50, 98, 99], 1],
    ['is Infinity when the last second is below 99 %', [100, 50, 99, 98], Infinity],
  ];
  for (const [name, succeeded, recovery] of rows) {
    it(`recovery ${name}`, () => {
      assert.equal(summarizeOutage({ ...outage, counts: counts(succeeded) }).recovery, recovery);
    });
  }

  it('divides by the calls that started, during the outage and after it', () => {
    const { requestsPerCall, goodput } = summarizeOutage({ ...outage, counts: counts([10, 5, 10, 20]) });

    assert.deepEqual([requestsPerCall, goodput], [{ during: 2, after: 1.5 }, { during: 0.5, after: 1.5 }]);
  });
});

describe('our default with a budget', () => {
  for (const load of [0.6, 0.7, 0.8]) {
    it(`recovers at a load of ${100 * load} %, with at most 1.2 requests per call`, async () => {
      const { requestsPerCall: { during, after }, recovery } = await summaryOf(withBudget, { load });

      assert.ok(during <= 1.2, `${during} requests per call during the outage`);
      assert.ok(after <= 1.2, `${after} requests per call after it`);
      assert.ok(recovery <= 30, `recovers after ${recovery} s`);
    });
  }

  it('recovers with a timeout of 2 s', async () => {
    const { requestsPerCall: { during }, recovery } = await summaryOf(withBudget, { timeout: 2_000 });

    assert.ok(during <= 1.2, `${during} requests per call during the outage`);
    assert.ok(recovery <= 40, `recovers after ${recovery} s`);
  });
});

describe('retries without a budget, from a service that does not shed load', () => {
  for (const policy of policies.filter(({ options: { retries }, budget, retryAfter }) => retries !== 0 && !budget && !retryAfter)) {
    it(`prevent recovery: ${policy.name}`, async () => {
      const outage = await simulateOutage(policy, small, 7);
      const { requestsPerCall: { after }, recovery } = summarizeOutage(outage);
      const [atOutageEnd, atEnd] = outage.queueLengths;

      assert.equal(recovery, Infinity);
      assert.ok(atEnd > 2 * atOutageEnd, `${atOutageEnd} requests in the queue at the end of the outage, ${atEnd} two minutes later`);
      assert.ok(after > 1.9, `${after} requests per call after it`);
    });
  }

  it('are the cause: without retries the service recovers', async () => {
    assert.ok((await summaryOf(noRetries)).recovery < 20);
    assert.equal((await summaryOf(immediateRetries)).recovery, Infinity);
  });
});
