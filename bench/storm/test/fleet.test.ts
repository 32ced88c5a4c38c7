import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resilientFetch } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from '../coarse-clock.ts';
import { emptySeconds, startFleet } from '../fleet.ts';

const ok = new Response(null, { status: 200 });

/** A fleet whose every call takes so long. */
async function playFleet(rate: number, takes: number, clientCount = 1): Promise<{ calls: number[]; ended: number[]; good: number[]; byClient: number[] }> {
  const clock = new CoarseClock(1);
  const seconds = emptySeconds();
  const byClient = new Array<number>(clientCount).fill(0);
  const clients = byClient.map((_, index) => resilientFetch.with({
    clock,
    fetch: () => {
      byClient[index] = (byClient[index] ?? 0) + 1;
      return new Promise((resolve) => void clock.setTimeout(() => resolve(ok), takes));
    },
  }));
  startFleet({ clock, random: seededRandom(1), clients, rate, until: 100_000, seconds });
  await clock.advance(200_000);
  return { ...seconds, byClient };
}

const sum = (series: readonly number[]): number => series.reduce((total, value) => total + (value ?? 0), 0);

describe('startFleet', () => {
  it('begins as many calls as its rate says, spread as Poisson has it', async () => {
    const { calls } = await playFleet(100, 1);

    const mean = sum(calls) / 100;
    const variance = sum(calls.map((value) => (value - mean) ** 2)) / 100;
    assert.ok(Math.abs(mean - 100) < 4, `a mean of ${mean}`);
    assert.ok(variance > 60 && variance < 150, `a variance of ${variance}`);
  });

  it('does not wait for one answer before the next call', async () => {
    const [quick, slow] = [await playFleet(50, 1), await playFleet(50, 5_000)];

    assert.deepEqual(slow.calls, quick.calls);
  });

  it('counts what ends when it does', async () => {
    const { calls, ended, good } = await playFleet(20, 5_000);

    assert.deepEqual(good, ended);
    assert.deepEqual([...good.slice(5)], calls);
  });

  it('gives every client its part', async () => {
    const { byClient } = await playFleet(100, 1, 4);

    assert.ok(byClient.every((count) => count > 2_200 && count < 2_800), byClient.join());
  });
});
