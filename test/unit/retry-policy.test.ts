import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaults } from '../../src/options.ts';
import { hintOf, isTransient, nextDelay, type Outcome, type RetryPolicy } from '../../src/retry-policy.ts';
import { FakeClock } from '../../src/testing/index.ts';

const status = (code: number): Outcome => ({ kind: 'response', response: new Response(null, { status: code }) });

const failed = (error: unknown): Outcome => ({ kind: 'network-error', error });

/** As Node's fetch rejects: a TypeError whose cause tells more. */
const fetchFailed = (cause?: unknown): Outcome => failed(new TypeError('fetch failed', { cause }));

const withCode = (code: unknown): Error => Object.assign(new Error(String(code)), { code });

describe('isTransient', () => {
  const url = 'http://users.test/1';
  const ask = (outcome: Outcome, method: string, headers: Record<string, string> = {}, retryAfter?: number, to = url): boolean =>
    isTransient(outcome, { url: to, method, headers: new Headers(headers) }, defaults.retryOn, retryAfter);

  for (const code of [408, 425, 429, 500, 502, 503, 504]) {
    it(`takes ${code} as transient`, () => {
      assert.equal(ask(status(code), 'GET'), true);
    });
  }

  for (const code of [200, 204, 304, 400, 401, 404, 409, 422, 501, 505, 511]) {
    it(`takes ${code} as final`, () => {
      assert.equal(ask(status(code), 'GET'), false);
    });
  }

  for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY']) {
    it(`repeats ${method}, which is idempotent`, () => {
      assert.equal(ask(status(500), method), true);
      assert.equal(ask(fetchFailed(withCode('ECONNRESET')), method), true);
    });
  }

  for (const method of ['POST', 'PATCH', 'patch', 'query', 'MKCOL']) {
    it(`does not repeat ${method} unasked`, () => {
      assert.equal(ask(status(503), method), false);
      assert.equal(ask(fetchFailed(withCode('ECONNRESET')), method), false);
    });
  }

  const invitations: [string, boolean, () => boolean][] = [
    ['repeats a POST with an Idempotency-Key', true, () => ask(status(500), 'POST', { 'Idempotency-Key': '1' })],
    ['repeats a POST with an Idempotency-Key that got no answer', true, () => ask(fetchFailed(withCode('ECONNRESET')), 'POST', { 'Idempotency-Key': '1' })],
    ['repeats a POST that a 429 with a Retry-After invites back', true, () => ask(status(429), 'POST', {}, 0)],
    ['repeats a POST that a 503 with a Retry-After invites back', true, () => ask(status(503), 'POST', {}, 1_000)],
    ['does not take a Retry-After of a 500 as an invitation', false, () => ask(status(500), 'POST', {}, 1_000)],
    ['does not take a Retry-After of a redirect as an invitation', false, () => ask(status(301), 'POST', {}, 1_000)],
  ];
  for (const [name, expected, verdict] of invitations) {
    it(name, () => {
      assert.equal(verdict(), expected);
    });
  }

  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']) {
    it(`repeats a POST that was never sent: ${code} of the cause, as Node has it`, () => {
      assert.equal(ask(fetchFailed(withCode(code)), 'POST'), true);
    });
  }

  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'ConnectionRefused']) {
    it(`repeats a POST that was never sent: ${code} of the error, as Bun has it`, () => {
      assert.equal(ask(failed(withCode(code)), 'POST'), true);
    });
  }

  it('repeats a POST whose connection was never made, whatever the code', () => {
    const cause = Object.assign(withCode('EHOSTUNREACH'), { syscall: 'connect' });

    assert.equal(ask(fetchFailed(cause), 'POST'), true);
    assert.equal(ask(fetchFailed(withCode('EHOSTUNREACH')), 'POST'), false);
  });

  for (const code of ['ECONNRESET', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'EPIPE', 'XECONNREFUSED']) {
    it(`does not repeat a POST after ${code}, which may have reached the server`, () => {
      assert.equal(ask(fetchFailed(withCode(code)), 'POST'), false);
    });
  }

  const certificates = [
    'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REVOKED', 'CERT_UNTRUSTED', 'CERT_SIGNATURE_FAILURE', 'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_CRL',
    'CRL_HAS_EXPIRED', 'HOSTNAME_MISMATCH', 'INVALID_CA', 'INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED', 'ERR_TLS_CERT_ALTNAME_INVALID',
  ];
  for (const code of certificates) {
    it(`takes ${code} as permanent`, () => {
      assert.equal(ask(fetchFailed(withCode(code)), 'GET'), false);
      assert.equal(ask(failed(withCode(code)), 'GET'), false);
    });
  }

  const errors: [string, boolean, unknown][] = [
    ['a cause without a code, as undici refuses by the standard', false, new TypeError('fetch failed', { cause: new Error('bad port') })],
    ['a cause of a class of its own, as undici has for garbage', true, new TypeError('fetch failed', { cause: Object.assign(new Error('Expected HTTP/'), { name: 'HTTPParserError' }) })],
    ['an error without a cause, as browsers reject', true, new TypeError('Failed to fetch')],
    ['a cause that is no error', true, new TypeError('Failed to fetch', { cause: 'offline' })],
    ['a cause of null', true, new TypeError('Failed to fetch', { cause: null })],
    ['a code that is no string', true, withCode(42)],
    ['an error of another class', true, new DOMException('lost', 'NetworkError')],
    ['a string', true, 'lost'],
    ['undefined', true, undefined],
    ['null', true, null],
  ];
  for (const [name, expected, error] of errors) {
    it(`takes ${name} as ${expected ? 'transient' : 'permanent'}`, () => {
      assert.equal(ask(failed(error), 'GET'), expected);
    });
  }

  const urls: [string, boolean][] = [
    ['http://users.test/', true],
    ['HTTPS://users.test/', true],
    ['/users/1', true],
    ['//users.test/', true],
    ['users/a:b', true],
    ['data:text/plain,x', false],
    ['ftp://users.test/', false],
    [' FILE:///etc/hosts', false],
    ['httpx://users.test/', false],
    ['blob:http://users.test/1', false],
  ];
  for (const [to, expected] of urls) {
    it(`takes an error of ${to} as ${expected ? 'transient' : 'permanent'}`, () => {
      assert.equal(ask(failed(new TypeError('Failed to fetch')), 'GET', {}, undefined, to), expected);
    });
  }
});

const policy: RetryPolicy = { ...defaults, clock: new FakeClock({ date: 5 }), random: () => 0.5 };

describe('hintOf', () => {
  const response = new Response(null, { status: 503, headers: { 'retry-after': '7' } });

  it('reads Retry-After by default', () => {
    assert.equal(hintOf(response, policy), 7_000);
  });

  it('has none where there is no response', () => {
    assert.equal(hintOf(undefined, policy), undefined);
  });

  it('gives a reader of the user the response and the date', () => {
    const seen: unknown[] = [];

    hintOf(response, { ...policy, retryAfter: (...given) => void seen.push(given) as undefined });

    assert.deepEqual(seen, [[response, 5]]);
  });

  for (const none of [null, undefined]) {
    it(`takes ${none} from a reader as no wish`, () => {
      assert.equal(hintOf(response, { ...policy, retryAfter: () => none }), undefined);
    });
  }

  it('takes Infinity from a reader', () => {
    assert.equal(hintOf(response, { ...policy, retryAfter: () => Infinity }), Infinity);
  });

  const wrong: [unknown, ErrorConstructor][] = [[NaN, RangeError], [-1, RangeError], ['7', TypeError], [{}, TypeError]];
  for (const [value, kind] of wrong) {
    it(`throws a ${kind.name} where a reader returns ${JSON.stringify(value)}`, () => {
      const reader = (): number => value as number;

      assert.throws(() => hintOf(response, { ...policy, retryAfter: reader }), (error) => {
        assert.ok(error instanceof kind);
        assert.match(error.message, /^'retryAfter' must be a function that returns a number >= 0 or undefined, not /);
        return true;
      });
    });
  }
});

describe('nextDelay', () => {
  it('waits the backoff where the server asks for nothing', () => {
    assert.deepEqual(nextDelay(policy, 2, 100, undefined, Infinity), { delay: 200, delayFrom: 'backoff' });
  });

  it('waits what the server asks for, and the backoff on top', () => {
    assert.deepEqual(nextDelay(policy, 2, 100, 500, Infinity), { delay: 700, delayFrom: 'retry-after' });
  });

  it('waits up to a quarter more than the server asks for, by chance, where that is more than the backoff', () => {
    assert.deepEqual(nextDelay(policy, 2, 100, 5_000, Infinity), { delay: 5_625, delayFrom: 'retry-after' });
  });

  it('adds no more than the backoff where there is to be no jitter', () => {
    const backoff = { base: 200, factor: 2, max: 30_000, jitter: 'none' } as const;

    assert.deepEqual(nextDelay({ ...policy, backoff }, 2, 100, 5_000, Infinity), { delay: 5_400, delayFrom: 'retry-after' });
  });

  it('adds no more than a function of the user says', () => {
    assert.deepEqual(nextDelay({ ...policy, backoff: () => 7 }, 2, 100, 5_000, Infinity), { delay: 5_007, delayFrom: 'retry-after' });
  });

  it('knows an asked wait of 0 from none', () => {
    assert.deepEqual(nextDelay(policy, 1, undefined, 0, Infinity), { delay: 100, delayFrom: 'retry-after' });
  });

  it('sits out the longest Retry-After allowed', () => {
    assert.deepEqual(nextDelay(policy, 1, undefined, 60_000, Infinity), { delay: 67_500, delayFrom: 'retry-after' });
  });

  it('stops above the longest Retry-After allowed', () => {
    assert.equal(nextDelay(policy, 1, undefined, 60_001, Infinity), 'retry-after-too-long');
  });

  it('stops at a Retry-After without end, even where none is too long', () => {
    assert.equal(nextDelay({ ...policy, maxRetryAfter: Infinity }, 1, undefined, Infinity, Infinity), 'retry-after-too-long');
  });

  it('stops where the wait would not end in time', () => {
    assert.equal(nextDelay(policy, 1, undefined, undefined, 99), 'total-timeout');
  });

  it('stops where the wait would end with the deadline', () => {
    assert.equal(nextDelay(policy, 1, undefined, undefined, 100), 'total-timeout');
  });

  it('waits where the wait ends before the deadline', () => {
    assert.deepEqual(nextDelay(policy, 1, undefined, undefined, 101), { delay: 100, delayFrom: 'backoff' });
  });

  it('gives a function of the user the retry, a drawn number and the wait before', () => {
    const backoff = (retry: number, random: number, previous: number): number => retry * 1_000 + random * 10 + previous;

    assert.deepEqual(nextDelay({ ...policy, backoff }, 3, 200, undefined, Infinity), { delay: 3_205, delayFrom: 'backoff' });
  });

  for (const [value, kind] of [[NaN, RangeError], [-1, RangeError], [Infinity, RangeError], ['7', TypeError], [undefined, TypeError]] as const) {
    it(`throws a ${kind.name} where a backoff returns ${JSON.stringify(value)}`, () => {
      assert.throws(() => nextDelay({ ...policy, backoff: () => value as number }, 1, 0, undefined, Infinity), (error) => {
        assert.ok(error instanceof kind);
        assert.match(error.message, /^'backoff' must be a function that returns a finite number >= 0, not /);
        return true;
      });
    });
  }

  for (const value of [NaN, -0.1, 1]) {
    it(`throws a RangeError where random returns ${value}`, () => {
      assert.throws(() => nextDelay({ ...policy, random: () => value }, 1, 0, undefined, Infinity), {
        name: 'RangeError',
        message: `'random' must be a function that returns 0 <= n < 1, not ${value}`,
      });
    });
  }
});
