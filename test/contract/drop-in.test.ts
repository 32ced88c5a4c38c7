import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { failuresOf, resilientFetch, type Fetch } from '../../src/index.ts';
import { FakeClock, scriptedFetch } from '../../src/testing/index.ts';
import { rejectionOf, startServer, statuses } from '../support/loopback.ts';

const url = 'http://users.test/';

/** A fetch that answers well, and keeps what it was given. */
function witness(): { calls: Parameters<Fetch>[]; fetch: Fetch; response: Response } {
  const calls: Parameters<Fetch>[] = [];
  const response = new Response('well');
  return { calls, response, fetch: async (...given) => { calls.push(given); return response; } };
}

describe('resilientFetch gives and takes what fetch does', () => {
  it('hands over the very Response of the platform', async () => {
    const { fetch, response } = witness();

    const answer = await resilientFetch(url, { fetch });

    assert.equal(answer, response);
    assert.equal(answer.bodyUsed, false);
  });

  it('gives the platform the very input', async () => {
    const { calls, fetch } = witness();
    const inputs = [url, new URL(url), new Request(url), { toString: () => url } as URL];

    for (const input of inputs) await resilientFetch(input, { fetch });

    assert.ok(calls.every(([input], index) => input === inputs[index]));
  });

  it('adds only a signal to the members of init, whoever knows them', async () => {
    const { calls, fetch } = witness();
    const init = { method: 'PUT', headers: [['a', 'b']], body: 'text', dispatcher: {}, cf: { ttl: 1 }, next: {}, client: 1, retryOptions: null };

    await resilientFetch.with({ fetch })(url, init as unknown as RequestInit);

    const { signal, ...others } = calls[0]?.[1] ?? {};
    assert.ok(signal instanceof AbortSignal);
    assert.deepEqual(others, init);
    assert.ok(Object.entries(others).every(([name, value]) => value === init[name as keyof typeof init]));
  });

  it('takes its own options off', async () => {
    const { calls, fetch } = witness();
    const clock = new FakeClock();

    await resilientFetch(url, {
      keepalive: true, retries: 1, timeout: 1, totalTimeout: 2, backoff: {}, maxRetryAfter: 1, retryAfter: () => 1, retryOn: {},
      shouldRetry: () => false, onFailure: () => {}, clock, random: () => 0, fetch,
    });

    assert.deepEqual(Object.keys(calls[0]?.[1] ?? {}).sort(), ['keepalive', 'signal']);
  });

  it('leaves the init of the caller as it was', async () => {
    const { fetch } = witness();
    const init = Object.freeze({ fetch, retries: 1, headers: Object.freeze({ a: 'b' }) });

    await resilientFetch(url, init);

    assert.deepEqual(init, { fetch, retries: 1, headers: { a: 'b' } });
  });

  it('passes the very init through where there is nothing to add', async () => {
    const { calls, fetch } = witness();
    const init = { method: 'PUT' };

    await resilientFetch.with({ fetch, timeout: Infinity })(url, init);

    assert.equal(calls[0]?.[1], init);
  });

  it('takes null for an init', async () => {
    const { calls, fetch, response } = witness();

    // Types forbid what fetch allows.
    const answer = await resilientFetch.with({ fetch })(url, null as unknown as undefined);

    assert.equal(answer, response);
    assert.deepEqual(Object.keys(calls[0]?.[1] ?? {}), ['signal']);
  });

  it('calls back a dispatcher that only the platform knows', async (t) => {
    const server = await startServer(t, statuses(200));
    const seen: unknown[] = [];
    const dispatcher = { dispatch: (options: { path: string }) => { seen.push(options.path); throw new Error('seen'); } };

    await rejectionOf(resilientFetch(`${server.url}path`, { dispatcher, retries: 0 } as unknown as RequestInit));

    assert.deepEqual(seen, ['/path']);
  });
});

describe('resilientFetch reads init as fetch does', () => {
  const sent = ({ method, headers, body }: { method: string; headers: object; body: Buffer }): unknown[] =>
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
    it(`keeps method, headers and body of ${name}`, async (t) => {
      const server = await startServer(t, statuses(200));

      await resilientFetch(server.url, init());
      await fetch(server.url, init());

      const [ours, native] = server.received.map(sent);
      assert.deepEqual(ours, ['PUT', 'value', 'text/plain;charset=UTF-8', 'text']);
      assert.deepEqual(ours, native);
    });
  }

  it('keeps what init inherits and only the platform knows', async () => {
    const { calls, fetch } = witness();

    await resilientFetch.with({ fetch })(url, Object.create({ next: 1 }));

    assert.equal((calls[0]?.[1] as { next?: number }).next, 1);
  });

  it('finds an option that init inherits', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 200], clock);

    const response = await resilientFetch(url, Object.create({ retries: 0, fetch, clock }));

    assert.equal(response.status, 503);
  });
});

describe('resilientFetch keeps the referrer of a Request', () => {
  const beside: [string, boolean, RequestInit | undefined][] = [
    ['without an init', true, undefined],
    ['beside an empty init', true, {}],
    ['beside a member that is undefined', true, { signal: undefined } as unknown as RequestInit],
    ['beside a member that the platform does not know', true, { cf: {} } as RequestInit],
    ["not beside one of fetch's own, where fetch resets it", false, { keepalive: false }],
    ['not beside a signal of the caller, where fetch resets it', false, { signal: new AbortController().signal }],
  ];
  const request = (base: string): Request => new Request(base, { referrer: `${base}page`, referrerPolicy: 'unsafe-url' });

  for (const [name, isKept, init] of beside) {
    it(name, async (t) => {
      const server = await startServer(t, statuses(200));

      await resilientFetch(request(server.url), init);

      // Node 24.21 itself keeps it only where init names it.
      assert.equal(server.received[0]?.headers.referer, isKept ? `${server.url}page` : undefined);
    });
  }

  it('with its policy, and over a retry', async () => {
    const seen: unknown[] = [];
    const clock = new FakeClock();
    const note = (status: number) => ({ referrer, referrerPolicy }: Request) => { seen.push(referrer, referrerPolicy); return status; };

    const call = resilientFetch(request(url), { clock, fetch: scriptedFetch([note(503), note(200)], clock) });
    await clock.advance(1_000);

    assert.equal((await call).status, 200);
    assert.deepEqual(seen, [`${url}page`, 'unsafe-url', `${url}page`, 'unsafe-url']);
  });
});

describe('resilientFetch out of retries', () => {
  it('hands over the last Response, unread', async () => {
    const clock = new FakeClock();
    const responses = [503, 502, 500].map((status) => new Response('sorry', { status }));

    const call = resilientFetch(url, { retries: 2, clock, fetch: scriptedFetch(responses, clock) });
    await clock.advance(10_000);

    assert.equal(await call, responses[2]);
    assert.equal(await responses[2]?.text(), 'sorry');
  });

  it('rejects with the last error, the very one', async () => {
    const clock = new FakeClock();
    const errors = [new TypeError('first'), Object.freeze(new TypeError('last'))];

    const call = rejectionOf(resilientFetch(url, { retries: 1, clock, fetch: scriptedFetch(errors, clock) }));
    await clock.advance(10_000);

    assert.equal(await call, errors[1]);
  });

  it('passes on what is no error too', async () => {
    const call = resilientFetch(url, { retries: 0, fetch: () => Promise.reject('a bare string') });

    assert.equal(await rejectionOf(call), 'a bare string');
  });

  it('rejects with the error of the platform for a server that is not there', async (t) => {
    const server = await startServer(t, statuses(200));
    const port = Number(new URL(server.url).port);
    const clock = new FakeClock();
    const made: unknown[] = [];
    const fetch: Fetch = (input, init) => globalThis.fetch(input, init).catch((error: unknown) => { made.push(error); throw error; });
    const call = rejectionOf(resilientFetch(`http://127.0.0.2:${port}/`, { retries: 0, clock, fetch }));

    const error = await call;

    assert.equal(error, made[0]);
    assert.equal((error as TypeError & { cause: { code: string } }).cause.code, 'ECONNREFUSED');
    assert.deepEqual(failuresOf(error).map(({ kind, stopped }) => [kind, stopped]), [['network-error', 'retries-spent']]);
  });
});

describe('resilientFetch over the platform', () => {
  it('follows a redirect', async (t) => {
    const server = await startServer(t, (response, { path }) => {
      if (path === '/') response.writeHead(302, { location: '/there' }).end();
      else response.end('there');
    });

    const response = await resilientFetch(server.url);

    assert.deepEqual([response.url, response.redirected, await response.text()], [`${server.url}there`, true, 'there']);
  });

  it('repeats a HEAD', async (t) => {
    const server = await startServer(t, statuses(503, 200));

    const response = await resilientFetch(server.url, { method: 'HEAD', backoff: { base: 0 } });

    assert.deepEqual([response.status, response.body], [200, null]);
    assert.deepEqual(server.received.map(({ method }) => method), ['HEAD', 'HEAD']);
  });

  it('hands over a 204', async (t) => {
    const server = await startServer(t, statuses(204));

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

  it('refuses, when compiled, what cannot be meant', () => {
    const wrong = (): unknown[] => [
      // @ts-expect-error: something has to be fetched
      resilientFetch(),
      // @ts-expect-error: a URL is a string or a URL
      resilientFetch(1),
      // @ts-expect-error: milliseconds are a number
      resilientFetch(url, { timeout: '1s' }),
      // @ts-expect-error: no such jitter
      resilientFetch(url, { backoff: { jitter: 'some' } }),
      // @ts-expect-error: a retry has to be decided on
      resilientFetch(url, { shouldRetry: () => 'yes' }),
      // @ts-expect-error: misspelt, where only options go
      resilientFetch.with({ retires: 1 }),
      // @ts-expect-error: fetch's own members are no defaults
      resilientFetch.with({ method: 'PUT' }),
      // @ts-expect-error: a function makes a body, nothing else
      resilientFetch(url, { body: () => 1 }),
      // @ts-expect-error: only fetch takes what is not known to be a Response apart
      resilientFetch(url).then((response: Request) => response),
    ];

    assert.equal(typeof wrong, 'function');
  });

  it('works unbound', async () => {
    const { fetch, response } = witness();
    const client = { fetch: resilientFetch };
    const { fetch: taken } = client;
    const { with: tuned } = resilientFetch;

    const answers = [await client.fetch(url, { fetch }), await taken(url, { fetch }), await Reflect.apply(resilientFetch, null, [url, { fetch }]), await tuned({ fetch })(url)];

    assert.deepEqual(answers, [response, response, response, response]);
  });

  it('calls the given fetch unbound', async () => {
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

  it('takes one argument, as fetch does', () => {
    assert.equal(resilientFetch.length, fetch.length);
    assert.equal(resilientFetch.with({}).length, 1);
  });

  it('never throws, but rejects', async () => {
    const wrong: unknown[][] = [
      [], [undefined], [Symbol('url')], [{ toString() { throw new Error('no URL'); } }], [url, 1], [url, { method: 'B A D' }],
      [url, { retries: -1 }], [url, { get signal() { throw new Error('no signal'); } }], [url, { fetch() { throw new Error('at once'); }, retries: 0 }],
    ];

    const calls = wrong.map((given) => Reflect.apply(resilientFetch, undefined, given) as Promise<Response>);

    assert.ok((await Promise.all(calls.map(rejectionOf))).every((error) => error instanceof Error));
  });
});

describe('resilientFetch and the global fetch', () => {
  /** Puts another fetch in the place of the global one, for the time of a test. */
  function replaceFetch(t: TestContext, replacement: Fetch): void {
    const { fetch } = globalThis;
    t.after(() => { globalThis.fetch = fetch; });
    globalThis.fetch = replacement;
  }

  it('uses the one that is there when it is called', async (t) => {
    const { fetch, response } = witness();
    const early = resilientFetch.with({ retries: 1 });
    replaceFetch(t, fetch);

    const answers = [await resilientFetch(url), await early(url)];

    assert.deepEqual(answers, [response, response]);
  });

  it('uses the one that is there at each attempt', async (t) => {
    const clock = new FakeClock();
    const { fetch, response } = witness();
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
    'bound to something': resilientFetch.bind(null),
  };
  for (const [name, copy] of Object.entries(copies)) {
    it(`falls back on the platform's own where the global one is ${name}`, async (t) => {
      const server = await startServer(t, statuses(503, 200));
      replaceFetch(t, copy);

      const response = await fetch(server.url, { backoff: { base: 0 } } as RequestInit);

      assert.equal(await response.text(), 'answer 2');
      assert.equal(server.received.length, 2);
    });
  }
});
