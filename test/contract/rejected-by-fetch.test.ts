import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, type Failure, type Fetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { selfSigned } from '../support/self-signed.ts';
import { listen, respondWith, startServer } from '../support/server.ts';
import { rejectionOf, waitFor } from '../support/wait.ts';

type Arguments = readonly [input: Parameters<Fetch>[0], init?: object | string | number];

/** Makes a call that may retry. Resolves to its error and counts of its attempts and timers. */
async function rejectedCall([input, init]: Arguments): Promise<{ error: unknown; attempts: number; failures: Failure[]; pending: number }> {
  const clock = new FakeClock();
  const failures: Failure[] = [];
  let attempts = 0;
  const fetch: Fetch = (...args) => {
    attempts += 1;
    return globalThis.fetch(...args);
  };
  const api = resilientFetch.with({ clock, fetch, onFailure: (failure) => failures.push(failure) });
  let error: unknown;
  const call = rejectionOf(api(input, init as ResilientInit)).then((reason) => { error = reason; });
  // A call that waits for a retry fails the test here: its clock stands still.
  await waitFor(() => error !== undefined);
  await call;
  return { error, attempts, failures, pending: clock.pending };
}

const url = 'http://127.0.0.1:9/';
const stream = (): ReadableStream => new Blob(['text']).stream();
const usedRequest = (): Request => {
  const request = new Request(url, { method: 'PUT', body: 'text' });
  void request.text();
  return request;
};
const lockedStream = (): ReadableStream => {
  const body = stream();
  body.getReader();
  return body;
};
const lockedRequest = (): Request => {
  const request = new Request(url, { method: 'PUT', body: 'text' });
  request.body?.getReader();
  return request;
};

describe('resilientFetch with bad arguments', () => {
  const rows: Record<string, () => Arguments> = {
    'an invalid URL': () => ['http://'],
    'a relative URL': () => ['/users'],
    'a URL with a password': () => ['http://user:password@127.0.0.1/'],
    'a header with a bad name': () => [url, { headers: { 'a b': 'c' } }],
    'a header with a bad value': () => [url, { headers: { a: 'b\nc' } }],
    'headers that are a number': () => [url, { headers: 1 }],
    'a bad method': () => [url, { method: 'B A D' }],
    'a forbidden method': () => [url, { method: 'CONNECT' }],
    'a GET with a body': () => [url, { body: 'text' }],
    'a HEAD with a body': () => [url, { method: 'HEAD', body: 'text' }],
    'a GET with the body of a Request': () => [new Request(url, { method: 'PUT', body: 'text' }), { method: 'GET' }],
    'a stream without duplex': () => [url, { method: 'PUT', body: stream() }],
    'a locked stream': () => [url, { method: 'PUT', body: lockedStream(), duplex: 'half' }],
    'a used Request': () => [usedRequest()],
    'a locked Request': () => [lockedRequest()],
    'a bad mode': () => [url, { mode: 'fast' }],
    'a bad redirect': () => [url, { redirect: 'maybe' }],
    'a bad referrer': () => [url, { referrer: 'http://' }],
    'an init that is a string': () => [url, 'init'],
    'an init that is a number': () => [url, 1],
    'a signal that is a string': () => [url, { signal: 'signal' }],
    'a signal that is an object': () => [url, { signal: {} }],
    'a signal that is an object with the member aborted': () => [url, { signal: { aborted: false } }],
    'a signal that is a controller': () => [url, { signal: new AbortController() }],
    'a signal that is false': () => [url, { signal: false }],
  };

  for (const [name, createArguments] of Object.entries(rows)) {
    it(`rejects ${name} as fetch does, without a retry`, async () => {
      const native = await rejectionOf(fetch(...createArguments() as Parameters<Fetch>));

      const { error, attempts, failures, pending } = await rejectedCall(createArguments());

      assert.deepEqual(error, native);
      assert.deepEqual([attempts, failures, pending], [1, [], 0]);
      assert.deepEqual(failuresOf(error), []);
    });
  }

  it('does not call shouldRetry', async () => {
    const attempts: unknown[] = [];
    const shouldRetry = (attempt: unknown): boolean => {
      attempts.push(attempt);
      return true;
    };

    await rejectionOf(resilientFetch('http://', { shouldRetry, clock: new FakeClock() }));

    assert.deepEqual(attempts, []);
  });

  it('rejects a stream of a body factory without duplex as fetch does', async () => {
    const native = await rejectionOf(fetch(url, { method: 'PUT', body: stream() }));

    const { error, attempts } = await rejectedCall([url, { method: 'PUT', body: stream }]);

    assert.deepEqual([error, attempts], [native, 1]);
  });
});

describe('resilientFetch with a request that the Fetch standard rejects', () => {
  const rows: Record<string, (base: string) => Arguments> = {
    'a bad port': () => ['http://127.0.0.1:22/'],
    'a redirect that is an error': (base) => [`${base}loop`, { redirect: 'error' }],
    'a redirect loop': (base) => [`${base}loop`],
    'a wrong integrity': (base) => [base, { integrity: 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
    'an unknown scheme': () => ['gopher://127.0.0.1/'],
    'an ftp: URL': () => ['ftp://127.0.0.1/'],
    'a bad data: URL': () => ['data:text'],
    'a blob: URL without a blob': () => ['blob:nodedata:00000000-0000-0000-0000-000000000000'],
    'an about: URL': () => ['about:blank'],
  };

  for (const [name, createArguments] of Object.entries(rows)) {
    it(`does not retry ${name}`, async (t) => {
      const server = await startServer(t, (response, { path }) => {
        if (path === '/loop') response.writeHead(302, { location: '/loop' }).end();
        else response.end('text');
      });
      const native = await rejectionOf(fetch(...createArguments(server.url) as Parameters<Fetch>)) as Error;

      const { error, attempts, failures, pending } = await rejectedCall(createArguments(server.url));

      assert.deepEqual([(error as Error).message, (error as Error).cause], [native.message, native.cause]);
      assert.deepEqual([attempts, pending], [1, 0]);
      assert.deepEqual(failures.map(({ kind, stopped }) => [kind, stopped]), [['network-error', 'permanent']]);
    });
  }

  it('does not retry a certificate that is not trusted', async (t) => {
    const server = createServer(selfSigned, (_request, response) => void response.end('secret'));
    const port = await listen(t, server);

    const { error, attempts, failures, pending } = await rejectedCall([`https://127.0.0.1:${port}/`]);

    assert.equal((error as { cause: { code: string } }).cause.code, 'DEPTH_ZERO_SELF_SIGNED_CERT');
    assert.deepEqual([attempts, pending], [1, 0]);
    assert.equal(failures[0]?.stopped, 'permanent');
  });

  it('retries a connection error', async (t) => {
    const server = await startServer(t, (response, request, number) => {
      if (number === 1) response.destroy();
      else respondWith(200)(response, request, number);
    });

    const response = await resilientFetch(server.url, { backoff: { base: 0 } });

    assert.equal(await response.text(), 'answer 2');
    assert.deepEqual(failuresOf(response).map(({ kind }) => kind), ['network-error']);
  });
});
