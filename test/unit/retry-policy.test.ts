import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { defaults } from '../../src/options.ts';
import { nextDelay, obstacleTo, type Outcome, type RetryPolicy } from '../../src/retry-policy.ts';
import { FakeClock } from '../../src/testing/index.ts';

const status = (code: number): Outcome => ({ kind: 'response', response: new Response(null, { status: code }) });

/** A response of the target of a redirect. */
const redirected = (code: number): Outcome =>
  ({ kind: 'response', response: Object.defineProperty(new Response(null, { status: code }), 'redirected', { value: true }) });

const networkError = (error: unknown): Outcome => ({ kind: 'network-error', error });

/** The rejection of Node's fetch: a TypeError whose cause has the code. */
const fetchFailed = (cause?: unknown): Outcome => networkError(new TypeError('fetch failed', { cause }));

const withCode = (code: unknown): Error => Object.assign(new Error(String(code)), { code });

describe('obstacleTo', () => {
  const url = 'https://users.test/1';
  /** The obstacle to a retry of a request that follows no redirects, unless the arguments say so. */
  const obstacle = (outcome: Outcome, method: string, headers: Record<string, string> = {}, retryAfter?: number, requestUrl = url, mayFollowRedirects = false) =>
    obstacleTo(outcome, { url: requestUrl, method, headers: new Headers(headers) }, mayFollowRedirects, defaults.retryOn, retryAfter);
  const mayRetry = (...args: Parameters<typeof obstacle>): boolean => obstacle(...args) === undefined;

  for (const code of [408, 425, 429, 500, 502, 503, 504]) {
    it(`finds no obstacle for ${code}`, () => {
      assert.equal(mayRetry(status(code), 'GET'), true);
    });
  }

  for (const code of [200, 204, 304, 400, 401, 404, 409, 422, 501, 505, 511]) {
    it(`is permanent for ${code}`, () => {
      assert.equal(obstacle(status(code), 'GET'), 'permanent');
    });
  }

  it('is permanent for a 425 over plain http, which has no early data (RFC 8470 5.2)', () => {
    assert.equal(obstacle(status(425), 'GET', {}, undefined, 'http://users.test/1'), 'permanent');
    assert.equal(mayRetry(status(425), 'GET', {}, undefined, '/users/1'), true);
    assert.equal(mayRetry(status(425), 'GET', {}, undefined, 'https://users.test/?next=http://users.test/'), true);
  });

  for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY']) {
    it(`finds no obstacle to ${method}, which is idempotent`, () => {
      assert.equal(mayRetry(status(500), method), true);
      assert.equal(mayRetry(fetchFailed(withCode('ECONNRESET')), method), true);
    });
  }

  for (const method of ['POST', 'PATCH', 'patch', 'query', 'MKCOL']) {
    it(`is not repeatable for ${method}`, () => {
      assert.equal(obstacle(status(503), method), 'not-repeatable');
      assert.equal(obstacle(fetchFailed(withCode('ECONNRESET')), method), 'not-repeatable');
    });
  }

  const invitations: [string, boolean, () => boolean][] = [
    ['a POST with an Idempotency-Key', true, () => mayRetry(status(500), 'POST', { 'Idempotency-Key': '1' })],
    ['a POST with an Idempotency-Key after a network error', true, () => mayRetry(fetchFailed(withCode('ECONNRESET')), 'POST', { 'Idempotency-Key': '1' })],
    ['a POST after a 429 with a Retry-After', true, () => mayRetry(status(429), 'POST', {}, 0)],
    ['a POST after a 503 with a Retry-After', true, () => mayRetry(status(503), 'POST', {}, 1_000)],
    ['a POST after a 500 with a Retry-After', false, () => mayRetry(status(500), 'POST', {}, 1_000)],
    ['a POST after a redirect with a Retry-After', false, () => mayRetry(status(301), 'POST', {}, 1_000)],
    ['a POST whose 429 comes from the target of a redirect', false, () => mayRetry(redirected(429), 'POST', {}, 1_000)],
    ['a POST whose 503 comes from the target of a redirect', false, () => mayRetry(redirected(503), 'POST', {}, 1_000)],
    ['a redirected GET', true, () => mayRetry(redirected(503), 'GET', {}, 1_000)],
    ['a redirected POST with an Idempotency-Key', true, () => mayRetry(redirected(503), 'POST', { 'Idempotency-Key': '1' }, 1_000)],
  ];
  for (const [name, expected, decide] of invitations) {
    it(`finds ${expected ? 'no' : 'an'} obstacle to ${name}`, () => {
      assert.equal(decide(), expected);
    });
  }

  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']) {
    it(`finds no obstacle to a POST that was never sent: ${code} on the cause, as in Node`, () => {
      assert.equal(mayRetry(fetchFailed(withCode(code)), 'POST'), true);
    });
  }

  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'ConnectionRefused']) {
    it(`finds no obstacle to a POST that was never sent: ${code} on the error, as in Bun`, () => {
      assert.equal(mayRetry(networkError(withCode(code)), 'POST'), true);
    });
  }

  it('finds no obstacle to a POST after a failed connect, with any code', () => {
    const cause = Object.assign(withCode('EHOSTUNREACH'), { syscall: 'connect' });

    assert.equal(mayRetry(fetchFailed(cause), 'POST'), true);
    assert.equal(mayRetry(fetchFailed(withCode('EHOSTUNREACH')), 'POST'), false);
  });

  const connect = (code: string): Error => Object.assign(withCode(code), { syscall: 'connect' });
  const neverSent: [string, boolean, unknown][] = [
    ['an AggregateError of connects', true, new AggregateError([connect('ENETUNREACH'), connect('ECONNREFUSED')])],
    ['an AggregateError of a connect and a reset', false, new AggregateError([connect('ECONNREFUSED'), withCode('ECONNRESET')])],
    ['an AggregateError of nothing', false, new AggregateError([])],
    ['a TLS handshake that ended early', true, Object.assign(new Error('Client network socket disconnected before secure TLS connection was established'), { code: 'ECONNRESET' })],
    ['an HTTP/2 stream that was refused', true, Object.assign(new Error('Stream closed with error code NGHTTP2_REFUSED_STREAM'), { code: 'ERR_HTTP2_STREAM_ERROR' })],
    ['an HTTP/2 stream that was cancelled', false, Object.assign(new Error('Stream closed with error code NGHTTP2_CANCEL'), { code: 'ERR_HTTP2_STREAM_ERROR' })],
  ];
  for (const [name, expected, cause] of neverSent) {
    it(`finds ${expected ? 'no' : 'an'} obstacle to a POST after ${name}`, () => {
      assert.equal(mayRetry(fetchFailed(cause), 'POST'), expected);
    });

    it(`is not repeatable for a POST after ${name}, if a redirect may have been followed`, () => {
      assert.equal(obstacle(fetchFailed(cause), 'POST', {}, undefined, url, true), 'not-repeatable');
    });
  }

  for (const code of ['ECONNRESET', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'EPIPE', 'XECONNREFUSED']) {
    it(`finds an obstacle to a POST after ${code}, because the server may have received it`, () => {
      assert.equal(mayRetry(fetchFailed(withCode(code)), 'POST'), false);
    });
  }

  const certificates = [
    'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REVOKED', 'CERT_UNTRUSTED', 'CERT_SIGNATURE_FAILURE', 'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_CRL',
    'CRL_HAS_EXPIRED', 'HOSTNAME_MISMATCH', 'INVALID_CA', 'INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED', 'ERR_TLS_CERT_ALTNAME_INVALID',
  ];
  for (const code of certificates) {
    it(`is permanent for ${code}`, () => {
      assert.equal(obstacle(fetchFailed(withCode(code)), 'GET'), 'permanent');
      assert.equal(obstacle(networkError(withCode(code)), 'GET'), 'permanent');
    });
  }

  for (const code of ['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'UND_ERR_HEADERS_OVERFLOW', 'ERR_INVALID_URL']) {
    it(`is permanent for ${code}, by which undici rejects arguments`, () => {
      assert.equal(obstacle(fetchFailed(withCode(code)), 'GET'), 'permanent');
    });
  }

  for (const code of ['UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_ABORTED', 'XUND_ERR_INVALID_ARG', 'UND_ERR_INVALID_ARGX']) {
    it(`finds no obstacle for ${code}`, () => {
      assert.equal(mayRetry(fetchFailed(withCode(code)), 'GET'), true);
    });
  }

  const errors: [string, boolean, unknown][] = [
    ['a cause without a code, as undici rejects by the Fetch standard', false, new TypeError('fetch failed', { cause: new Error('bad port') })],
    ['a cause with a name of its own, as in parser errors of undici', true, new TypeError('fetch failed', { cause: Object.assign(new Error('Expected HTTP/'), { name: 'HTTPParserError' }) })],
    ['an error without a cause, as in browsers', true, new TypeError('Failed to fetch')],
    ['a plain Error of another realm', false, new TypeError('fetch failed', { cause: runInNewContext("new Error('bad port')") as Error })],
    ['a cause of a subclass of Error', true, new TypeError('fetch failed', { cause: new class SocksClientError extends Error {}('rejected') })],
    ['a cause with a cause of its own', true, new TypeError('fetch failed', { cause: new Error('cancelled', { cause: new Error('proxy') }) })],
    ['a DOMException as the cause, whose name is Error', true, new TypeError('fetch failed', { cause: new DOMException('cancelled') })],
    ['a cause without a prototype', true, new TypeError('fetch failed', { cause: Object.assign(Object.create(null) as object, { name: 'Error' }) })],
    ['an error that says it is not transient', false, Object.assign(withCode('ECONNRESET'), { transient: false })],
    ['an error that says it is transient', true, Object.assign(withCode('ECONNRESET'), { transient: true })],
    ['a cause that is a string', true, new TypeError('Failed to fetch', { cause: 'offline' })],
    ['a cause of null', true, new TypeError('Failed to fetch', { cause: null })],
    ['a code that is a number', true, withCode(42)],
    ['a DOMException', true, new DOMException('lost', 'NetworkError')],
    ['a string', true, 'lost'],
    ['undefined', true, undefined],
    ['null', true, null],
  ];
  for (const [name, expected, error] of errors) {
    it(`finds ${expected ? 'no' : 'an'} obstacle for ${name}`, () => {
      assert.equal(mayRetry(networkError(error), 'GET'), expected);
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
  for (const [requestUrl, expected] of urls) {
    it(`finds ${expected ? 'no' : 'an'} obstacle for a network error of ${requestUrl}`, () => {
      assert.equal(mayRetry(networkError(new TypeError('Failed to fetch')), 'GET', {}, undefined, requestUrl), expected);
    });
  }

  for (const error of [undefined, null]) {
    it(`finds an obstacle to a POST after an error of ${error}`, () => {
      assert.equal(mayRetry(networkError(error), 'POST'), false);
    });
  }

  it('finds an obstacle for a response of undefined, as from a mock', () => {
    assert.equal(mayRetry({ kind: 'response', response: undefined as unknown as Response }, 'GET'), false);
  });

  it('finds an obstacle to a POST after a code that begins with ECONNREFUSED', () => {
    assert.equal(mayRetry(fetchFailed(withCode('ECONNREFUSED_LATER')), 'POST'), false);
  });

  for (const code of ['UNABLE_TO_', 'HOSTNAME_MISMATCH', 'INVALID_CA', 'PATH_LENGTH_EXCEEDED']) {
    it(`finds no obstacle for a code that has ${code} in its middle`, () => {
      assert.equal(mayRetry(fetchFailed(withCode(`X${code}`)), 'GET'), true);
      assert.equal(mayRetry(fetchFailed(withCode(`${code}X`)), 'GET'), code !== 'UNABLE_TO_');
    });
  }
});

const policy: RetryPolicy = { ...defaults, clock: new FakeClock({ date: 5 }), random: () => 0.5 };

describe('nextDelay', () => {
  it('is the backoff without a hint', () => {
    assert.deepEqual(nextDelay(policy, 2, 100, undefined, Infinity), { delay: 200, delayFrom: 'backoff' });
  });

  it('is the hint plus the backoff', () => {
    assert.deepEqual(nextDelay(policy, 2, 100, 500, Infinity), { delay: 700, delayFrom: 'retry-after' });
  });

  it('adds up to a quarter of the hint, at random, if that is more than the backoff', () => {
    assert.deepEqual(nextDelay(policy, 2, 100, 5_000, Infinity), { delay: 5_625, delayFrom: 'retry-after' });
  });

  it('adds only the backoff without jitter', () => {
    const backoff = { base: 200, factor: 2, max: 30_000, jitter: 'none' } as const;

    assert.deepEqual(nextDelay({ ...policy, backoff }, 2, 100, 5_000, Infinity), { delay: 5_400, delayFrom: 'retry-after' });
  });

  it('adds only the result of a backoff function', () => {
    assert.deepEqual(nextDelay({ ...policy, backoff: () => 7 }, 2, 100, 5_000, Infinity), { delay: 5_007, delayFrom: 'retry-after' });
  });

  it('distinguishes a hint of 0 from none', () => {
    assert.deepEqual(nextDelay(policy, 1, undefined, 0, Infinity), { delay: 100, delayFrom: 'retry-after' });
  });

  it('accepts a hint of maxRetryAfter', () => {
    assert.deepEqual(nextDelay(policy, 1, undefined, 60_000, Infinity), { delay: 67_500, delayFrom: 'retry-after' });
  });

  it('stops at a hint above maxRetryAfter', () => {
    assert.equal(nextDelay(policy, 1, undefined, 60_001, Infinity), 'retry-after-too-long');
  });

  it('stops at a hint of Infinity, even if maxRetryAfter is Infinity', () => {
    assert.equal(nextDelay({ ...policy, maxRetryAfter: Infinity }, 1, undefined, Infinity, Infinity), 'retry-after-too-long');
  });

  it('stops if the delay is longer than the time left', () => {
    assert.equal(nextDelay(policy, 1, undefined, undefined, 99), 'total-timeout');
  });

  it('stops if the delay is as long as the time left', () => {
    assert.equal(nextDelay(policy, 1, undefined, undefined, 100), 'total-timeout');
  });

  it('does not stop if the delay is shorter than the time left', () => {
    assert.deepEqual(nextDelay(policy, 1, undefined, undefined, 101), { delay: 100, delayFrom: 'backoff' });
  });

  it('calls a backoff function with the retry, the random number and the previous delay', () => {
    const backoff = (retry: number, random: number, previous: number): number => retry * 1_000 + random * 10 + previous;

    assert.deepEqual(nextDelay({ ...policy, backoff }, 3, 200, undefined, Infinity), { delay: 3_205, delayFrom: 'backoff' });
  });

  for (const [value, ErrorClass] of [[NaN, RangeError], [-1, RangeError], [Infinity, RangeError], ['7', TypeError], [undefined, TypeError]] as const) {
    it(`throws a ${ErrorClass.name} if a backoff function returns ${JSON.stringify(value)}`, () => {
      assert.throws(() => nextDelay({ ...policy, backoff: () => value as number }, 1, 0, undefined, Infinity), (error) => {
        assert.ok(error instanceof ErrorClass);
        assert.match(error.message, /^'backoff' must be a function that returns a finite number >= 0, not /);
        return true;
      });
    });
  }

  for (const value of [NaN, -0.1, 1]) {
    it(`throws a RangeError if random returns ${value}`, () => {
      assert.throws(() => nextDelay({ ...policy, random: () => value }, 1, 0, undefined, Infinity), {
        name: 'RangeError',
        message: `'random' must be a function that returns 0 <= n < 1, not ${value}`,
      });
    });
  }

  it('accepts the largest random number below 1', () => {
    const random = (): number => 1 - Number.EPSILON / 2;

    assert.deepEqual(nextDelay({ ...policy, random }, 1, undefined, undefined, Infinity), { delay: 200 * random(), delayFrom: 'backoff' });
  });
});
