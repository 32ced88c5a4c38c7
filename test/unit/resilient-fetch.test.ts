import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, TimeoutError, type ResilienceOptions, type ResilientInit } from '../../src/index.ts';
import { FakeClock, scriptedFetch } from '../../src/testing/index.ts';

const url = 'http://users.test/1';

/** What is left of its arguments for the fetch beneath. */
async function passedOn(init: unknown, options: ResilienceOptions = {}): Promise<RequestInit | undefined> {
  const seen: (RequestInit | undefined)[] = [];
  const fetch: ResilienceOptions['fetch'] = async (_input, given) => {
    seen.push(given);
    return new Response(null);
  };
  await resilientFetch.with({ fetch, ...options })(url, init as ResilientInit);
  return seen[0];
}

describe('how it works', () => {
  it('makes an attempt by fetch itself, and cuts it when its headers take longer than timeout', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch(['hang'], clock);
    const call = resilientFetch(url, { clock, fetch, timeout: 3_000, retries: 0 });
    const rejection = assert.rejects(call, (error) => error instanceof TimeoutError && error.scope === 'attempt');

    await clock.advance(3_000);

    await rejection;
    assert.deepEqual(fetch.times, [0]);
  });

  it("hands over a good answer at once: the platform's own Response, untouched", async () => {
    const clock = new FakeClock();
    const response = new Response('hello');

    assert.equal(await resilientFetch(url, { clock, fetch: scriptedFetch([response], clock) }), response);

    assert.equal(response.bodyUsed, false);
    assert.equal(clock.pending, 0);
  });

  it('tries again what failed in passing and may be repeated, after a growing wait or what Retry-After asks for', async () => {
    const clock = new FakeClock();
    const busy = new Response(null, { status: 503, headers: { 'retry-after': '5' } });
    const fetch = scriptedFetch([new TypeError('reset'), 502, busy, 200], clock);
    const call = resilientFetch(url, { clock, fetch, random: () => 0.5 });

    await clock.advance(60_000);

    assert.equal((await call).status, 200);
    assert.deepEqual(fetch.times, [0, 100, 300, 5_925]);
  });

  it('hands over the last answer as it is when no retry is left, or none can come in time', async () => {
    const clock = new FakeClock();
    const [spent, late] = [new Response('spent', { status: 503 }), new Response('late', { status: 503, headers: { 'retry-after': '61' } })];

    assert.equal(await resilientFetch(url, { clock, fetch: scriptedFetch([spent], clock), retries: 0 }), spent);
    assert.equal(await resilientFetch(url, { clock, fetch: scriptedFetch([late], clock) }), late);

    assert.deepEqual([spent, late].flatMap(failuresOf).map(({ stopped }) => stopped), ['retries-spent', 'retry-after-too-long']);
  });

  it("ends at once with the caller's own reason when the signal aborts, and leaves nothing behind", async () => {
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

describe('the waits that the documentation shows', () => {
  const rows: [NonNullable<ResilienceOptions['backoff']>, number[]][] = [
    [{ jitter: 'none' }, [200, 400, 800, 1_600]],
    [{ jitter: 'full' }, [100, 200, 400, 800]],
    [{ jitter: 'equal' }, [150, 300, 600, 1_200]],
    [{ jitter: 'decorrelated' }, [400, 700, 1_150, 1_825]],
    [{ base: 1_000, max: 3_000, jitter: 'none' }, [1_000, 2_000, 3_000, 3_000]],
  ];
  for (const [backoff, expected] of rows) {
    it(`are ${expected.join(', ')} ms for ${JSON.stringify(backoff)}, where chance is 0.5`, async () => {
      const clock = new FakeClock();
      const fetch = scriptedFetch([503, 503, 503, 503, 200], clock);
      const call = resilientFetch(url, { clock, fetch, random: () => 0.5, retries: 4, backoff });

      await clock.advance(60_000);

      assert.deepEqual(failuresOf(await call).map(({ delay }) => delay), expected);
    });
  }
});

describe('resilientFetch', () => {
  it('takes off its own options, and passes everything else on', async () => {
    const init = { method: 'PUT', dispatcher: 'd', cf: {}, retryOptions: 5, retries: 1, timeout: 5, onFailure: undefined };

    const { signal, ...rest } = { ...await passedOn(init) };

    assert.deepEqual(rest, { method: 'PUT', dispatcher: 'd', cf: init.cf, retryOptions: 5 });
    assert.ok(signal instanceof AbortSignal);
  });

  it('is fetch itself where there is nothing to do, to the very promise', async () => {
    const api = resilientFetch.with({ retries: 0, timeout: Infinity });
    const answer = Promise.resolve(new Response(null, { status: 503 }));
    const seen: unknown[][] = [];
    const fetch = (...given: unknown[]): Promise<Response> => {
      seen.push(given);
      return answer;
    };
    const init = { method: 'PUT' };

    const answers = [api.with({ fetch })(url, init), api(url, { ...init, fetch })];

    assert.deepEqual(answers.map((one) => one === answer), [true, true]);
    assert.equal(seen[0]?.[1], init);
    assert.deepEqual(seen, [[url, init], [url, init]]);
    assert.deepEqual(failuresOf(await answer), []);
  });

  it('makes a body where there is nothing else to do', async () => {
    const fetch = scriptedFetch([200], new FakeClock());

    await resilientFetch(url, { fetch, retries: 0, timeout: Infinity, method: 'PUT', body: () => 'made' });

    assert.equal(await fetch.requests[0]?.request.text(), 'made');
  });

  it('passes init on as it is where there is nothing to add', async () => {
    const init = { method: 'PUT' };

    assert.equal(await passedOn(init, { timeout: Infinity }), init);
  });

  it('counts options that init inherits', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503], clock);
    const init = Object.create({ retries: 0, clock, fetch }) as ResilientInit;

    assert.equal((await resilientFetch(url, init)).status, 503);
  });

  it('counts options that are accessors of a class', async () => {
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

  it('takes a Request as init', async () => {
    const init = await passedOn(new Request(url, { method: 'DELETE', headers: { a: 'b' } }));

    assert.equal(init?.method, 'DELETE');
    assert.equal(new Headers(init?.headers).get('a'), 'b');
  });

  it('takes null as init', async () => {
    assert.deepEqual(Object.keys(await passedOn(null) ?? {}), ['signal']);
  });

  it('makes no attempt with itself, where a client hands it its own settings as init', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 503, 503, 503], clock);
    const api = resilientFetch.with({ clock, fetch, retries: 1, random: () => 0.5 });
    const call = api(url, { fetch: api });

    await clock.advance(60_000);

    assert.equal((await call).status, 503);
    assert.deepEqual(fetch.times, [0, 100]);
  });

  it('rejects for an option that it cannot use, before anything is sent', async () => {
    const fetch = scriptedFetch([200], new FakeClock());

    await assert.rejects(resilientFetch(url, { fetch, retries: -1 }), {
      name: 'RangeError',
      message: "'retries' must be an integer >= 0 or Infinity, not -1",
    });

    assert.deepEqual(fetch.times, []);
  });

  it('leaves unknown names to the platform', async () => {
    assert.deepEqual(Object.keys(await passedOn({ retry: 5 }) ?? {}), ['retry', 'signal']);
  });

  it('has the length of fetch', () => {
    assert.equal(resilientFetch.length, 1);
    assert.equal(resilientFetch.with({}).length, 1);
  });

  it('sends nothing where the signal has aborted', async () => {
    const fetch = scriptedFetch([200], new FakeClock());

    await assert.rejects(resilientFetch(url, { fetch, signal: AbortSignal.abort('stop') }), (reason) => reason === 'stop');

    assert.deepEqual(fetch.times, []);
  });

  it('rejects with the reason where the signal has aborted and fetch answers all the same', async () => {
    const response = new Response('late');

    await assert.rejects(resilientFetch(url, { fetch: async () => response, signal: AbortSignal.abort('stop') }), (reason) => reason === 'stop');

    assert.equal(response.bodyUsed, true);
  });

  for (const [name, fetch] of [
    ['fails in its own way', () => Promise.reject(new TypeError('fetch failed'))],
    ['never settles', () => new Promise<never>(() => {})],
  ] as const) {
    it(`rejects with the reason where the signal has aborted and fetch ${name}`, async () => {
      await assert.rejects(resilientFetch(url, { fetch, signal: AbortSignal.abort('stop') }), (reason) => reason === 'stop');
    });
  }

  const used = new Request(url, { method: 'PUT', body: 'x' });
  void used.text();
  for (const [name, input] of [['arguments', '/relative'], ['a Request', used]] as const) {
    it(`rejects with the reason where the signal has aborted and fetch takes ${name} that the platform refuses`, async () => {
      const response = new Response('taken');

      await assert.rejects(resilientFetch(input, { fetch: async () => response, signal: AbortSignal.abort('stop') }), (reason) => reason === 'stop');

      assert.equal(response.bodyUsed, true);
    });

    it(`leaves ${name} that the platform refuses to its own error, though the signal has aborted`, async () => {
      await assert.rejects(resilientFetch(input, { signal: AbortSignal.abort('stop') }), { name: 'TypeError' });
    });
  }

  it('leaves a signal that is none to fetch', async () => {
    const fetch = scriptedFetch([200], new FakeClock());

    await assert.rejects(resilientFetch(url, { fetch, signal: 'stop' } as unknown as ResilientInit), { name: 'TypeError' });

    assert.deepEqual(fetch.times, []);
  });

  it('hands over what a fetch makes of a signal that is none', async () => {
    const response = new Response(null);

    assert.equal(await resilientFetch(url, { fetch: async () => response, signal: {} } as unknown as ResilientInit), response);
  });
});

describe('resilientFetch.with', () => {
  it('gives a copy with other defaults', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503], clock);

    const response = await resilientFetch.with({ clock, fetch, retries: 0 })(url);

    assert.equal(response.status, 503);
  });

  it('can be chained, the later over the earlier', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 503], clock);
    const api = resilientFetch.with({ clock, fetch, retries: 5, random: () => 0.5 }).with({ retries: 1 });

    const call = api(url);
    await clock.advance(10_000);

    assert.equal((await call).status, 503);
    assert.deepEqual(fetch.times, [0, 100]);
  });

  it("lets a call's own options go over its defaults", async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503], clock);

    await resilientFetch.with({ clock, fetch, retries: 5 })(url, { retries: 0 });

    assert.deepEqual(fetch.times, [0]);
  });

  it('leaves the one it was taken from as it is', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 503], clock);
    const api = resilientFetch.with({ clock, fetch, retries: 1, random: () => 0 });
    api.with({ retries: 0 });

    await api(url);

    assert.deepEqual(fetch.times, [0, 0]);
  });

  it('throws for an option that it cannot use', () => {
    assert.throws(() => resilientFetch.with({ timeout: 0 }), { name: 'RangeError' });
  });

  it('throws for an unknown name', () => {
    assert.throws(() => resilientFetch.with({ retry: 5 } as ResilienceOptions), { name: 'TypeError' });
  });
});
