import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { failuresOf, resilientFetch, type Fetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock, scriptedFetch, seededRandom, type ScriptedOutcome } from '../../src/testing/index.ts';
import { rejectionOf } from '../support/loopback.ts';

const url = 'http://users.test/';
const hour = 3_600_000;

interface Drawing {
  below(end: number): number;
  one<Value>(values: readonly Value[]): Value;
  header(): string;
}

/** Draws what a server may send, good or bad. Chance is below 1, so that each list has its item. */
function drawing(random: () => number): Drawing {
  const below = (end: number): number => Math.floor(random() * end);
  const one = <Value>(values: readonly Value[]): Value => values[below(values.length)] as Value;
  const digits = (): string => Array.from({ length: 1 + below(one([1, 3, 6, 20, 400])) }, () => below(10)).join('');
  const date = (): string => new Date(one([0, 1, 1e3, 1e6, 1e9, 1e12]) * below(2_000)).toUTCString();
  const byte = (): string => String.fromCharCode(one([9, 32 + below(95), 128 + below(128)]));
  const bytes = (): string => Array.from({ length: below(40) }, byte).join('');
  // With one character replaced, dropped or doubled.
  const spoilt = (text: string): string => {
    const index = below(text.length);
    const there = text.charAt(index);
    return text.slice(0, index) + one(['', there + there, one([...'0123456789 ,:-+.eEZ'])]) + text.slice(index + 1);
  };
  const shapes: readonly (() => string)[] = [
    digits, date, bytes,
    () => spoilt(date()),
    () => spoilt(digits()),
    () => `${digits()}, ${date()}`,
    () => one(['', '-', '+', '0x', '.']) + digits() + one(['', '.5', 'e9', ' ', 's', 'ms', 'n', ';']),
    () => one(['NaN', 'Infinity', '-Infinity', 'null', 'undefined', 'soon', 'forever', '']),
    () => one(['9', 'Mon, ', ' ', '-', 'Sunday, 06-Nov-']).repeat(10_000),
    () => date().replace('GMT', one(['UTC', '+0000', 'EST', 'gmt', ''])),
  ];
  return { below, one, header: () => one(shapes)() };
}

/** Plays one call to a server that sends such headers, and compares it with what it may come to. */
async function check(seed: number): Promise<number> {
  const { one, below, header } = drawing(seededRandom(seed));
  const limit = one([0, 1_000, 60_000, 24 * hour]);
  const retries = below(6);
  const clock = new FakeClock({ date: below(2 ** 31) * 1_000, turns: 1 });
  const sent: string[][] = [];
  const outcome = (): ScriptedOutcome => {
    const headers = new Headers();
    if (one([true, true, false])) headers.set('retry-after', header());
    if (one([true, false])) headers.set('date', header());
    sent.push([...headers].map(String));
    return new Response('sorry', { status: one([503, 503, 503, 429, 500]), headers });
  };
  const fetch = scriptedFetch(Array.from({ length: 6 }, outcome), clock);
  const call = resilientFetch(url, { clock, fetch, retries, maxRetryAfter: limit, backoff: { jitter: 'none' } });

  await clock.advance(6 * (limit + 30_000));

  const label = `seed ${seed}: ${inspect({ retries, limit, sent }, { maxStringLength: 200 })}`;
  assert.equal(clock.pending, 0, `${label} still waits`);
  const response = await call;
  const waits = fetch.times.slice(1).map((at, index) => at - (fetch.times[index] ?? 0));
  assert.ok(!response.ok && fetch.times.length <= 1 + retries, `${label} made ${fetch.times.length} requests`);
  waits.forEach((wait, index) => {
    const own = 200 * 2 ** index;
    assert.ok(wait >= own && wait <= limit + own, `${label} waited ${wait} ms`);
  });
  for (const { retryAfter = 0, delay, stopped } of failuresOf(response)) {
    assert.ok(retryAfter >= 0, `${label} was told to wait ${retryAfter} ms`);
    assert.ok(delay === undefined ? stopped !== undefined : retryAfter <= limit, `${label} waits on, or stops unsaid`);
  }
  return waits.length;
}

describe('hints that a hostile server gives', () => {
  for (let first = 1; first <= 4_000; first += 1_000) {
    it(`make no call wait too long, loop or throw, by seeds ${first} to ${first + 999}`, async () => {
      let waits = 0;
      for (let seed = first; seed < first + 1_000; seed += 1) waits += await check(seed);

      assert.ok(waits > 1_000, `${waits} waits`);
    });
  }

  for (const hint of [undefined, '0', '-1', 'Thu, 01 Jan 1970 00:00:00 GMT', 'soon', '0'.repeat(10_000)]) {
    it(`make no call without an end hotter than its backoff: ${hint?.slice(0, 40)}`, async () => {
      const clock = new FakeClock({ date: Date.parse('2026-01-01'), turns: 1 });
      const controller = new AbortController();
      const headers = hint === undefined ? {} : { 'retry-after': hint };
      const fetch = scriptedFetch(Array.from({ length: 1_000 }, () => new Response('sorry', { status: 503, headers })), clock);
      const api = resilientFetch.with({ clock, fetch, retries: Infinity, backoff: { jitter: 'none' } });
      const call = rejectionOf(api(url, { signal: controller.signal }));

      await clock.advance(hour);

      // 51 s of growing waits, and then one each 30 s.
      assert.equal(fetch.times.length, 127);
      controller.abort('reason');
      assert.equal(await call, 'reason');
      assert.equal(clock.pending, 0);
    });
  }
});

const secret = 'open-sesame';

/** All that can be seen of a value: its members, hidden ones too, and those of errors, with their causes and stacks. */
const shown = (value: unknown): string =>
  inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null, maxArrayLength: null });

describe('what resilientFetch tells of a call', () => {
  const headers = { authorization: `Bearer ${secret}`, [`x-${secret}`]: 'name' };
  const request = { method: 'PUT', headers, body: `password=${secret}` };
  const reset = new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
  const again = (outcome: () => ScriptedOutcome): ScriptedOutcome[] => Array.from({ length: 4 }, outcome);
  const calls: Record<string, { script: ScriptedOutcome[]; init?: ResilientInit }> = {
    'that is answered well in the end': { script: [503, reset, 200] },
    'that is answered 503': { script: again(() => 503) },
    'that finds no server': { script: again(() => reset) },
    'that runs out of time': { script: again(() => 'hang') },
    'that runs out of its total time': { script: again(() => 'hang'), init: { totalTimeout: 5_000 } },
    'that is told to wait too long': { script: [new Response(null, { status: 503, headers: { 'retry-after': '999999' } })] },
    'that may not be repeated': { script: [503], init: { method: 'POST' } },
    'whose stream is used up': { script: [503], init: { body: new Blob([secret]).stream(), duplex: 'half' } as ResilientInit },
    'whose option is no good': { script: [], init: { retries: -1 } },
    'whose backoff is no good': { script: [503], init: { backoff: () => NaN } },
    'whose hint is no good': { script: [503], init: { retryAfter: () => -1 } },
    'whose chance is no good': { script: [503], init: { random: () => 1 } },
  };

  for (const [name, { script, init }] of Object.entries(calls)) {
    it(`keeps its secrets, of one ${name}`, async () => {
      const clock = new FakeClock();
      const told: unknown[] = [];
      const fetch = scriptedFetch(script, clock);
      const onFailure = (...given: unknown[]): void => void told.push(...given);
      const call = resilientFetch(`${url}?token=${secret}`, { ...request, clock, fetch, onFailure, ...init })
        .catch((error: unknown) => error);

      await clock.advance(hour);

      const result = await call;
      assert.doesNotMatch(shown([told, failuresOf(result), result instanceof Response ? result.status : result]), /open-sesame/);
      assert.equal(clock.pending, 0);
    });
  }

  for (const options of [{ headers }, { retries: headers }, { clock: headers }, { onFailure: headers }, { retryOn: [headers] }]) {
    it(`keeps the secrets that are taken for options: ${Object.keys(options)}`, () => {
      assert.throws(() => resilientFetch.with(options as object), (error) => !/open-sesame/.test(shown(error)));
    });
  }

  it('keeps the password of a URL from its hooks and records, where an injected fetch takes one', async () => {
    const clock = new FakeClock();
    const told: unknown[] = [];
    const fetch: Fetch = async () => new Response(null, { status: 503 });
    const note = (value: unknown): boolean => void told.push(value) === undefined;
    const withPassword = 'http://user:open-sesame@users.test/';
    const api = resilientFetch.with({ clock, fetch, backoff: { base: 0 }, retries: 1, onFailure: note, shouldRetry: note });
    const urls = [withPassword, new URL(withPassword), 'http:user:open-sesame@users.test', '//open-sesame@users.test/@'];

    for (const secretive of urls) {
      const response = await api(secretive);
      told.push(failuresOf(response));
    }

    assert.doesNotMatch(shown(told), /open-sesame/);
    assert.equal(told.length, 5 * urls.length);
  });

  it('leaves no record where the platform refuses a URL with a password, in words of its own', async () => {
    const told: unknown[] = [];
    const note = (value: unknown): boolean => void told.push(value) === undefined;
    const withPassword = 'http://user:open-sesame@users.test/';
    const native = await rejectionOf(fetch(withPassword));

    const error = await rejectionOf(resilientFetch(withPassword, { onFailure: note, shouldRetry: note }));

    assert.deepEqual(error, native);
    assert.deepEqual([told, failuresOf(error)], [[], []]);
  });
});
