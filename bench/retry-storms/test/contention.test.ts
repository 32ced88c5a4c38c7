import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { policies } from '../experiments/contention.ts';
import { simulateContention } from '../model/contention.ts';

describe('simulateContention', () => {
  it('needs one write for one client, and the time of four ways over the network', async () => {
    const { writes, ms } = await simulateContention({ jitter: 'full' }, 1, 200, 1);

    assert.equal(writes, 1);
    assert.ok(Math.abs(ms - 40) < 1, `${ms} ms`);
  });

  for (const { name, backoff, published } of policies) {
    it(`comes near the published figures: ${name}`, async () => {
      const { writes, ms } = await simulateContention(backoff, 100, 8, 1);

      assert.ok(Math.abs(writes / published.writes - 1) < 0.1, `${writes} writes, published ${published.writes}`);
      assert.ok(Math.abs(ms / published.ms - 1) < 0.2, `${ms} ms, published ${published.ms}`);
    });
  }

  it('gives the same result for the same seed, and another for another seed', async () => {
    const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => simulateContention({ base: 10 }, 20, 2, seed)));

    assert.deepEqual(again, first);
    assert.notDeepEqual(other, first);
  });
});
