import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mean, sum, variance } from 'd3-array';
import { resilientFetch } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from '../model/coarse-clock.ts';
import { emptyCounts, startFleet, type FleetCounts } from '../model/fleet.ts';

const ok = new Response(null, { status: 200 });

/** Runs a fleet for 100 s. Each response takes `latency` ms. */
async function runFleet(rate: number, latency: number, clientCount = 1): Promise<FleetCounts & { byClient: number[] }> {
  const clock = new CoarseClock(1);
  const counts = emptyCounts();
  const byClient = new Array<number>(clientCount).fill(0);
  const clients = byClient.map((_, index) => resilientFetch.with({
    clock,
    fetch: () => {
      byClient[index] = (byClient[index] ?? 0) + 1;
      return new Promise((resolve) => void clock.setTimeout(() => resolve(ok), latency));
    },
  }));
  startFleet({ clock, random: seededRandom(1), clients, rate, until: 100_000, counts });
  await clock.advance(200_000);
  return { ...counts, byClient };
}

describe('startFleet', () => {
  it('starts calls as a Poisson process: the variance per second equals the mean', async () => {
    const { started } = await runFleet(100, 1);

    assert.equal(started.length, 100);
    assert.ok(Math.abs((mean(started) ?? NaN) - 100) < 4, `a mean of ${mean(started)}`);
    assert.ok(Math.abs((variance(started) ?? NaN) - 100) < 45, `a variance of ${variance(started)}`);
  });

  it('does not wait for one response before the next call', async () => {
    const [fast, slow] = [await runFleet(50, 1), await runFleet(50, 5_000)];

    assert.deepEqual(slow.started, fast.started);
  });

  it('counts a call in the second in which it ends', async () => {
    const { started, ended, succeeded } = await runFleet(20, 5_000);

    assert.deepEqual(succeeded, ended);
    assert.equal(sum(ended.slice(0, 5)), 0);
    assert.deepEqual(ended.slice(5), started);
  });

  it('spreads the calls over all clients', async () => {
    const { byClient } = await runFleet(100, 1, 4);

    assert.ok(byClient.every((count) => count > 2_200 && count < 2_800), byClient.join());
  });
});
