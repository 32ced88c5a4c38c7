import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, TimeoutError, type ResilienceOptions, type ResilientInit } from '../../src/index.ts';
import { FakeClock, scriptedFetch } from '../../src/testing/index.ts';

const url = 'http://users.test/1';

/** Returns the init that the `fetch` option receives in a call with this init. */
async function forwardedInit(init: unknown, options: ResilienceOptions = {}): Promise<RequestInit | undefined> {
  const inits: (RequestInit | undefined)[] = [];
  const fetch: ResilienceOptions['fetch'] = async (_input, forwarded) => {
    inits.push(forwarded);
    return new Response(null);
  };
  await resilientFetch.with({ fetch, ...options })(url, init as ResilientInit);
  return inits[0];
}

describe('a call with the defaults', () => {
  it('aborts an attempt whose response headers take longer than timeout', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch(['hang'], clock);
    const call = resilientFetch(url, { clock, fetch, timeout: 3_000, retries: 0 });
    const rejection = assert.rejects(call, (error) => error instanceof TimeoutError && error.scope === 'attempt');

    await clock.advance(3_000);

    await rejection;
    assert.deepEqual(fetch.times, [0]);
  });

  it("resolves with the platform's own Response, its body unread", async () => {
    const clock = new FakeClock();
    const response = new Response('hello');

    assert.equal(await resilientFetch(url, { clock, fetch: scriptedFetch([response], clock) }), response);

    assert.equal(response.bodyUsed, false);
    assert.equal(clock.pending, 0);
  });

  it('retries transient failures of idempotent requests after the backoff or Retry-After', async () => {
    const clock = new FakeClock();
const overloaded = new Response(null, { status: 503, headers: { 'retry-after': '5' } });
    const fetch = scriptedFetch([new TypeError('reset'), 502, overloaded, 200], clock);
    const call = resilientFetch(url, { clock, fetch, random: () => 0.5 });

    await clock.advance(60_000);

    assert.equal((await call).status, 200);
    assert.deepEqual(fetch.times, [0, 100, 300, 5_925]);
  });

  it('resolves with the last response when retries run out or Retry-After is too long', async () => {
    const clock = new FakeClock();
    const [spent, late] = [new Response('spent', { status: 503 }), new Response('late', { status: 503, headers: { 'retry-after': '61' } })];

    assert.equal(await resilientFetch(url, { clock, fetch: scriptedFetch([spent], clock), retries: 0 }), spent);
    assert.equal(await resilientFetch(url, { clock, fetch: scriptedFetch([late], clock) }), late);

    assert.deepEqual([spent, late].flatMap(failuresOf).map(({ stopped }) => stopped), ['retries-spent', 'retry-after-too-long']);
  });

  it("rejects with the caller's reason when the signal aborts, and leaves no timer", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const fetch = scriptedFetch([503, 200], clock);
    const call = resilientFetch(url, { clock, fetch, random: () => 0.5, signal: controller.signal });
    await clock.advance(99);

    controller.abort('enough');

    await assert.rejects(call, (reason) => reason === 'enough');
    assert.deepEqual([fetch.times, clock.pending], [[0], 0]);
  });
});

describe('backoff', () => {
  const rows: [NonNullable<ResilienceOptions['backoff']>, number[]][] = [
    [{ jitter: 'none' }, [200, 400, 800, 1_600]],
    [{ jitter: 'full' }, [100, 200, 400, 800]],
    [{ jitter: 'equal' }, [150, 300, 600, 1_200]],
    [{ jitter: 'decorrelated' }, [400, 700, 1_150, 1_825]],
    [{ base: 1_000, max: 3_000, jitter: 'none' }, [1_000, 2_000, 3_000, 3_000]],
  ];
  for (const [backoff, expected] of rows) {
    it(`is ${expected.join(', ')} ms for ${JSON.stringify(backoff)} with a random of 0.5, as documented`, async () => {
      const clock = new FakeClock();
      const fetch = scriptedFetch([503, 503, 503, 503, 200], clock);
      const call = resilientFetch(url, { clock, fetch, random: () => 0.5, retries: 4, backoff });

      await clock.advance(60_000);

      assert.deepEqual(failuresOf(await call).map(({ delay }) => delay), expected);
    });
  }
});

describe('resilientFetch', () => {
  it('removes its own options from init, and forwards all other members', async () => {
    const init = { method: 'PUT', dispatcher: 'd', cf: {}, retryOptions: 5, retries: 1, timeout: 5, onFailure: undefined };

    const { signal, ...rest } = { ...await forwardedInit(init) };

    assert.deepEqual(rest, { method: 'PUT', dispatcher: 'd', cf: init.cf, retryOptions: 5 });
    assert.ok(signal instanceof AbortSignal);
  });

  it('returns the promise of fetch itself without retries and limits', async () => {
    const api = resilientFetch.with({ retries: 0, timeout: Infinity });
    const promise = Promise.resolve(new Response(null, { status: 503 }));
    const calls: unknown[][] = [];
    const fetch = (...args: unknown[]): Promise<Response> => {
      calls.push(args);
      return promise;
    };
    const init = { method: 'PUT' };

    const promises = [api.with({ fetch })(url, init), api(url, { ...init, fetch })];

    assert.deepEqual(promises.map((returned) => returned === promise), [true, true]);
    assert.equal(calls[0]?.[1], init);
    assert.deepEqual(calls, [[url, init], [url, init]]);
    assert.deepEqual(failuresOf(await promise), []);
  });

  it('calls a body factory without retries and limits', async () => {
    const fetch = scriptedFetch([200], new FakeClock());

    await resilientFetch(url, { fetch, retries: 0, timeout: Infinity, method: 'PUT', body: () => 'created' });

    assert.equal(await fetch.requests[0]?.request.text(), 'created');
  });

  it('forwards the same init if there is no signal to add', async () => {
    const init = { method: 'PUT' };

    assert.equal(await forwardedInit(init, { timeout: Infinity }), init);
  });

  it('reads options that init inherits', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503], clock);
    const init = Object.create({ retries: 0, clock, fetch }) as ResilientInit;

    assert.equal((await resilientFetch(url, init)).status, 503);
  });

  it('reads options that are accessors of a class', async () => {
    class Init {
      get retries(): number {
        return 0;
      }
    }
    const clock = new FakeClock();
    const fetch = scriptedFetch([503], clock);

    assert.equal((await resilientFetch.with({ clock, fetch })(url, new Init())).status, 503);
    assert.deepEqual(fetch.times, [0]);
  });

  it('accepts a Request as init', async () => {
    const init = await forwardedInit(new Request(url, { method: 'DELETE', headers: { a: 'b' } }));

    assert.equal(init?.method, 'DELETE');
    assert.equal(new Headers(init?.headers).get('a'), 'b');
  });

  it('accepts an init of null', async () => {
    assert.deepEqual(Object.keys(await forwardedInit(null) ?? {}), ['signal']);
  });

  it('does not call itself if it is its own fetch option', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 503, 503, 503], clock);
    const api = resilientFetch.with({ clock, fetch, retries: 1, random: () => 0.5 });
    const call = api(url, { fetch: api });

    await clock.advance(60_000);

    assert.equal((await call).status, 503);
    assert.deepEqual(fetch.times, [0, 100]);
  });

  it('rejects for an invalid option before any request', async () => {
    const fetch = scriptedFetch([200], new FakeClock());

    await assert.rejects(resilientFetch(url, { fetch, retries: -1 }), {
      name: 'RangeError',
      message: "'retries' must be an integer >= 0 or Infinity, not -1",
    });

    assert.deepEqual(fetch.times, []);
  });

  it('forwards unknown members of init', async () => {
    assert.deepEqual(Object.keys(await forwardedInit({ next: { revalidate: 5 } }) ?? {}), ['next', 'signal']);
  });

  it('has the length of fetch', () => {
    assert.equal(resilientFetch.length, 1);
    assert.equal(resilientFetch.with({}).length, 1);
  });

  it('sends no request if the signal is already aborted', async () => {
    const fetch = scriptedFetch([200], new FakeClock());

    await assert.rejects(resilientFetch(url, { fetch, signal: AbortSignal.abort('stop') }), (reason) => reason === 'stop');

    assert.deepEqual(fetch.times, []);
  });

  it('rejects with the reason if the signal is already aborted and fetch resolves', async () => {
    const response = new Response('late');

    await assert.rejects(resilientFetch(url, { fetch: async () => response, signal: AbortSignal.abort('stop') }), (reason) => reason === 'stop');

    assert.equal(response.bodyUsed, true);
  });

  for (const [name, fetch] of [
    ['rejects with another error', () => Promise.reject(new TypeError('fetch failed'))],
    ['never settles', () => new Promise<never>(() => {})],
  ] as const) {
    it(`rejects with the reason if the signal is already aborted and fetch ${name}`, async () => {
      await assert.rejects(resilientFetch(url, { fetch, signal: AbortSignal.abort('stop') }), (reason) => reason === 'stop');
    });
  }

  const used = new Request(url, { method: 'PUT', body: 'x' });
  void used.text();
  for (const [name, input] of [['a URL', '/relative'], ['a Request', used]] as const) {
    it(`rejects with the reason if the signal is already aborted and fetch accepts ${name} that the platform rejects`, async () => {
      const response = new Response('accepted');

      await assert.rejects(resilientFetch(input, { fetch: async () => response, signal: AbortSignal.abort('stop') }), (reason) => reason === 'stop');

      assert.equal(response.bodyUsed, true);
    });

    it(`rejects with the platform's error for ${name} that the platform rejects, even if the signal is already aborted`, async () => {
      await assert.rejects(resilientFetch(input, { signal: AbortSignal.abort('stop') }), { name: 'TypeError' });
    });
  }

  it('rejects with the error of fetch for an invalid signal', async () => {
    const fetch = scriptedFetch([200], new FakeClock());

    await assert.rejects(resilientFetch(url, { fetch, signal: 'stop' } as unknown as ResilientInit), { name: 'TypeError' });

    assert.deepEqual(fetch.times, []);
  });

  it('resolves with the response of fetch for an invalid signal', async () => {
    const response = new Response(null);

    assert.equal(await resilientFetch(url, { fetch: async () => response, signal: {} } as unknown as ResilientInit), response);
  });

  it('calls fetch without an init if there is none', async () => {
    const response = new Response(null);

    assert.equal(await resilientFetch.with({ retries: 0, timeout: Infinity, fetch: async () => response })(url), response);
  });

  it('limits the silence of a body to bodyTimeout', async () => {
    const clock = new FakeClock();
    const response = await resilientFetch(url, { clock, fetch: async () => new Response(new ReadableStream()), bodyTimeout: 100 });
    const rejection = assert.rejects(response.text(), { name: 'TimeoutError', scope: 'body' });

    await clock.advance(100);

    await rejection;
  });
});

describe('resilientFetch.with', () => {
  it('creates a copy with other defaults', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503], clock);

    const response = await resilientFetch.with({ clock, fetch, retries: 0 })(url);

    assert.equal(response.status, 503);
  });

  it('can be chained, with later options over earlier ones', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 503], clock);
    const api = resilientFetch.with({ clock, fetch, retries: 5, random: () => 0.5 }).with({ retries: 1 });

    const call = api(url);
    await clock.advance(10_000);

    assert.equal((await call).status, 503);
    assert.deepEqual(fetch.times, [0, 100]);
  });

  it('is overruled by the options of a call', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503], clock);

    await resilientFetch.with({ clock, fetch, retries: 5 })(url, { retries: 0 });

    assert.deepEqual(fetch.times, [0]);
  });

  it('does not change the original', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 503], clock);
    const api = resilientFetch.with({ clock, fetch, retries: 1, random: () => 0 });
    api.with({ retries: 0 });

    await api(url);

    assert.deepEqual(fetch.times, [0, 0]);
  });

  it('throws for an invalid option', () => {
    assert.throws(() => resilientFetch.with({ timeout: 0 }), { name: 'RangeError' });
  });

  it('throws for an unknown name', () => {
    assert.throws(() => resilientFetch.with({ retry: 5 } as ResilienceOptions), new TypeError("Unknown option 'retry': did you mean 'retries'?"));
  });
});
