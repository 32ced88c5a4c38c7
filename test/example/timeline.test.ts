import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TimeoutError } from 'resilient-fetch';
import { scenarios, type ScenarioResult, type TimedAttempt } from '../../example/scenarios.ts';
import { attemptLines, colourful, heading, introduction, plain, resultLines, summaryLines, type Screen } from '../../example/timeline.ts';

const wide: Screen = { width: 80, paint: plain };
const wideColourful: Screen = { width: 80, paint: colourful };
const narrow: Screen = { width: 40, paint: plain };

const refusedError = new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });

/** The request of all attempts. */
const request = { method: 'GET', url: 'http://users.test/1' };

const success: TimedAttempt = { ...request, attempt: 4, at: 6_000, kind: 'response', status: 200, duration: 20 };
const unavailable: TimedAttempt = { ...request, attempt: 3, at: 2_000, kind: 'response', status: 503, duration: 0, delay: 4_000, delayFrom: 'backoff' };
const error = new TimeoutError('attempt', 4_000);
const timedOut: TimedAttempt = { ...request, attempt: 5, at: 30_000, kind: 'timeout', error, duration: 4_010, delay: 16_000, delayFrom: 'backoff' };
const stalled: TimedAttempt = { ...request, attempt: 1, at: 0, kind: 'timeout', status: 200, duration: 4_000 };
const aborted: TimedAttempt = { ...request, attempt: 2, at: 4_000, kind: 'aborted', duration: 2_000 };
const lastTimeout: TimedAttempt = { ...request, attempt: 6, at: 50_000, kind: 'timeout', error, duration: 4_000, stopped: 'retries-spent' };

const found: ScenarioResult = {
  attempts: [unavailable, success],
  receivedAt: [0, 10, 2_000, 6_049],
  at: 6_100,
  response: {
    status: 200,
    body: {
      user: { id: 1, name: 'Aaron Apple', phone: '99992222' },
      orders: [{ id: 1, user: 1, product: 'Apple IPhone' }, { id: 3, user: 1, product: 'Wireless Charger' }],
    },
  },
};
const notFound: ScenarioResult = {
  attempts: [timedOut, lastTimeout],
  receivedAt: [],
  at: 54_000,
  response: { status: 404, body: { detail: 'User not found: User API timed out' } },
};
const abandoned: ScenarioResult = { attempts: [aborted], receivedAt: [0, 4_000], at: 6_000 };

describe('introduction', () => {
  it('states the scale', () => {
    const lines = introduction(75, wide);

    assert.equal(lines[1], "1 s of the tutorial is 75 ms here. All times but the last are the tutorial's.");
  });

  it('explains the bars', () => {
    const lines = introduction(75, wide);

    assert.equal(lines[2], 'A column is 2 s: █ attempt, ▌ short attempt, ─ delay.');
  });
});

describe('heading', () => {
  it('has the title and the names of the columns', () => {
    const lines = heading(2, 'Slow', wide);

    assert.deepEqual(lines, [
      '',
      '2. Slow',
      '      at  outcome                 next              0 s                    54 s',
    ]);
  });
});

describe('attemptLine', () => {
  const fetchFailed = (cause: unknown): TimedAttempt => ({
    ...request, attempt: 1, at: 0, kind: 'network-error', error: new TypeError('fetch failed', { cause }), duration: 0, stopped: 'not-repeatable',
  });
  const cases: { name: string; attempt: TimedAttempt; line: string }[] = [
    { name: 'a success', attempt: success, line: '4  6.0 s  200 OK                  done                 ▌' },
    { name: 'a failure that is retried', attempt: unavailable, line: '3  2.0 s  503 Service Unavailable backoff 4 s        ▌─' },
    { name: 'times to the nearest column', attempt: { ...success, at: 5_100 }, line: '4  5.1 s  200 OK                  done                 ▌' },
    { name: 'a timeout that is retried', attempt: timedOut, line: '5 30.0 s  no response in 4.0 s    backoff 16 s                     ██────────' },
    { name: 'a timeout without a retry', attempt: lastTimeout, line: '6 50.0 s  no response in 4.0 s    retries spent                              ██' },
    { name: 'an abort', attempt: aborted, line: '2  4.0 s  aborted after 2.0 s     not retried         █' },
    { name: 'a time beyond the screen', attempt: { ...lastTimeout, at: 70_000 }, line: `6 70.0 s  no response in 4.0 s    retries spent     ${' '.repeat(27)}█` },
    { name: 'a stalled body', attempt: stalled, line: '1  0.0 s  body stalled for 4.0 s  not retried       ██' },
    {
      name: 'a refused connection',
      attempt: { ...request, attempt: 1, at: 0, kind: 'network-error', error: refusedError, duration: 3, delay: 0, delayFrom: 'backoff' },
      line: '1  0.0 s  connection refused      backoff 0 s       ▌',
    },
    {
      name: 'a Retry-After',
      attempt: { ...request, attempt: 1, at: 0, kind: 'response', status: 429, duration: 0, delay: 10_000, delayFrom: 'retry-after', retryAfter: 10_000 },
      line: '1  0.0 s  429 Too Many Requests   retry-after 10 s  ▌────',
    },
    { name: 'a reset connection', attempt: fetchFailed({ code: 'ECONNRESET' }), line: '1  0.0 s  connection reset        not repeatable    ▌' },
    { name: 'a lost connection', attempt: fetchFailed({ code: 'UND_ERR_SOCKET' }), line: '1  0.0 s  connection lost         not repeatable    ▌' },
    { name: 'an unknown error code', attempt: fetchFailed({ code: 'EPIPE' }), line: '1  0.0 s  EPIPE                   not repeatable    ▌' },
    { name: 'an error without a code', attempt: fetchFailed(undefined), line: '1  0.0 s  network error           not repeatable    ▌' },
  ];

  for (const { name, attempt, line } of cases) {
    it(`formats ${name}`, () => {
      assert.deepEqual(attemptLines(attempt, wide), [line]);
    });
  }

  it('paints a success green', () => {
    const [line] = attemptLines(success, wideColourful);

    assert.equal(line, '\x1b[2m4\x1b[22m  6.0 s  \x1b[32m200 OK                  \x1b[39mdone                 \x1b[32m▌\x1b[39m');
  });

  it('paints a failure that is retried yellow, and its delay dim', () => {
    const [line] = attemptLines(unavailable, wideColourful);

    assert.equal(line, '\x1b[2m3\x1b[22m  2.0 s  \x1b[33m503 Service Unavailable \x1b[39mbackoff 4 s        \x1b[33m▌\x1b[39m\x1b[2m─\x1b[22m');
  });

  it('paints a failure without a retry red', () => {
    const [line] = attemptLines(lastTimeout, wideColourful);

    assert.equal(line, `\x1b[2m6\x1b[22m 50.0 s  \x1b[31mno response in 4.0 s    \x1b[39mretries spent     ${' '.repeat(25)}\x1b[31m██\x1b[39m`);
  });

  it('paints a stalled body red', () => {
    const [line] = attemptLines(stalled, wideColourful);

    assert.equal(line, '\x1b[2m1\x1b[22m  0.0 s  \x1b[31mbody stalled for 4.0 s  \x1b[39mnot retried       \x1b[31m██\x1b[39m');
  });
});

describe('resultLines', () => {
  it('lists the requests that Users received, and the orders that Orders found', () => {
    const lines = resultLines(found, wide);

    assert.deepEqual(lines, [
'   Users:   4 requests, at 0.0, 0.0, 2.0, 6.0 s',
'   Orders:  200 at 6.1 s: Aaron Apple ordered Apple IPhone, Wireless Charger',
    ]);
  });

  it('states that Users received no request, and why Orders found no user', () => {
    const lines = resultLines(notFound, wide);

    assert.deepEqual(lines, [
      '   Users:   no request',
      '   Orders:  404 at 54.0 s: User not found: User API timed out',
    ]);
  });

  it('has the singular for one request', () => {
    const [users] = resultLines({ ...found, receivedAt: [0] }, wide);

    assert.equal(users, '   Users:   1 request, at 0.0 s');
  });

  it('names an unknown user by id', () => {
    const [, orders] = resultLines({ ...found, response: { status: 200, body: { user: { id: 2 }, orders: [{ id: 2, user: 2, product: 'Macbook' }] } } }, wide);

    assert.equal(orders, '   Orders:  200 at 6.1 s: user 2 ordered Macbook');
  });

  it('states that the client of Orders disconnected', () => {
    const [, orders] = resultLines(abandoned, wide);

    assert.equal(orders, '   Orders:  no response: its client is gone, and its call ended at 6.0 s');
  });

  it('paints a good status green', () => {
    const [, orders] = resultLines(found, wideColourful);

    assert.match(orders ?? '', /\x1b\[32m200\x1b\[39m/);
  });

  it('paints a bad status red', () => {
    const [, orders] = resultLines(notFound, wideColourful);

    assert.match(orders ?? '', /\x1b\[31m404\x1b\[39m/);
  });
});

describe('summaryLines', () => {
  it('counts a stalled body and an abort as failures', () => {
    const lines = summaryLines([found, { ...notFound, attempts: [stalled] }, abandoned], 300, wide);

    assert.deepEqual(lines, ['3 scenarios, 4 attempts, 3 failed; the user was found in 1; took 0.3 s.']);
  });

  it('counts scenarios, attempts and failures', () => {
    const lines = summaryLines([found, notFound], 6_900, wide);

    assert.deepEqual(lines, ['2 scenarios, 4 attempts, 3 failed; the user was found in 1; took 6.9 s.']);
  });
});

describe('a narrow screen', () => {
  it('has no bars, no header, and sentences that are broken between words', () => {
    const lines = [...heading(2, 'Slow: Users accepts each request and never responds', narrow), ...attemptLines(lastTimeout, narrow), ...attemptLines(success, narrow)];

    assert.deepEqual(lines, [
      '',
      '2. Slow: Users accepts each request and',
      '   never responds',
      '6 50.0 s  no response in 4.0 s, retries',
      '          spent',
      '4  6.0 s  200 OK, done',
    ]);
  });

  it('keeps a number and its unit together', () => {
    const lines = attemptLines({ ...unavailable, status: 502, delay: 16_000 }, { ...narrow, width: 37 });

    assert.deepEqual(lines, ['3  2.0 s  502 Bad Gateway, backoff', '          16 s']);
  });

  it('aligns results that take several lines', () => {
    const lines = resultLines({ ...notFound, receivedAt: [0, 4_100, 10_100, 18_100, 30_100, 50_100] }, narrow);

    assert.deepEqual(lines, [
      '   Users:   6 requests, at 0.0, 4.1,',
      '            10.1, 18.1, 30.1, 50.1 s',
      '   Orders:  404 at 54.0 s: User not',
      '            found: User API timed out',
    ]);
  });
});

describe('a timeline', () => {
  const draw = (screen: Screen): string[] => [
    ...introduction(1_000, screen),
    ...scenarios.flatMap(({ title }, index) => heading(index + 1, title, screen)),
    ...[success, unavailable, timedOut, lastTimeout, { ...lastTimeout, at: 70_000 }].flatMap((attempt) => attemptLines(attempt, screen)),
    ...[found, abandoned, { ...notFound, receivedAt: [0, 4_100, 10_100, 18_100, 30_100, 50_100] }].flatMap((result) => resultLines(result, screen)),
    ...summaryLines([found, notFound, abandoned], 98_765, screen),
  ];
  const strip = (line: string): string => line.replaceAll(/\x1b\[\d+m/g, '');

  for (const width of [40, 60, 80, 120]) {
    it(`fits ${width} columns`, () => {
      const wider = draw({ width, paint: colourful }).map(strip).filter((line) => line.length > width);

      assert.deepEqual(wider, []);
    });

    it(`is the same in plain and in colourful except for the styles, at ${width} columns`, () => {
      const stripped = draw({ width, paint: colourful }).map(strip);

      assert.deepEqual(stripped, draw({ width, paint: plain }));
    });
  }

  it('has bars from 80 columns on', () => {
    const hasBars = [79, 80].map((width) => draw({ width, paint: plain }).some((line) => line.includes('█')));

    assert.deepEqual(hasBars, [false, true]);
  });
});
