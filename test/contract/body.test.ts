import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { eventually, rejectionOf, startServer, statuses, type Answer, type Received } from '../support/loopback.ts';

const bytes = Uint8Array.from({ length: 64 }, (_, index) => index * 3);
const { buffer } = bytes;
const stream = (): ReadableStream => new Blob(['text', ' and more']).stream();

function form(): FormData {
  const data = new FormData();
  data.set('name', 'välue');
  data.set('file', new File([bytes], 'bytes.bin', { type: 'application/octet-stream' }));
  return data;
}

/** A body as it arrived, where every copy of a form is told apart by a boundary of its own. */
function arrived({ headers, body }: Received): unknown[] {
  const boundary = /boundary=(.+)/.exec(headers['content-type'] ?? '')?.[1] ?? 'no boundary';
  const text = body.toString('latin1').replaceAll(boundary, 'boundary');
  const digest = createHash('sha256').update(text).digest('hex');
  return [headers['content-type']?.replace(boundary, 'boundary'), headers['content-length'], headers['transfer-encoding'], text.length, digest];
}

const zeroWait: ResilientInit = { backoff: { base: 0 } };
const put: ResilientInit = { method: 'PUT', ...zeroWait };

describe('resilientFetch sends a body again', () => {
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
    it(`byte for byte and as fetch sends it: ${name}`, async (t) => {
      const server = await startServer(t, statuses(503, 200));

      const response = await resilientFetch(server.url, { ...put, body: body() });
      await fetch(server.url, { method: 'PUT', body: body() });

      const [first, second, native] = server.received.map(arrived);
      assert.equal(await response.text(), 'answer 2');
      assert.deepEqual(first, native);
      assert.deepEqual(second, native);
    });
  }

  const requestBodies: Record<string, () => RequestInit> = {
    'a string': () => ({ body: 'text' }),
    'bytes': () => ({ body: bytes }),
    'a form': () => ({ body: form() }),
    'a stream': () => ({ body: stream(), duplex: 'half' }),
    'a string of 5 MB': () => ({ body: 'text '.repeat(1_000_000) }),
  };

  for (const [name, init] of Object.entries(requestBodies)) {
    it(`as fetch sends it, of a Request with ${name}`, async (t) => {
      const server = await startServer(t, statuses(503, 503, 503, 200));
      const request = (): Request => new Request(server.url, { method: 'PUT', headers: { 'x-name': 'value' }, ...init() });

      const response = await resilientFetch(request(), zeroWait);
      await fetch(request());

      const [first, second, third, fourth, native] = server.received.map((received) => [...arrived(received), received.headers['x-name']]);
      assert.equal(await response.text(), 'answer 4');
      assert.deepEqual([first, second, third, fourth], [native, native, native, native]);
    });
  }

  it('where init has one in the place of the Request\'s', async (t) => {
    const server = await startServer(t, statuses(503, 200));
    const request = new Request(server.url, { method: 'PUT', body: 'old' });

    const response = await resilientFetch(request, { ...zeroWait, body: 'new' });

    assert.equal(response.status, 200);
    assert.deepEqual(server.received.map(({ body }) => body.toString()), ['new', 'new']);
  });

  it('after a connection that breaks', async (t) => {
    const server = await startServer(t, (response, request, number) => {
      if (number === 1) response.destroy();
      else statuses(200)(response, request, number);
    });

    await resilientFetch(new Request(server.url, { method: 'PUT', body: 'text' }), zeroWait);

    assert.deepEqual(server.received.map(({ body }) => body.toString()), ['text', 'text']);
  });

  it('of a Request through the dispatcher that it was given', async (t) => {
    const server = await startServer(t, statuses(503, 200));
    const seen: unknown[] = [];
    const dispatcher = { dispatch: (options: { path: string }) => { seen.push(options.path); throw new Error('seen'); } };
    const request = new Request(`${server.url}path`, { method: 'PUT', body: 'text', dispatcher } as unknown as RequestInit);

    await rejectionOf(resilientFetch(request, { retries: 1, ...zeroWait }));

    assert.equal(seen[0], '/path');
  });
});

describe('resilientFetch with a body factory', () => {
  const factories: Record<string, () => ResilientInit['body']> = {
    'a stream': () => stream,
    'a promise of a stream': () => async () => stream(),
    'an async iterable': () => async function* () { yield Buffer.from('text'); yield Buffer.from(' and more'); },
  };

  for (const [name, body] of Object.entries(factories)) {
    it(`sends ${name} again`, async (t) => {
      const server = await startServer(t, statuses(503, 503, 200));
      // Types know no async iterable as a body, though fetch takes it.
      const init = { ...put, body: body(), duplex: 'half' } as ResilientInit;

      const response = await resilientFetch(server.url, init);
      await fetch(server.url, { method: 'PUT', body: stream(), duplex: 'half' });

      const [first, second, third, native] = server.received.map(arrived);
      assert.equal(response.status, 200);
      assert.deepEqual([first, second, third], [native, native, native]);
    });
  }

  it('asks it once for each attempt', async (t) => {
    const server = await startServer(t, statuses(503, 200));
    let made = 0;

    await resilientFetch(server.url, { ...put, body: () => `body ${made += 1}` });

    assert.deepEqual(server.received.map(({ body }) => body.toString()), ['body 1', 'body 2']);
  });

  const thrown = new Error('no body today');
  const failing: Record<string, () => never | Promise<never>> = {
    'throws': () => { throw thrown; },
    'rejects': () => Promise.reject(thrown),
  };

  for (const [what, body] of Object.entries(failing)) {
    it(`rejects with what it ${what}, and sends nothing`, async (t) => {
      const server = await startServer(t, statuses(200));
      const clock = new FakeClock();

      const error = await rejectionOf(resilientFetch(server.url, { method: 'PUT', body, clock }));

      assert.equal(error, thrown);
      assert.deepEqual([server.received.length, clock.pending, failuresOf(error)], [0, 0, []]);
    });

    it(`rejects with what it ${what} at a later attempt`, async (t) => {
      const server = await startServer(t, statuses(503));
      let made = 0;

      const error = await rejectionOf(resilientFetch(server.url, { ...put, body: () => (made++ === 0 ? 'text' : body()) }));

      assert.equal(error, thrown);
      assert.deepEqual(failuresOf(error).map(({ status }) => status), [503]);
    });
  }
});

describe('resilientFetch with a body that can be sent once', () => {
  const bodies: Record<string, () => unknown> = {
    'a stream': stream,
    'an async iterable': async function* () { yield Buffer.from('text'); },
    'the stream of a Request as init': () => new Request('http://users.test/', { method: 'PUT', body: 'text' }).body,
  };

  for (const [name, body] of Object.entries(bodies)) {
    it(`makes one attempt: ${name}`, async (t) => {
      const server = await startServer(t, statuses(503));

      const response = await resilientFetch(server.url, { ...put, body: body(), duplex: 'half' } as ResilientInit);

      assert.equal(await response.text(), 'answer 1');
      assert.deepEqual(failuresOf(response).map(({ status, stopped }) => [status, stopped]), [[503, 'one-shot-body']]);
    });
  }

  it('is not overruled by the predicate', async (t) => {
    const server = await startServer(t, statuses(503));

    const response = await resilientFetch(server.url, { ...put, body: stream(), duplex: 'half', shouldRetry: () => true });

    assert.equal(response.status, 503);
    assert.equal(server.received.length, 1);
  });
});

describe('resilientFetch and the Request that it was given', () => {
  const endings: Record<string, readonly [answer: Answer, init: ResilientInit]> = {
    'a success': [statuses(200), {}],
    'a success after a retry': [statuses(503, 200), {}],
    'a success that could not be repeated': [statuses(200), { retries: 0 }],
    'a failure': [statuses(503), { retries: 1 }],
    'an error': [(response) => response.destroy(), { retries: 1 }],
    'a predicate that throws': [statuses(503), { shouldRetry: () => { throw new Error('no'); } }],
    'a hook that throws': [statuses(503), { onFailure: () => { throw new Error('no'); } }],
  };

  for (const [name, [answer, init]] of Object.entries(endings)) {
    it(`leaves it used after ${name}`, async (t) => {
      const server = await startServer(t, answer);
      const request = new Request(server.url, { method: 'PUT', body: 'text' });

      const response = await resilientFetch(request, { ...zeroWait, ...init }).catch(() => undefined);
      await response?.text();

      assert.equal(request.bodyUsed, true);
      await assert.rejects(fetch(request), TypeError);
    });
  }

  it('leaves it used after an abort in flight', async (t) => {
    const server = await startServer(t, () => {});
    const controller = new AbortController();
    const request = new Request(server.url, { method: 'PUT', body: 'text' });
    const call = rejectionOf(resilientFetch(request, { signal: controller.signal }));
    await eventually(() => server.received.length === 1);

    controller.abort('reason');

    assert.equal(await call, 'reason');
    assert.equal(request.bodyUsed, true);
  });

  it('leaves it used after an abort before the call, as fetch does', async () => {
    const [ours, native] = [0, 1].map(() => new Request('http://users.test/', { method: 'PUT', body: 'text' })) as [Request, Request];
    const signal = AbortSignal.abort('reason');

    await rejectionOf(resilientFetch(ours, { signal }));
    await rejectionOf(fetch(native, { signal }));

    assert.equal(ours.bodyUsed, native.bodyUsed);
  });

  it('leaves it used at once', async (t) => {
    const server = await startServer(t, statuses(200));
    const request = new Request(server.url, { method: 'PUT', body: 'text' });

    const call = resilientFetch(request);

    assert.equal(request.bodyUsed, true);
    assert.equal((await call).status, 200);
  });

  it('sends it as it is, with no clone, where no retry can follow', async () => {
    const inputs: unknown[] = [];
    const request = new Request('http://users.test/', { method: 'PUT', body: 'text' });
    const fetch = async (input: unknown): Promise<Response> => {
      inputs.push(input);
      return new Response();
    };
    Object.assign(request, { clone: () => assert.fail('it is cloned') });

    await resilientFetch(request, { retries: 0, fetch });

    assert.deepEqual(inputs, [request]);
  });

  it('sends one without a body again and again', async (t) => {
    const server = await startServer(t, statuses(503, 503, 200));
    const request = new Request(server.url);

    const [first, second] = [await resilientFetch(request, zeroWait), await resilientFetch(request)];

    assert.deepEqual([await first.text(), await second.text()], ['answer 3', 'answer 4']);
  });

  it('lets go of the clone that it did not need', async (t) => {
    const server = await startServer(t, statuses(503, 200));
    const clones: Request[] = [];
    const cloneOf = (request: Request): Request => {
      const clone = Request.prototype.clone.call(request);
      clones.push(clone);
      return Object.assign(clone, { clone: () => cloneOf(clone) });
    };
    const request = new Request(server.url, { method: 'PUT', body: 'text' });

    await resilientFetch(Object.assign(request, { clone: () => cloneOf(request) }), zeroWait);

    assert.deepEqual(clones.map(({ bodyUsed }) => bodyUsed), [true, true]);
  });
});
