import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { playOutage, story, verdictOf, type Story, type Verdict } from '../outage.ts';
import { atOnce, noRetries, ours, oursWithBudget, policies, type Policy } from '../policies.ts';

/** A tenth of the fleet, with as many calls for each process. */
const small: Story = { ...story, capacity: story.capacity / 10, processes: story.processes / 10 };

const verdict = async (policy: Policy, changed: Partial<Story> = {}): Promise<Verdict> => verdictOf(await playOutage(policy, { ...small, ...changed }));

describe('playOutage', () => {
  it('is the same again with the same seed, second by second, and another with another', async () => {
    const [first, again, other] = await Promise.all([7, 7, 8].map((seed) => playOutage(oursWithBudget, { ...small, seed })));

    assert.deepEqual(again, first);
    assert.notDeepEqual(other?.seconds, first?.seconds);
  });

  it('gives every policy the same calls', async () => {
    const [first, other] = await Promise.all([noRetries, ours].map((policy) => playOutage(policy, { ...small, end: 60 })));

    assert.deepEqual(other?.seconds.calls, first?.seconds.calls);
  });

  it('does no harm where there is no outage', async () => {
    const { amplification, recovery } = await verdict(ours, { left: 1 });

    assert.deepEqual([amplification, recovery], [[1, 1], 0]);
  });
});

describe('our default with a budget', () => {
  for (const load of [0.6, 0.7, 0.8]) {
    it(`recovers from the outage without help at ${100 * load} % load, with an amplification of at most 1.2`, async () => {
      const { amplification: [during, after], recovery } = await verdict(oursWithBudget, { load });

      assert.ok(during <= 1.2, `${during} in the outage`);
      assert.ok(after <= 1.2, `${after} after it`);
      assert.ok(recovery <= 30, `well again after ${recovery} s`);
    });
  }

  it('recovers where callers are impatient, too', async () => {
    const { amplification: [during], recovery } = await verdict(oursWithBudget, { timeout: 2_000 });

    assert.ok(during <= 1.2, `${during} in the outage`);
    assert.ok(recovery <= 40, `well again after ${recovery} s`);
  });
});

describe('a naive policy', () => {
  for (const policy of policies.filter(({ options: { retries = 3 }, budget, retryAfter }) => retries > 0 && !budget && !retryAfter)) {
    it(`does not recover: ${policy.name}`, async () => {
      const outage = await playOutage(policy, small);
      const { amplification: [, after], recovery } = verdictOf(outage);
      const [atFirst, atLast] = outage.queue;

      assert.equal(recovery, Infinity);
      assert.ok(atLast > 2 * atFirst, `${atFirst} waited at the end of the outage, ${atLast} two minutes later`);
      assert.ok(after > 1.9, `${after} requests a call after it`);
    });
  }

  it('is harmless only as long as it has no retries', async () => {
    assert.ok((await verdict(noRetries)).recovery < 20);
    assert.equal((await verdict(atOnce)).recovery, Infinity);
  });
});
