import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TimeoutError } from 'resilient-fetch';
import type { Ending, TimedAttempt } from '../../example/stories.ts';
import { attemptLine, colourful, endingLines, heading, introduction, plain, summaryLine } from '../../example/timeline.ts';

const refused = new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });

const good: TimedAttempt = { attempt: 4, at: 6_000, kind: 'response', status: 200, duration: 20 };
const unavailable: TimedAttempt = { attempt: 3, at: 2_000, kind: 'response', status: 503, duration: 0, delay: 4_000, delayFrom: 'backoff' };
const error = new TimeoutError('attempt', 4_000);
const late: TimedAttempt = { attempt: 5, at: 30_000, kind: 'timeout', error, duration: 4_010, delay: 16_000, delayFrom: 'backoff' };
const last: TimedAttempt = { attempt: 6, at: 50_000, kind: 'timeout', error, duration: 4_000, stopped: 'retries-spent' };

const found: Ending = {
  attempts: [unavailable, good],
  seen: [0, 10, 2_000, 6_049],
  at: 6_100,
  status: 200,
  body: {
    user: { id: 1, name: 'Aaron Apple', phone: '99992222' },
    orders: [{ id: 1, user: 1, product: 'Apple IPhone' }, { id: 3, user: 1, product: 'Wireless Charger' }],
  },
};
const lost: Ending = { attempts: [late, last], seen: [], at: 54_000, status: 404, body: { detail: 'User not found: User API timed out' } };

describe('introduction', () => {
  it('states the scale', () => {
    const lines = introduction(75, plain);

    assert.equal(lines[1], "1 s of the tutorial is 75 ms here; all times below are the tutorial's.");
  });

  it('explains the bars', () => {
    const lines = introduction(75, plain);

    assert.equal(lines[2], 'A column is 2 s: █ an attempt, ▌ one that was over at once, ─ a wait.');
  });
});

describe('heading', () => {
  it('stands above the columns', () => {
    const lines = heading(2, 'Slow', plain);

    assert.deepEqual(lines, [
      '',
      '2. Slow',
      '     at    came back               then             0 s                    54 s',
    ]);
  });
});

describe('attemptLine', () => {
  const fetchFailed = (cause: unknown): TimedAttempt => ({
    attempt: 1, at: 0, kind: 'network-error', error: new TypeError('fetch failed', { cause }), duration: 0, stopped: 'not-repeatable',
  });
  const cases: { name: string; attempt: TimedAttempt; line: string }[] = [
    { name: 'a good answer', attempt: good, line: '4   6.0 s  200 OK                  done                ▌' },
    { name: 'a failure that is retried', attempt: unavailable, line: '3   2.0 s  503 Service Unavailable backoff 4 s       ▌─' },
    { name: 'times to the nearest column', attempt: { ...good, at: 5_100 }, line: '4   5.1 s  200 OK                  done                ▌' },
    { name: 'a timeout that is retried', attempt: late, line: '5  30.0 s  no answer in 4.0 s      backoff 16 s                    ██────────' },
    { name: 'a timeout that is the last', attempt: last, line: '6  50.0 s  no answer in 4.0 s      retries spent                             ██' },
    {
      name: 'a connection that was refused',
      attempt: { attempt: 1, at: 0, kind: 'network-error', error: refused, duration: 3, delay: 0, delayFrom: 'backoff' },
      line: '1   0.0 s  connection refused      backoff 0 s      ▌',
    },
    {
      name: 'a wait that the server asked for',
      attempt: { attempt: 1, at: 0, kind: 'response', status: 429, duration: 0, delay: 10_000, delayFrom: 'retry-after', retryAfter: 10_000 },
      line: '1   0.0 s  429 Too Many Requests   retry-after 10 s ▌────',
    },
    { name: 'a connection that was reset', attempt: fetchFailed({ code: 'ECONNRESET' }), line: '1   0.0 s  connection reset        not repeatable   ▌' },
    { name: 'a connection that was lost', attempt: fetchFailed({ code: 'UND_ERR_SOCKET' }), line: '1   0.0 s  connection lost         not repeatable   ▌' },
    { name: 'an error code that it has no words for', attempt: fetchFailed({ code: 'EPIPE' }), line: '1   0.0 s  EPIPE                   not repeatable   ▌' },
    { name: 'an error without a code', attempt: fetchFailed(undefined), line: '1   0.0 s  network error           not repeatable   ▌' },
  ];

  for (const { name, attempt, line } of cases) {
    it(`draws ${name}`, () => {
      assert.equal(attemptLine(attempt, plain), line);
    });
  }

  it('paints a good answer green', () => {
    const line = attemptLine(good, colourful);

    assert.equal(line, '\x1b[2m4\x1b[22m   6.0 s  \x1b[32m200 OK                  \x1b[39mdone                \x1b[32m▌\x1b[39m');
  });

  it('paints what is retried yellow, and the wait dim', () => {
    const line = attemptLine(unavailable, colourful);

    assert.equal(line, '\x1b[2m3\x1b[22m   2.0 s  \x1b[33m503 Service Unavailable \x1b[39mbackoff 4 s       \x1b[33m▌\x1b[39m\x1b[2m─\x1b[22m');
  });

  it('paints the failure that ends it red', () => {
    const line = attemptLine(last, colourful);

    assert.equal(line, `\x1b[2m6\x1b[22m  50.0 s  \x1b[31mno answer in 4.0 s      \x1b[39mretries spent    ${' '.repeat(25)}\x1b[31m██\x1b[39m`);
  });
});

describe('endingLines', () => {
  it('tells what Users saw and whose orders Orders found', () => {
    const lines = endingLines(found, plain);

    assert.deepEqual(lines, [
      '   Users saw    4 requests, at 0.0, 0.0, 2.0, 6.0 s',
      '   Orders said  200 at 6.1 s: Aaron Apple ordered Apple IPhone, Wireless Charger',
    ]);
  });

  it('tells that Users saw nothing, and why Orders found no user', () => {
    const lines = endingLines(lost, plain);

    assert.deepEqual(lines, [
      '   Users saw    no request',
      '   Orders said  404 at 54.0 s: User not found: User API timed out',
    ]);
  });

  it('tells of one request in the singular', () => {
    const [seen] = endingLines({ ...found, seen: [0] }, plain);

    assert.equal(seen, '   Users saw    1 request, at 0.0 s');
  });

  it('calls a user whom Users does not know by id', () => {
    const [, said] = endingLines({ ...found, body: { user: { id: 2 }, orders: [{ id: 2, user: 2, product: 'Macbook' }] } }, plain);

    assert.equal(said, '   Orders said  200 at 6.1 s: user 2 ordered Macbook');
  });

  it('paints a good status green', () => {
    const [, said] = endingLines(found, colourful);

    assert.match(said ?? '', /\x1b\[32m200\x1b\[39m/);
  });

  it('paints a bad status red', () => {
    const [, said] = endingLines(lost, colourful);

    assert.match(said ?? '', /\x1b\[31m404\x1b\[39m/);
  });
});

describe('summaryLine', () => {
  it('counts stories, attempts and failures', () => {
    const line = summaryLine([found, lost], 6_900, plain);

    assert.equal(line, '2 stories, 4 attempts, 3 failed; Orders said 200, 404; 6.9 s here.');
  });
});

describe('the drawing', () => {
  const draw = (paint: typeof plain): string[] => [
    ...introduction(1_000, paint),
    ...heading(4, 'Down: nobody listens where Users was', paint),
    ...[good, unavailable, late, last].map((attempt) => attemptLine(attempt, paint)),
    ...endingLines({ ...lost, seen: [0, 4_100, 10_100, 18_100, 30_100, 50_100] }, paint),
    summaryLine([found, lost, found, lost], 98_765, paint),
  ];

  it('fits 80 columns', () => {
    const wide = draw(plain).filter((line) => line.length > 80);

    assert.deepEqual(wide, []);
  });

  it('is the same without colour as with it, but for the colour', () => {
    const stripped = draw(colourful).map((line) => line.replaceAll(/\x1b\[\d+m/g, ''));

    assert.deepEqual(stripped, draw(plain));
  });
});
