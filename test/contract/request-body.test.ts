import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { respondWith, startServer, type ReceivedRequest, type RequestHandler } from '../support/server.ts';
import { rejectionOf, waitFor } from '../support/wait.ts';

const bytes = Uint8Array.from({ length: 64 }, (_, index) => index * 3);
const { buffer } = bytes;
const stream = (): ReadableStream => new Blob(['text', ' and more']).stream();

function form(): FormData {
  const data = new FormData();
  data.set('name', 'välue');
  data.set('file', new File([bytes], 'bytes.bin', { type: 'application/octet-stream' }));
  return data;
}

/** The body of a request as the server received it, without the random boundary of a form. */
function summaryOf({ headers, body }: ReceivedRequest): unknown[] {
  const boundary = /boundary=(.+)/.exec(headers['content-type'] ?? '')?.[1] ?? 'no boundary';
  const text = body.toString('latin1').replaceAll(boundary, 'boundary');
  const digest = createHash('sha256').update(text).digest('hex');
  return [headers['content-type']?.replace(boundary, 'boundary'), headers['content-length'], headers['transfer-encoding'], text.length, digest];
}

const withoutWait: ResilientInit = { backoff: { base: 0 } };
const put: ResilientInit = { method: 'PUT', ...withoutWait };

describe('a request body', () => {
  const views = [
    Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
    Float32Array, Float64Array, BigInt64Array, BigUint64Array,
  ];
  const bodies: Record<string, () => NonNullable<RequestInit['body']>> = {
    'a string': () => 'text in Ünicode',
    'an empty string': () => '',
    'an ArrayBuffer': () => buffer,
    ...Object.fromEntries(views.map((View) => [`${View.name} with an offset`, () => new View(buffer, 8, 2)])),
    'DataView with an offset': () => new DataView(buffer, 3, 5),
    'a Buffer': () => Buffer.from('text'),
    'a Blob': () => new Blob([bytes, 'text'], { type: 'text/x-test' }),
    'FormData with a file': form,
    'URLSearchParams': () => new URLSearchParams([['a', 'b c'], ['d', 'ë']]),
    'a string of 5 MB': () => 'text '.repeat(1_000_000),
    'a Blob of 5 MB': () => new Blob([Uint8Array.from({ length: 5_000_000 }, (_, index) => index * 7)]),
  };

  for (const [name, body] of Object.entries(bodies)) {
    it(`of ${name} is the same bytes in each attempt as in one of fetch`, async (t) => {
      const server = await startServer(t, respondWith(503, 200));

      const response = await resilientFetch(server.url, { ...put, body: body() });
      await fetch(server.url, { method: 'PUT', body: body() });

      const [first, second, native] = server.requests.map(summaryOf);
      assert.equal(await response.text(), 'answer 2');
      assert.deepEqual(first, native);
      assert.deepEqual(second, native);
    });
  }

  const requests: Record<string, () => RequestInit> = {
    'a string': () => ({ body: 'text' }),
    'bytes': () => ({ body: bytes }),
    'a form': () => ({ body: form() }),
    'a stream': () => ({ body: stream(), duplex: 'half' }),
    'a string of 5 MB': () => ({ body: 'text '.repeat(1_000_000) }),
  };

  for (const [name, init] of Object.entries(requests)) {
    it(`of a Request with ${name} is the same bytes in each attempt as in one of fetch`, async (t) => {
      const server = await startServer(t, respondWith(503, 503, 503, 200));
      const request = (): Request => new Request(server.url, { method: 'PUT', headers: { 'x-name': 'value' }, ...init() });

      const response = await resilientFetch(request(), withoutWait);
      await fetch(request());

      const [first, second, third, fourth, native] = server.requests.map((request) => [...summaryOf(request), request.headers['x-name']]);
      assert.equal(await response.text(), 'answer 4');
      assert.deepEqual([first, second, third, fourth], [native, native, native, native]);
    });
  }

  it('of init replaces the body of a Request in each attempt', async (t) => {
    const server = await startServer(t, respondWith(503, 200));
    const request = new Request(server.url, { method: 'PUT', body: 'old' });

    const response = await resilientFetch(request, { ...withoutWait, body: 'new' });

    assert.equal(response.status, 200);
    assert.deepEqual(server.requests.map(({ body }) => body.toString()), ['new', 'new']);
  });

  it('of a Request is sent again after a connection error', async (t) => {
    const server = await startServer(t, (response, request, number) => {
      if (number === 1) response.destroy();
      else respondWith(200)(response, request, number);
    });

    await resilientFetch(new Request(server.url, { method: 'PUT', body: 'text' }), withoutWait);

    assert.deepEqual(server.requests.map(({ body }) => body.toString()), ['text', 'text']);
  });

  it('of a Request goes through the dispatcher of that Request', async (t) => {
    const server = await startServer(t, respondWith(503, 200));
    const paths: unknown[] = [];
    const dispatcher = { dispatch: (options: { path: string }) => { paths.push(options.path); throw new Error('no network'); } };
    const request = new Request(`${server.url}path`, { method: 'PUT', body: 'text', dispatcher } as unknown as RequestInit);

    await rejectionOf(resilientFetch(request, { retries: 1, ...withoutWait }));

    assert.equal(paths[0], '/path');
  });
});

describe('a body factory', () => {
  const factories: Record<string, () => ResilientInit['body']> = {
    'a stream': () => stream,
    'a promise of a stream': () => async () => stream(),
    'an async iterable': () => async function* () { yield Buffer.from('text'); yield Buffer.from(' and more'); },
  };

  for (const [name, body] of Object.entries(factories)) {
    it(`of ${name} sends the body in each attempt`, async (t) => {
      const server = await startServer(t, respondWith(503, 503, 200));
      // The types do not allow an async iterable, which fetch accepts.
      const init = { ...put, body: body(), duplex: 'half' } as ResilientInit;

      const response = await resilientFetch(server.url, init);
      await fetch(server.url, { method: 'PUT', body: stream(), duplex: 'half' });

      const [first, second, third, native] = server.requests.map(summaryOf);
      assert.equal(response.status, 200);
      assert.deepEqual([first, second, third], [native, native, native]);
    });
  }

  it('is called once for each attempt', async (t) => {
    const server = await startServer(t, respondWith(503, 200));
    let calls = 0;

    await resilientFetch(server.url, { ...put, body: () => `body ${calls += 1}` });

    assert.deepEqual(server.requests.map(({ body }) => body.toString()), ['body 1', 'body 2']);
  });

  const thrown = new Error('no body today');
  const failing: Record<string, () => never | Promise<never>> = {
    'throws': () => { throw thrown; },
    'rejects': () => Promise.reject(thrown),
  };

  for (const [verb, body] of Object.entries(failing)) {
    it(`that ${verb} rejects the call with the same error and sends nothing`, async (t) => {
      const server = await startServer(t, respondWith(200));
      const clock = new FakeClock();

      const error = await rejectionOf(resilientFetch(server.url, { method: 'PUT', body, clock }));

      assert.equal(error, thrown);
      assert.deepEqual([server.requests.length, clock.pending, failuresOf(error)], [0, 0, []]);
    });

    it(`that ${verb} in a later attempt rejects the call with the same error`, async (t) => {
      const server = await startServer(t, respondWith(503));
      let calls = 0;

      const error = await rejectionOf(resilientFetch(server.url, { ...put, body: () => (calls++ === 0 ? 'text' : body()) }));

      assert.equal(error, thrown);
      assert.deepEqual(failuresOf(error).map(({ status }) => status), [503]);
    });
  }
});

describe('a one-shot body', () => {
  const bodies: Record<string, () => unknown> = {
    'a stream': stream,
    'an async iterable': async function* () { yield Buffer.from('text'); },
    'the body of another Request': () => new Request('http://users.test/', { method: 'PUT', body: 'text' }).body,
  };

  for (const [name, body] of Object.entries(bodies)) {
    it(`allows one attempt: ${name}`, async (t) => {
      const server = await startServer(t, respondWith(503));

      const response = await resilientFetch(server.url, { ...put, body: body(), duplex: 'half' } as ResilientInit);

      assert.equal(await response.text(), 'answer 1');
      assert.deepEqual(failuresOf(response).map(({ status, stopped }) => [status, stopped]), [[503, 'one-shot-body']]);
    });
  }

  it('allows one attempt even when shouldRetry returns true', async (t) => {
    const server = await startServer(t, respondWith(503));

    const response = await resilientFetch(server.url, { ...put, body: stream(), duplex: 'half', shouldRetry: () => true });

    assert.equal(response.status, 503);
    assert.equal(server.requests.length, 1);
  });
});

describe('the Request of a call', () => {
  const outcomes: Record<string, readonly [handle: RequestHandler, init: ResilientInit]> = {
    'a success': [respondWith(200), {}],
    'a success after a retry': [respondWith(503, 200), {}],
    'a success without retries': [respondWith(200), { retries: 0 }],
    'a failure': [respondWith(503), { retries: 1 }],
    'an error': [(response) => response.destroy(), { retries: 1 }],
    'a shouldRetry that throws': [respondWith(503), { shouldRetry: () => { throw new Error('no'); } }],
    'an onFailure that throws': [respondWith(503), { onFailure: () => { throw new Error('no'); } }],
  };

  for (const [name, [handle, init]] of Object.entries(outcomes)) {
    it(`has a used body after ${name}`, async (t) => {
      const server = await startServer(t, handle);
      const request = new Request(server.url, { method: 'PUT', body: 'text' });

      const response = await resilientFetch(request, { ...withoutWait, ...init }).catch(() => undefined);
      await response?.text();

      assert.equal(request.bodyUsed, true);
      await assert.rejects(fetch(request), TypeError);
    });
  }

  it('has a used body after an abort during the attempt', async (t) => {
    const server = await startServer(t, () => {});
    const controller = new AbortController();
    const request = new Request(server.url, { method: 'PUT', body: 'text' });
    const call = rejectionOf(resilientFetch(request, { signal: controller.signal }));
    await waitFor(() => server.requests.length === 1);

    controller.abort('reason');

    assert.equal(await call, 'reason');
    assert.equal(request.bodyUsed, true);
  });

  it('has a body as used as with fetch after an abort before the call', async () => {
    const [ours, native] = [0, 1].map(() => new Request('http://users.test/', { method: 'PUT', body: 'text' })) as [Request, Request];
    const signal = AbortSignal.abort('reason');

    await rejectionOf(resilientFetch(ours, { signal }));
    await rejectionOf(fetch(native, { signal }));

    assert.equal(ours.bodyUsed, native.bodyUsed);
  });

  it('has a used body as soon as the call starts', async (t) => {
    const server = await startServer(t, respondWith(200));
    const request = new Request(server.url, { method: 'PUT', body: 'text' });

    const call = resilientFetch(request);

    assert.equal(request.bodyUsed, true);
    assert.equal((await call).status, 200);
  });

  it('is sent without a clone when there are no retries', async () => {
    const inputs: unknown[] = [];
    const request = new Request('http://users.test/', { method: 'PUT', body: 'text' });
    const fetch = async (input: unknown): Promise<Response> => {
      inputs.push(input);
      return new Response();
    };
    Object.assign(request, { clone: () => assert.fail('cloned') });

    await resilientFetch(request, { retries: 0, fetch });

    assert.deepEqual(inputs, [request]);
  });

  it('can be used for further calls when it has no body', async (t) => {
    const server = await startServer(t, respondWith(503, 503, 200));
    const request = new Request(server.url);

    const [first, second] = [await resilientFetch(request, withoutWait), await resilientFetch(request)];

    assert.deepEqual([await first.text(), await second.text()], ['answer 3', 'answer 4']);
  });

  it('has every clone used or cancelled when the call settles', async (t) => {
    const server = await startServer(t, respondWith(503, 200));
    const clones: Request[] = [];
    const cloneOf = (request: Request): Request => {
      const clone = Request.prototype.clone.call(request);
      clones.push(clone);
      return Object.assign(clone, { clone: () => cloneOf(clone) });
    };
    const request = new Request(server.url, { method: 'PUT', body: 'text' });

    await resilientFetch(Object.assign(request, { clone: () => cloneOf(request) }), withoutWait);

    assert.deepEqual(clones.map(({ bodyUsed }) => bodyUsed), [true, true]);
  });
});
