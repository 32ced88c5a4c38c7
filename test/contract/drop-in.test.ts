import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { failuresOf, resilientFetch, type Fetch } from '../../src/index.ts';
import { FakeClock, scriptedFetch } from '../../src/testing/index.ts';
import { respondWith, startServer } from '../support/server.ts';
import { rejectionOf } from '../support/wait.ts';

const url = 'http://users.test/';

/** A mock fetch that records its arguments. */
function mockFetch(): { calls: Parameters<Fetch>[]; fetch: Fetch; response: Response } {
  const calls: Parameters<Fetch>[] = [];
  const response = new Response('ok');
  return { calls, response, fetch: async (...args) => { calls.push(args); return response; } };
}

describe('resilientFetch passes arguments and responses through', () => {
  it('resolves to the same Response object as the platform', async () => {
    const { fetch, response } = mockFetch();

    const result = await resilientFetch(url, { fetch });

    assert.equal(result, response);
    assert.equal(result.bodyUsed, false);
  });

  it('passes the same input object to the platform', async () => {
    const { calls, fetch } = mockFetch();
    const inputs = [url, new URL(url), new Request(url), { toString: () => url } as URL];

    for (const input of inputs) await resilientFetch(input, { fetch });

    assert.ok(calls.every(([input], index) => input === inputs[index]));
  });

  it('adds only a signal to the members of init, known or not', async () => {
    const { calls, fetch } = mockFetch();
    const init = { method: 'PUT', headers: [['a', 'b']], body: 'text', dispatcher: {}, cf: { ttl: 1 }, next: {}, client: 1, retryOptions: null };

    await resilientFetch.with({ fetch })(url, init as unknown as RequestInit);

    const { signal, ...others } = calls[0]?.[1] ?? {};
    assert.ok(signal instanceof AbortSignal);
    assert.deepEqual(others, init);
    assert.ok(Object.entries(others).every(([name, value]) => value === init[name as keyof typeof init]));
  });

  it('removes its own options from init', async () => {
    const { calls, fetch } = mockFetch();
    const clock = new FakeClock();

    await resilientFetch(url, {
      keepalive: true, retries: 1, timeout: 1, totalTimeout: 2, backoff: {}, maxRetryAfter: 1, retryAfter: () => 1, retryOn: {},
      shouldRetry: () => false, onFailure: () => {}, clock, random: () => 0, fetch,
    });

    assert.deepEqual(Object.keys(calls[0]?.[1] ?? {}).sort(), ['keepalive', 'signal']);
  });

  it('does not change the init of the caller', async () => {
    const { fetch } = mockFetch();
    const init = Object.freeze({ fetch, retries: 1, headers: Object.freeze({ a: 'b' }) });

    await resilientFetch(url, init);

    assert.deepEqual(init, { fetch, retries: 1, headers: { a: 'b' } });
  });

  it('passes the same init object when there is nothing to add', async () => {
    const { calls, fetch } = mockFetch();
    const init = { method: 'PUT' };

    await resilientFetch.with({ fetch, timeout: Infinity })(url, init);

    assert.equal(calls[0]?.[1], init);
  });

  it('accepts null as init, as fetch does', async () => {
    const { calls, fetch, response } = mockFetch();

    // The types forbid null, which fetch accepts.
    const result = await resilientFetch.with({ fetch })(url, null as unknown as undefined);

    assert.equal(result, response);
    assert.deepEqual(Object.keys(calls[0]?.[1] ?? {}), ['signal']);
  });

  it('passes a dispatcher of the platform', async (t) => {
    const server = await startServer(t, respondWith(200));
    const paths: unknown[] = [];
    const dispatcher = { dispatch: (options: { path: string }) => { paths.push(options.path); throw new Error('no network'); } };

    await rejectionOf(resilientFetch(`${server.url}path`, { dispatcher, retries: 0 } as unknown as RequestInit));

    assert.deepEqual(paths, ['/path']);
  });
});

describe('resilientFetch reads init as fetch does', () => {
  const summaryOf = ({ method, headers, body }: { method: string; headers: object; body: Buffer }): unknown[] =>
    [method, (headers as Record<string, string>)['x-name'], (headers as Record<string, string>)['content-type'], body.toString()];
  const own = { method: 'PUT', headers: { 'x-name': 'value' }, body: 'text' };
  class Fields {
    method = 'PUT';
    headers = { 'x-name': 'value' };
    body = 'text';
  }
  class Accessors {
    get method(): string { return 'PUT'; }
    get headers(): Record<string, string> { return own.headers; }
    get body(): string { return 'text'; }
  }
  const inits: Record<string, () => RequestInit> = {
    'a plain object': () => own,
    'an object that inherits': () => Object.create(own),
    'an instance of a class': () => new Fields(),
    'an instance of a class with accessors': () => new Accessors(),
    'a Request': () => new Request(url, own),
  };

  for (const [name, init] of Object.entries(inits)) {
    it(`sends method, headers and body of ${name}`, async (t) => {
      const server = await startServer(t, respondWith(200));

      await resilientFetch(server.url, init());
      await fetch(server.url, init());

      const [ours, native] = server.requests.map(summaryOf);
      assert.deepEqual(ours, ['PUT', 'value', 'text/plain;charset=UTF-8', 'text']);
      assert.deepEqual(ours, native);
    });
  }

  it('passes an inherited member that only the platform knows', async () => {
    const { calls, fetch } = mockFetch();

    await resilientFetch.with({ fetch })(url, Object.create({ next: 1 }));

    assert.equal((calls[0]?.[1] as { next?: number }).next, 1);
  });

  it('applies an inherited option', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 200], clock);

    const response = await resilientFetch(url, Object.create({ retries: 0, fetch, clock }));

    assert.equal(response.status, 503);
  });
});

describe('resilientFetch sends the referrer of a Request', () => {
  const rows: readonly { name: string; isSent: boolean; init: RequestInit | undefined }[] = [
    { name: 'without an init', isSent: true, init: undefined },
    { name: 'with an empty init', isSent: true, init: {} },
    { name: 'with a member of init that is undefined', isSent: true, init: { signal: undefined } as unknown as RequestInit },
    { name: 'with a member of init that the platform does not know', isSent: true, init: { cf: {} } as RequestInit },
    { name: 'but not with a member of fetch, because fetch resets it', isSent: false, init: { keepalive: false } },
    { name: 'but not with a signal, because fetch resets it', isSent: false, init: { signal: new AbortController().signal } },
  ];
  const request = (base: string): Request => new Request(base, { referrer: `${base}page`, referrerPolicy: 'unsafe-url' });

  for (const { name, isSent, init } of rows) {
    it(name, async (t) => {
      const server = await startServer(t, respondWith(200));

      await resilientFetch(request(server.url), init);

      // Node 24.21's own fetch sends it only when init has a referrer.
      assert.equal(server.requests[0]?.headers.referer, isSent ? `${server.url}page` : undefined);
    });
  }

  it('with its policy, in each attempt', async () => {
    const referrers: unknown[] = [];
    const clock = new FakeClock();
    const respond = (status: number) => ({ referrer, referrerPolicy }: Request) => { referrers.push(referrer, referrerPolicy); return status; };

    const call = resilientFetch(request(url), { clock, fetch: scriptedFetch([respond(503), respond(200)], clock) });
    await clock.advance(1_000);

    assert.equal((await call).status, 200);
    assert.deepEqual(referrers, [`${url}page`, 'unsafe-url', `${url}page`, 'unsafe-url']);
  });
});

describe('resilientFetch when retries run out', () => {
  it('resolves to the last Response, unread', async () => {
    const clock = new FakeClock();
    const responses = [503, 502, 500].map((status) => new Response('sorry', { status }));

    const call = resilientFetch(url, { retries: 2, clock, fetch: scriptedFetch(responses, clock) });
    await clock.advance(10_000);

    assert.equal(await call, responses[2]);
    assert.equal(await responses[2]?.text(), 'sorry');
  });

  it('rejects with the last error, the same object', async () => {
    const clock = new FakeClock();
    const errors = [new TypeError('first'), Object.freeze(new TypeError('last'))];

    const call = rejectionOf(resilientFetch(url, { retries: 1, clock, fetch: scriptedFetch(errors, clock) }));
    await clock.advance(10_000);

    assert.equal(await call, errors[1]);
  });

  it('rejects with a value that is no error, too', async () => {
    const call = resilientFetch(url, { retries: 0, fetch: () => Promise.reject('a bare string') });

    assert.equal(await rejectionOf(call), 'a bare string');
  });

  it('rejects with the platform\'s error when nothing listens at the address', async (t) => {
    const server = await startServer(t, respondWith(200));
    const port = Number(new URL(server.url).port);
    const clock = new FakeClock();
    const errors: unknown[] = [];
    const fetch: Fetch = (input, init) => globalThis.fetch(input, init).catch((error: unknown) => { errors.push(error); throw error; });
    const call = rejectionOf(resilientFetch(`http://127.0.0.2:${port}/`, { retries: 0, clock, fetch }));

    const error = await call;

    assert.equal(error, errors[0]);
    assert.equal((error as TypeError & { cause: { code: string } }).cause.code, 'ECONNREFUSED');
    assert.deepEqual(failuresOf(error).map(({ kind, stopped }) => [kind, stopped]), [['network-error', 'retries-spent']]);
  });
});

describe('resilientFetch with the platform\'s fetch', () => {
  it('follows a redirect', async (t) => {
    const server = await startServer(t, (response, { path }) => {
      if (path === '/') response.writeHead(302, { location: '/there' }).end();
      else response.end('there');
    });

    const response = await resilientFetch(server.url);

    assert.deepEqual([response.url, response.redirected, await response.text()], [`${server.url}there`, true, 'there']);
  });

  it('retries a HEAD', async (t) => {
    const server = await startServer(t, respondWith(503, 200));

    const response = await resilientFetch(server.url, { method: 'HEAD', backoff: { base: 0 } });

    assert.deepEqual([response.status, response.body], [200, null]);
    assert.deepEqual(server.requests.map(({ method }) => method), ['HEAD', 'HEAD']);
  });

  it('resolves to a 204', async (t) => {
    const server = await startServer(t, respondWith(204));

    const response = await resilientFetch(server.url);

    assert.deepEqual([response.status, response.body, await response.text()], [204, null, '']);
  });

  it('reads a data: URL', async () => {
    assert.equal(await (await resilientFetch('data:,text')).text(), 'text');
  });
});

describe('resilientFetch as a value', () => {
  it('has the type of fetch', () => {
    const plain: typeof fetch = resilientFetch;
    const tuned: typeof fetch = resilientFetch.with({ retries: 1 });
    const inner = resilientFetch.with({ fetch: globalThis.fetch });

    assert.deepEqual([plain, tuned, inner].map((value) => typeof value), ['function', 'function', 'function']);
  });

  it('refuses invalid arguments at compile time', () => {
    const calls = (): unknown[] => [
      // @ts-expect-error: an input is required
      resilientFetch(),
      // @ts-expect-error: an input is a string, a URL or a Request
      resilientFetch(1),
      // @ts-expect-error: a timeout is a number
      resilientFetch(url, { timeout: '1s' }),
      // @ts-expect-error: not a kind of jitter
      resilientFetch(url, { backoff: { jitter: 'some' } }),
      // @ts-expect-error: shouldRetry returns a boolean
      resilientFetch(url, { shouldRetry: () => 'yes' }),
      // @ts-expect-error: misspelt, and with() accepts only options
      resilientFetch.with({ retires: 1 }),
      // @ts-expect-error: with() accepts no members of fetch's init
      resilientFetch.with({ method: 'PUT' }),
      // @ts-expect-error: a body factory returns a body
      resilientFetch(url, { body: () => 1 }),
      // @ts-expect-error: the call resolves to a Response
      resilientFetch(url).then((response: Request) => response),
    ];

    assert.equal(typeof calls, 'function');
  });

  it('works unbound', async () => {
    const { fetch, response } = mockFetch();
    const client = { fetch: resilientFetch };
    const { fetch: unbound } = client;
    const { with: unboundWith } = resilientFetch;

    const results = [await client.fetch(url, { fetch }), await unbound(url, { fetch }), await Reflect.apply(resilientFetch, null, [url, { fetch }]), await unboundWith({ fetch })(url)];

    assert.deepEqual(results, [response, response, response, response]);
  });

  it('calls the fetch option unbound', async () => {
    const receivers: unknown[] = [];
    const fetch = async function (this: unknown): Promise<Response> {
      receivers.push(this);
      return new Response();
    };

    await resilientFetch(url, { fetch });
    await resilientFetch(url, { fetch, timeout: Infinity });
    await rejectionOf(resilientFetch(url, { fetch, signal: AbortSignal.abort('reason') }));

    assert.deepEqual(receivers, [undefined, undefined, undefined]);
  });

  it('has the length of fetch', () => {
    assert.equal(resilientFetch.length, fetch.length);
    assert.equal(resilientFetch.with({}).length, 1);
  });

  it('rejects and never throws', async () => {
    const badArguments: unknown[][] = [
      [], [undefined], [Symbol('url')], [{ toString() { throw new Error('no URL'); } }], [url, 1], [url, { method: 'B A D' }],
      [url, { retries: -1 }], [url, { get signal() { throw new Error('no signal'); } }], [url, { fetch() { throw new Error('synchronous'); }, retries: 0 }],
    ];

    const calls = badArguments.map((args) => Reflect.apply(resilientFetch, undefined, args) as Promise<Response>);

    assert.ok((await Promise.all(calls.map(rejectionOf))).every((error) => error instanceof Error));
  });
});

describe('resilientFetch and the global fetch', () => {
  /** Replaces the global fetch until the test ends. */
  function replaceFetch(t: TestContext, replacement: Fetch): void {
    const { fetch } = globalThis;
    t.after(() => { globalThis.fetch = fetch; });
    globalThis.fetch = replacement;
  }

  it('reads it at the call', async (t) => {
    const { fetch, response } = mockFetch();
    const api = resilientFetch.with({ retries: 1 });
    replaceFetch(t, fetch);

    const results = [await resilientFetch(url), await api(url)];

    assert.deepEqual(results, [response, response]);
  });

  it('reads it at each attempt', async (t) => {
    const clock = new FakeClock();
    const { fetch, response } = mockFetch();
    replaceFetch(t, async () => {
      globalThis.fetch = fetch;
      return new Response(null, { status: 503 });
    });

    const call = resilientFetch(url, { clock });
    await clock.advance(1_000);

    assert.equal(await call, response);
  });

  it('calls it unbound', async (t) => {
    const receivers: unknown[] = [];
    replaceFetch(t, async function (this: unknown) {
      receivers.push(this);
      return new Response();
    });

    await resilientFetch(url);

    assert.deepEqual(receivers, [undefined]);
  });

  const copies: Record<string, Fetch> = {
    'resilientFetch': resilientFetch,
    'a copy of it': resilientFetch.with({ retries: 1 }),
    'a copy of a copy': resilientFetch.with({ retries: 1 }).with({ timeout: 1_000 }),
    'a function around it': (input: Parameters<typeof fetch>[0], init?: RequestInit) => resilientFetch(input, { ...init, retries: 1 }),
    'a bound resilientFetch': resilientFetch.bind(null),
  };
  for (const [name, copy] of Object.entries(copies)) {
    it(`uses the platform's own when the global one is ${name}`, async (t) => {
      const server = await startServer(t, respondWith(503, 200));
      replaceFetch(t, copy);

      const response = await fetch(server.url, { backoff: { base: 0 } } as RequestInit);

      assert.equal(await response.text(), 'answer 2');
      assert.equal(server.requests.length, 2);
    });
  }
});
