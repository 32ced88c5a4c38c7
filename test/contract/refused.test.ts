import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, type Failure, type Fetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { selfSigned } from '../support/self-signed.ts';
import { eventually, rejectionOf, startServer, statuses } from '../support/loopback.ts';

type Arguments = readonly [input: Parameters<Fetch>[0], init?: object | string | number];

/** Makes a call that has every means to retry, and tells what came of it. */
async function refusal([input, init]: Arguments): Promise<{ error: unknown; attempts: number; told: Failure[]; pending: number }> {
  const clock = new FakeClock();
  const told: Failure[] = [];
  let attempts = 0;
  const fetch: Fetch = (...given) => {
    attempts += 1;
    return globalThis.fetch(...given);
  };
  const api = resilientFetch.with({ clock, fetch, onFailure: (failure) => told.push(failure) });
  let error: unknown;
  const call = rejectionOf(api(input, init as ResilientInit)).then((reason) => { error = reason; });
  // A wait would never end on a clock that stands still.
  await eventually(() => error !== undefined);
  await call;
  return { error, attempts, told, pending: clock.pending };
}

const url = 'http://127.0.0.1:9/';
const stream = (): ReadableStream => new Blob(['text']).stream();
const used = (): Request => {
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
    'a URL that is none': () => ['http://'],
    'a relative URL': () => ['/users'],
    'a URL with a password': () => ['http://user:password@127.0.0.1/'],
    'a header with a bad name': () => [url, { headers: { 'a b': 'c' } }],
    'a header with a bad value': () => [url, { headers: { a: 'b\nc' } }],
    'headers that are none': () => [url, { headers: 1 }],
    'a bad method': () => [url, { method: 'B A D' }],
    'a forbidden method': () => [url, { method: 'CONNECT' }],
    'a GET with a body': () => [url, { body: 'text' }],
    'a HEAD with a body': () => [url, { method: 'HEAD', body: 'text' }],
    'a GET with the body of a Request': () => [new Request(url, { method: 'PUT', body: 'text' }), { method: 'GET' }],
    'a stream without duplex': () => [url, { method: 'PUT', body: stream() }],
    'a locked stream': () => [url, { method: 'PUT', body: lockedStream(), duplex: 'half' }],
    'a Request that was used': () => [used()],
    'a Request that is locked': () => [lockedRequest()],
    'a bad mode': () => [url, { mode: 'fast' }],
    'a bad redirect': () => [url, { redirect: 'maybe' }],
    'a bad referrer': () => [url, { referrer: 'http://' }],
    'an init that is a string': () => [url, 'init'],
    'an init that is a number': () => [url, 1],
    'a signal that is a string': () => [url, { signal: 'signal' }],
    'a signal that is an object': () => [url, { signal: {} }],
    'a signal that only looks like one': () => [url, { signal: { aborted: false } }],
    'a signal that is a controller': () => [url, { signal: new AbortController() }],
    'a signal that is false': () => [url, { signal: false }],
  };

  for (const [name, given] of Object.entries(rows)) {
    it(`rejects ${name} as fetch does, and at once`, async () => {
      const native = await rejectionOf(fetch(...given() as Parameters<Fetch>));

      const { error, attempts, told, pending } = await refusal(given());

      assert.deepEqual(error, native);
      assert.deepEqual([attempts, told, pending], [1, [], 0]);
      assert.deepEqual(failuresOf(error), []);
    });
  }

  it('does not ask shouldRetry about them', async () => {
    const asked: unknown[] = [];
    const shouldRetry = (attempt: unknown): boolean => {
      asked.push(attempt);
      return true;
    };

    await rejectionOf(resilientFetch('http://', { shouldRetry, clock: new FakeClock() }));

    assert.deepEqual(asked, []);
  });

  it('rejects a factory\'s stream without duplex as fetch does', async () => {
    const native = await rejectionOf(fetch(url, { method: 'PUT', body: stream() }));

    const { error, attempts } = await refusal([url, { method: 'PUT', body: stream }]);

    assert.deepEqual([error, attempts], [native, 1]);
  });
});

describe('resilientFetch with what the Fetch standard refuses', () => {
  const rows: Record<string, (base: string) => Arguments> = {
    'a bad port': () => ['http://127.0.0.1:22/'],
    'a redirect that is an error': (base) => [`${base}loop`, { redirect: 'error' }],
    'a redirect loop': (base) => [`${base}loop`],
    'a broken integrity': (base) => [base, { integrity: 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
    'an unknown scheme': () => ['gopher://127.0.0.1/'],
    'an ftp: URL': () => ['ftp://127.0.0.1/'],
    'a bad data: URL': () => ['data:text'],
    'a blob: URL of nothing': () => ['blob:nodedata:00000000-0000-0000-0000-000000000000'],
    'an about: URL': () => ['about:blank'],
  };

  for (const [name, given] of Object.entries(rows)) {
    it(`does not repeat ${name}`, async (t) => {
      const server = await startServer(t, (response, { path }) => {
        if (path === '/loop') response.writeHead(302, { location: '/loop' }).end();
        else response.end('text');
      });
      const native = await rejectionOf(fetch(...given(server.url) as Parameters<Fetch>)) as Error;

      const { error, attempts, told, pending } = await refusal(given(server.url));

      assert.deepEqual([(error as Error).message, (error as Error).cause], [native.message, native.cause]);
      assert.deepEqual([attempts, pending], [1, 0]);
      assert.deepEqual(told.map(({ kind, stopped }) => [kind, stopped]), [['network-error', 'not-repeatable']]);
    });
  }

  it('does not repeat what has a certificate that nobody trusts', async (t) => {
    const server = createServer(selfSigned, (_request, response) => void response.end('secret'));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;

    const { error, attempts, told, pending } = await refusal([`https://127.0.0.1:${port}/`]);

    assert.equal((error as { cause: { code: string } }).cause.code, 'DEPTH_ZERO_SELF_SIGNED_CERT');
    assert.deepEqual([attempts, pending], [1, 0]);
    assert.equal(told[0]?.stopped, 'not-repeatable');
  });

  it('repeats a connection that breaks', async (t) => {
    const server = await startServer(t, (response, request, number) => {
      if (number === 1) response.destroy();
      else statuses(200)(response, request, number);
    });

    const response = await resilientFetch(server.url, { backoff: { base: 0 } });

    assert.equal(await response.text(), 'answer 2');
    assert.deepEqual(failuresOf(response).map(({ kind }) => kind), ['network-error']);
  });
});
