import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { failuresOf, resilientFetch } from '../../src/index.ts';
import { FakeClock, scriptedFetch, seededRandom, type ScriptedOutcome } from '../../src/testing/index.ts';
import { rejectionOf } from '../support/wait.ts';

const url = 'http://users.test/';
const hour = 3_600_000;

interface RandomSource {
  below(end: number): number;
  pick<Value>(values: readonly Value[]): Value;
  header(): string;
}

/** Draws headers that a server may send, valid or not. */
function createRandomSource(random: () => number): RandomSource {
  const below = (end: number): number => Math.floor(random() * end);
  // random() is below 1, so that the index is in the list.
  const pick = <Value>(values: readonly Value[]): Value => values[below(values.length)] as Value;
  const digits = (): string => Array.from({ length: 1 + below(pick([1, 3, 6, 20, 400])) }, () => below(10)).join('');
  const date = (): string => new Date(pick([0, 1, 1e3, 1e6, 1e9, 1e12]) * below(2_000)).toUTCString();
  const byte = (): string => String.fromCharCode(pick([9, 32 + below(95), 128 + below(128)]));
  const bytes = (): string => Array.from({ length: below(40) }, byte).join('');
  // Replaces, removes or doubles one character.
  const corrupt = (text: string): string => {
    const index = below(text.length);
    const character = text.charAt(index);
    return text.slice(0, index) + pick(['', character + character, pick([...'0123456789 ,:-+.eEZ'])]) + text.slice(index + 1);
  };
  const shapes: readonly (() => string)[] = [
    digits, date, bytes,
    () => corrupt(date()),
    () => corrupt(digits()),
    () => `${digits()}, ${date()}`,
    () => pick(['', '-', '+', '0x', '.']) + digits() + pick(['', '.5', 'e9', ' ', 's', 'ms', 'n', ';']),
    () => pick(['NaN', 'Infinity', '-Infinity', 'null', 'undefined', 'soon', 'forever', '']),
    () => pick(['9', 'Mon, ', ' ', '-', 'Sunday, 06-Nov-']).repeat(10_000),
    () => date().replace('GMT', pick(['UTC', '+0000', 'EST', 'gmt', ''])),
  ];
  return { below, pick, header: () => pick(shapes)() };
}

/** Makes the call of a seed to a server that sends random headers. Fails if a wait is too long or too short. Resolves to the number of waits. */
async function check(seed: number): Promise<number> {
  const { pick, below, header } = createRandomSource(seededRandom(seed));
  const limit = pick([0, 1_000, 60_000, 24 * hour]);
  const retries = below(6);
  const clock = new FakeClock({ date: below(2 ** 31) * 1_000, turns: 1 });
  const sentHeaders: string[][] = [];
  const outcome = (): ScriptedOutcome => {
    const headers = new Headers();
    if (pick([true, true, false])) headers.set('retry-after', header());
    if (pick([true, false])) headers.set('date', header());
    sentHeaders.push([...headers].map(String));
    return new Response('sorry', { status: pick([503, 503, 503, 429, 500]), headers });
  };
  const fetch = scriptedFetch(Array.from({ length: 6 }, outcome), clock);
  const call = resilientFetch(url, { clock, fetch, retries, maxRetryAfter: limit, backoff: { jitter: 'none' } });

  await clock.advance(6 * (limit + 30_000));

  const label = `seed ${seed}: ${inspect({ retries, limit, sentHeaders }, { maxStringLength: 200 })}`;
  assert.equal(clock.pending, 0, `${label} still waits`);
  const response = await call;
  const waits = fetch.times.slice(1).map((at, index) => at - (fetch.times[index] ?? 0));
  assert.ok(!response.ok && fetch.times.length <= 1 + retries, `${label} made ${fetch.times.length} requests`);
  waits.forEach((wait, index) => {
    const backoff = 200 * 2 ** index;
    assert.ok(wait >= backoff && wait <= limit + backoff, `${label} waited ${wait} ms`);
  });
  for (const { retryAfter = 0, delay, stopped } of failuresOf(response)) {
    assert.ok(retryAfter >= 0, `${label} recorded a Retry-After of ${retryAfter} ms`);
    assert.ok(delay === undefined ? stopped !== undefined : retryAfter <= limit, `${label} waited beyond the limit, or stopped without a reason`);
  }
  return waits.length;
}

describe('Retry-After of a hostile server', () => {
  for (let first = 1; first <= 4_000; first += 1_000) {
    it(`causes no wait beyond the limit, no loop and no error, seeds ${first} to ${first + 999}`, async () => {
      let waits = 0;
      for (let seed = first; seed < first + 1_000; seed += 1) waits += await check(seed);

      assert.ok(waits > 1_000, `${waits} waits`);
    });
  }

  for (const retryAfter of [undefined, '0', '-1', 'Thu, 01 Jan 1970 00:00:00 GMT', 'soon', '0'.repeat(10_000)]) {
    it(`does not shorten the backoff of an endless call: ${retryAfter?.slice(0, 40)}`, async () => {
      const clock = new FakeClock({ date: Date.parse('2026-01-01'), turns: 1 });
      const controller = new AbortController();
      const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
      const fetch = scriptedFetch(Array.from({ length: 1_000 }, () => new Response('sorry', { status: 503, headers })), clock);
      const api = resilientFetch.with({ clock, fetch, retries: Infinity, backoff: { jitter: 'none' } });
      const call = rejectionOf(api(url, { signal: controller.signal }));

      await clock.advance(hour);

      // 51 s of growing waits, then one every 30 s.
      assert.equal(fetch.times.length, 127);
      controller.abort('reason');
      assert.equal(await call, 'reason');
      assert.equal(clock.pending, 0);
    });
  }
});
