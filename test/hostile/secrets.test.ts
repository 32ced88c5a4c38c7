import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { failuresOf, resilientFetch, type Fetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock, scriptedFetch, type ScriptedOutcome } from '../../src/testing/index.ts';
import { rejectionOf } from '../support/wait.ts';

const url = 'http://users.test/';
const hour = 3_600_000;
const secret = 'open-sesame';

/** Every visible part of a value: members that do not enumerate, and the causes and stacks of errors, too. */
const inspectAll = (value: unknown): string =>
  inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null, maxArrayLength: null });

describe('failures, errors and callbacks', () => {
  const headers = { authorization: `Bearer ${secret}`, [`x-${secret}`]: 'name' };
  const request = { method: 'PUT', headers, body: `password=${secret}` };
  const reset = new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
  const fourTimes = (outcome: () => ScriptedOutcome): ScriptedOutcome[] => Array.from({ length: 4 }, outcome);
  const calls: Record<string, { script: ScriptedOutcome[]; init?: ResilientInit }> = {
    'that succeeds in the end': { script: [503, reset, 200] },
    'that gets a 503': { script: fourTimes(() => 503) },
    'that finds no server': { script: fourTimes(() => reset) },
    'with attempt timeouts': { script: fourTimes(() => 'hang') },
    'with a total timeout': { script: fourTimes(() => 'hang'), init: { totalTimeout: 5_000 } },
    'with a Retry-After that is too long': { script: [new Response(null, { status: 503, headers: { 'retry-after': '999999' } })] },
    'that may not be retried': { script: [503], init: { method: 'POST' } },
    'with a one-shot body': { script: [503], init: { body: new Blob([secret]).stream(), duplex: 'half' } as ResilientInit },
    'with an invalid option': { script: [], init: { retries: -1 } },
    'with an invalid backoff': { script: [503], init: { backoff: () => NaN } },
    'with an invalid retryAfter': { script: [503], init: { retryAfter: () => -1 } },
    'with an invalid random': { script: [503], init: { random: () => 1 } },
  };

  for (const [name, { script, init }] of Object.entries(calls)) {
    it(`contain no secret of a call ${name}`, async () => {
      const clock = new FakeClock();
      const reports: unknown[] = [];
      const fetch = scriptedFetch(script, clock);
      const onFailure = (...args: unknown[]): void => void reports.push(...args);
      const call = resilientFetch(`${url}?token=${secret}`, { ...request, clock, fetch, onFailure, ...init })
        .catch((error: unknown) => error);

      await clock.advance(hour);

      const result = await call;
      assert.doesNotMatch(inspectAll([reports, failuresOf(result), result instanceof Response ? result.status : result]), /open-sesame/);
      assert.equal(clock.pending, 0);
    });
  }

  for (const options of [{ headers }, { retries: headers }, { clock: headers }, { onFailure: headers }, { retryOn: [headers] }]) {
    it(`contain no secret of an object that is no valid option: ${Object.keys(options)}`, () => {
      assert.throws(() => resilientFetch.with(options as object), (error) => !/open-sesame/.test(inspectAll(error)));
    });
  }

  it('contain no password of a URL, which a mock fetch may accept', async () => {
    const clock = new FakeClock();
    const reports: unknown[] = [];
    const fetch: Fetch = async () => new Response(null, { status: 503 });
    const report = (value: unknown): boolean => void reports.push(value) === undefined;
    const withPassword = 'http://user:open-sesame@users.test/';
    const api = resilientFetch.with({ clock, fetch, backoff: { base: 0 }, retries: 1, onFailure: report, shouldRetry: report });
    const urls = [withPassword, new URL(withPassword), 'http:user:open-sesame@users.test', '//open-sesame@users.test/@'];

    for (const url of urls) {
      const response = await api(url);
      reports.push(failuresOf(response));
    }

    assert.doesNotMatch(inspectAll(reports), /open-sesame/);
    assert.equal(reports.length, 5 * urls.length);
  });

  it('are absent when the platform rejects a URL with a password, with its own error', async () => {
    const reports: unknown[] = [];
    const report = (value: unknown): boolean => void reports.push(value) === undefined;
    const withPassword = 'http://user:open-sesame@users.test/';
    const native = await rejectionOf(fetch(withPassword));

    const error = await rejectionOf(resilientFetch(withPassword, { onFailure: report, shouldRetry: report }));

    assert.deepEqual(error, native);
    assert.deepEqual([reports, failuresOf(error)], [[], []]);
  });
});
