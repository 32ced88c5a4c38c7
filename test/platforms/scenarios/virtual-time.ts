import { check, equal, rejectionOf } from './assert.ts';
import type { Library, Scenario, Scenarios, Testing } from './scenario.ts';

type Init = NonNullable<Parameters<Library['resilientFetch']>[1]>;
type Outcomes = Parameters<Testing['scriptedFetch']>[0];

const day = 86_400_000;

/** Plays a script in virtual time and compares the times of the requests. */
const timeline = (outcomes: Outcomes | (() => Outcomes), init: Init, times: readonly number[], status = 200): Scenario =>
  async ({ resilientFetch }, { FakeClock, scriptedFetch }) => {
    const clock = new FakeClock();
    const fetch = scriptedFetch(typeof outcomes === 'function' ? outcomes() : outcomes, clock);
    const call = resilientFetch('http://users.test/', { clock, fetch, random: () => 0.5, ...init });
    await clock.advance(100 * day);

    equal([(await call).status, fetch.times, clock.pending], [status, times, 0]);
  };

const failing = [503, 503, 503, 503, 200];
const withRetryAfter = (value: string, status = 503) => (): Outcomes => [new Response(null, { status, headers: { 'retry-after': value } }), 200];

/** Every layer in virtual time, with the same times on every platform. */
export const virtualTime: Scenarios = {
  'waits 100, 200 and 400 ms with full jitter and a random value of 0.5': timeline(failing, {}, [0, 100, 300, 700], 503),
  'waits 200, 400, 800 and 1600 ms without jitter': timeline(failing, { retries: 4, backoff: { jitter: 'none' } }, [0, 200, 600, 1_400, 3_000]),
  'waits 150, 300, 600 and 1200 ms with equal jitter': timeline(failing, { retries: 4, backoff: { jitter: 'equal' } }, [0, 150, 450, 1_050, 2_250]),
  'waits 400, 700 and 1150 ms with decorrelated jitter': timeline(failing, { backoff: { jitter: 'decorrelated' } }, [0, 400, 1_100, 2_250], 503),
  'waits as long as a backoff function returns': timeline(failing, { retries: 4, backoff: (retry) => retry * 10 }, [0, 10, 30, 60, 100]),
  'caps the delay at backoff.max': timeline(failing, { retries: 4, backoff: { jitter: 'none', max: 300 } }, [0, 200, 500, 800, 1_100]),
  'waits for Retry-After in seconds, plus jitter': timeline(withRetryAfter('7'), {}, [0, 7_875]),
  'waits for Retry-After as a date': timeline(withRetryAfter('Thu, 01 Jan 1970 00:00:09 GMT'), {}, [0, 10_125]),
  'treats a Retry-After date in the past as 0': timeline(withRetryAfter('Wed, 31 Dec 1969 00:00:00 GMT'), {}, [0, 100]),
  'ignores a malformed Retry-After': timeline(withRetryAfter('soon'), {}, [0, 100]),
  'returns the response if Retry-After exceeds maxRetryAfter': timeline(withRetryAfter('61', 503), {}, [0], 503),
  'returns the response if the delay exceeds totalTimeout': timeline(withRetryAfter('7'), { totalTimeout: 7_000 }, [0], 503),
  'retries an attempt that hangs until its timeout': timeline(['hang', 200], { timeout: 1_000 }, [0, 1_100]),

  'splits a delay of 60 days, which is too long for a platform\'s timer': async ({ resilientFetch }, { FakeClock, scriptedFetch }) => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 200], clock);
    const delays: number[] = [];
    const recordingClock = {
      now: () => clock.now(),
      date: () => clock.date(),
      setTimeout(callback: () => void, ms: number) {
        delays.push(ms);
        return clock.setTimeout(callback, ms);
      },
      clearTimeout: (timer: unknown) => clock.clearTimeout(timer),
    };
    const call = resilientFetch('http://users.test/', { clock: recordingClock, fetch, backoff: () => 60 * day });
    await clock.advance(100 * day);

    equal([(await call).status, fetch.times, clock.pending], [200, [0, 60 * day], 0]);
    check(Math.max(...delays) <= 2_147_483_647, `a timer of ${Math.max(...delays)} ms`);
  },

  'retries the default statuses and no other': async ({ resilientFetch }, { FakeClock, scriptedFetch }) => {
    const retried: number[] = [];
    for (const status of [200, 400, 404, 408, 409, 425, 429, 500, 501, 502, 503, 504, 505]) {
      const clock = new FakeClock({ turns: 1 });
      const fetch = scriptedFetch([status, 200], clock);
      await resilientFetch('https://users.test/', { clock, fetch, backoff: { base: 0 } });
      if (fetch.times.length === 2) retried.push(status);
    }

    equal(retried, [408, 425, 429, 500, 502, 503, 504]);
  },

  'rejects with the last error, unchanged': async ({ resilientFetch, failuresOf }, { FakeClock, scriptedFetch }) => {
    const clock = new FakeClock();
    const errors = [new TypeError('first'), new TypeError('second')];
    const call = rejectionOf(resilientFetch('http://users.test/', { clock, fetch: scriptedFetch(errors, clock), retries: 1 }));
    await clock.advance(60_000);

    const error = await call;
    check(error === errors[1], 'another error');
    equal(failuresOf(error).length, 2);
  },

  'rejects at totalTimeout during an attempt': async ({ resilientFetch, TimeoutError }, { FakeClock, scriptedFetch }) => {
    const clock = new FakeClock();
    const call = rejectionOf(resilientFetch('http://users.test/', { clock, fetch: scriptedFetch([503, 'hang'], clock), random: () => 0.5, totalTimeout: 2_000 }));
    await clock.advance(1_999);
    const pending = clock.pending;
    await clock.advance(1);

    const error = await call;
    check(error instanceof TimeoutError, String(error));
    equal([error.scope, pending > 0, clock.pending], ['total', true, 0]);
  },

  'aborts a backoff in virtual time': async ({ resilientFetch }, { FakeClock, scriptedFetch }) => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const call = rejectionOf(resilientFetch('http://users.test/', { clock, fetch: scriptedFetch([503], clock), random: () => 0.5, signal: controller.signal }));
    await clock.advance(50);

    controller.abort('left');

    equal([await call, clock.pending], ['left', 0]);
  },

  'follows an async shouldRetry against the default': async ({ resilientFetch }, { FakeClock, scriptedFetch }) => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([404, 503, 200], clock);
    const attempts: unknown[] = [];
    const call = resilientFetch('http://users.test/', {
      clock, fetch, random: () => 0.5,
      shouldRetry: async ({ attempt, transient, response }) => {
        attempts.push([attempt, transient]);
        return response?.status === 404;
      },
    });
    await clock.advance(60_000);

    equal([(await call).status, attempts], [503, [[1, false], [2, true]]]);
  },

  'parses Retry-After by the grammar of RFC 9110': async ({ parseRetryAfter }) => {
    const date = Date.UTC(2025, 5, 3, 10);
    const rows = ['120', '0', 'Tue, 03 Jun 2025 10:00:30 GMT', 'Tuesday, 03-Jun-25 10:00:30 GMT', 'Tue Jun  3 10:00:30 2025', '-1', '1.5', '120, 60', 'soon', ''];

    equal(rows.map((row) => parseRetryAfter(row, date) ?? 'absent'), [120_000, 0, 30_000, 30_000, 30_000, 'absent', 1_500, 'absent', 'absent', 'absent']);
  },

  'generates the same numbers from the same seed': async (_library, { seededRandom }) => {
    const random = seededRandom(42);

    equal([random(), random(), random()].map((number) => Math.round(number * 1e9)), [218840252, 919385524, 74824023]);
  },

  'records the requests of a scripted fetch': async ({ resilientFetch }, { FakeClock, scriptedFetch }) => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 200], clock);
    await resilientFetch('http://users.test/', { clock, fetch, method: 'PUT', body: 'text', backoff: { base: 0 } });

    equal(fetch.requests.map(({ request }) => request.method), ['PUT', 'PUT']);
    equal(await Promise.all(fetch.requests.map(({ request }) => request.text())), ['text', 'text']);
  },
};
