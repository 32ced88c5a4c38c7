import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contend, jitters, known } from '../contention.ts';

describe('contend', () => {
  it('needs one call for one client, and the time of four ways', async () => {
    const { calls, ms } = await contend('full', 1, 200, 1);

    assert.equal(calls, 1);
    assert.ok(Math.abs(ms - 40) < 1, `${ms} ms`);
  });

  for (const jitter of Object.keys(jitters)) {
    it(`comes near the known figures with ${jitter}`, async () => {
      const { calls, ms } = await contend(jitter, 100, 8, 1);
      const [knownCalls, knownMs] = known[jitter] ?? [NaN, NaN];

      assert.ok(Math.abs(calls / knownCalls - 1) < 0.1, `${calls} calls, known ${knownCalls}`);
      assert.ok(Math.abs(ms / knownMs - 1) < 0.2, `${ms} ms, known ${knownMs}`);
    });
  }

  it('is the same again with the same seed, and another with another', async () => {
    const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => contend('full', 20, 2, seed)));

    assert.deepEqual(again, first);
    assert.notDeepEqual(other, first);
  });
});
