import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttemptContext } from '../../../src/attempt-context.ts';
import { resilientFetch, TimeoutError } from '../../../src/index.ts';
import { rateGate, type LayeredFetch, type RateGateOptions } from '../../../src/layers/index.ts';
import { FakeClock, scriptedFetch, seededRandom, type ScriptedOutcome } from '../../../src/testing/index.ts';
import { createContext } from './context.ts';

const origin = 'http://users.test';

const refusal = (headers: Record<string, string>, status = 429): Response => new Response('wait', { status, headers });

const wait = (seconds: number): Response => refusal({ 'retry-after': String(seconds) });

/** A gate around a script, in virtual time. */
function setUp(outcomes: readonly ScriptedOutcome[], options?: RateGateOptions) {
  const clock = new FakeClock({ turns: 2 });
  const fetch = scriptedFetch(outcomes, clock);
  const gated: LayeredFetch = rateGate(options)(fetch);
  const call = (path = '/1', members: Partial<AttemptContext> = {}, signal: AbortSignal | null = null): Promise<Response> => {
    const url = path.startsWith('http') ? path : origin + path;
    return gated(url, { signal }, createContext(clock, { url, ...members }));
  };
  return { clock, fetch, gated, call };
}

/** Calls the function at a moment of virtual time. */
const at = (clock: FakeClock, ms: number, callback: () => void): void => void clock.setTimeout(callback, ms - clock.now());

describe('rateGate', () => {
  for (const status of [429, 503]) {
    it(`delays each call of a key until the moment that a ${status} names`, async () => {
      const { clock, fetch, call } = setUp([refusal({ 'retry-after': '10' }, status), 200, 200, 200]);

      await call();
      at(clock, 4_000, () => void call());
      at(clock, 9_999, () => void call('/2'));
      at(clock, 10_000, () => void call('/3'));
      await clock.advance(10_000);

      assert.deepEqual(fetch.times, [0, 10_000, 10_000, 10_000]);
      assert.equal(clock.pending, 0);
    });
  }

  it('sends the delayed calls at random times over the following quarter of the wait', async () => {
    const { clock, fetch, call } = setUp([wait(10), 200, 200, 200]);

    await call();
    for (const drawn of [0.8, 0, 0.4]) void call('/1', { random: () => drawn });
    await clock.advance(20_000);

    assert.deepEqual(fetch.times, [0, 10_000, 11_000, 12_000]);
  });

  it('takes the spread as a share of the wait', async () => {
    const { clock, fetch, call } = setUp([wait(10), 200], { spread: 1 });

    await call();
    void call('/1', { random: () => 0.5 });
    await clock.advance(20_000);

    assert.deepEqual(fetch.times, [0, 15_000]);
  });

  it('reads the wait as the context says', async () => {
    const { clock, fetch, call } = setUp([refusal({ 'x-wait': '3' }), 200]);

    await call('/1', { retryAfter: async (response) => Number(response.headers.get('x-wait')) * 1_000 });
    void call();
    await clock.advance(5_000);

    assert.deepEqual(fetch.times, [0, 3_000]);
  });

  it('returns the very response of the server', async () => {
    const [first, second] = [wait(1), new Response('body')];
    const { clock, call } = setUp([first, second]);

    assert.equal(await call(), first);
    assert.equal(await clock.run(call()), second);
  });

  const harmless: [string, Response, RateGateOptions?, Partial<AttemptContext>?][] = [
    ['a 429 without a wait', refusal({})],
    ['a 429 whose wait cannot be read', refusal({ 'retry-after': 'soon' })],
    ['a 429 with a wait of 0', wait(0)],
    ['a 429 with a wait above max', wait(61)],
    ['a 503 with a wait above max', refusal({ 'retry-after': '2' }, 503), { max: 1_999 }],
    ['a 429 with a wait that has no end', wait(1), { max: Number.MAX_VALUE }, { retryAfter: () => Infinity }],
    ['a 429 with a max of 0', wait(1), { max: 0 }],
    ['a 500 with a wait', refusal({ 'retry-after': '10' }, 500)],
    ['a 200 with a wait', refusal({ 'retry-after': '10' }, 200)],
    ['a reader that returns NaN', wait(1), {}, { retryAfter: () => NaN }],
    ['a reader that returns a negative number', wait(1), {}, { retryAfter: () => -1 }],
  ];
  for (const [name, response, options, members] of harmless) {
    it(`delays nobody after ${name}`, async () => {
      const { fetch, call } = setUp([response, 200], options);

      await call('/1', members);
      await call();

      assert.deepEqual(fetch.times, [0, 0]);
    });
  }

  it('obeys a wait of exactly max', async () => {
    const { clock, fetch, call } = setUp([wait(60), 200]);

    await call();
    await clock.run(call());

    assert.deepEqual(fetch.times, [0, 60_000]);
  });

  it('passes a result of undefined on, which a mock fetch may have', async () => {
    const gated = rateGate()(async () => undefined as unknown as Response);

    assert.equal(await gated(origin), undefined);
  });

  it('delays waiting calls for longer when a later response names a later moment', async () => {
    const { clock, fetch, call } = setUp([{ after: 5_000, outcome: wait(20) }, wait(10), 200, 200]);

    void call();
    void call();
    at(clock, 1_000, () => void call());
    at(clock, 6_000, () => void call());
    await clock.advance(30_000);

    assert.deepEqual(fetch.times, [0, 0, 25_000, 25_000]);
  });

  it('stops the calls that are being spread when another response names a wait', async () => {
    const { clock, fetch, call } = setUp([wait(10), wait(10), 200]);

    await call();
    for (const drawn of [0.1, 0.2]) void call('/1', { random: () => drawn });
    await clock.advance(30_000);

    assert.deepEqual(fetch.times, [0, 10_250, 20_750]);
  });

  it('keeps a moment when a later response names an earlier one', async () => {
    const { clock, fetch, call } = setUp([{ after: 5_000, outcome: wait(1) }, wait(10), 200]);

    void call();
    void call();
    at(clock, 5_500, () => void call());
    await clock.advance(30_000);

    assert.deepEqual(fetch.times, [0, 0, 10_000]);
  });

  it('measures the wait from the response, however long its reader takes', async () => {
    const { clock, fetch, call } = setUp([wait(10), 200]);

    void call('/1', { retryAfter: () => new Promise((resolve) => at(clock, 4_000, () => resolve(10_000))) });
    at(clock, 4_001, () => void call());
    await clock.advance(30_000);

    assert.deepEqual(fetch.times, [0, 10_000]);
  });

  it('sends no request before the moment if the timers of the clock fire early', async () => {
    const { clock, fetch, call } = setUp([wait(10), 200]);
    const early = { now: () => clock.now(), date: () => clock.date(), clearTimeout: () => {}, setTimeout: (callback: () => void, ms: number) => clock.setTimeout(callback, ms > 1 ? ms - 1 : ms) };

    await call();
    void call('/1', { clock: early, random: () => 0.4 });
    await clock.advance(30_000);

    assert.deepEqual(fetch.times, [0, 11_000]);
  });

  it('draws the time of a call once for each moment, even if its timer fires early', async () => {
    const { clock, fetch, call } = setUp([wait(10), 200]);
    const early = { now: () => clock.now(), date: () => clock.date(), clearTimeout: () => {}, setTimeout: (callback: () => void, ms: number) => clock.setTimeout(callback, Math.ceil(ms / 2)) };
    const drawn = [0.4, 0.8];

    await call();
    void call('/1', { clock: early, random: () => drawn.shift() ?? 1 });
    await clock.advance(30_000);

    assert.deepEqual([fetch.times, drawn], [[0, 11_000], [0.8]]);
  });

  it('sends a call at once that comes while others are being spread', async () => {
    const { clock, fetch, call } = setUp([wait(10), 200]);

    await call();
    at(clock, 10_001, () => void call('/1', { random: () => 0.5 }));
    await clock.advance(10_001);

    assert.deepEqual(fetch.times, [0, 10_001]);
  });

  it('never delays another key', async () => {
    const { fetch, call } = setUp([wait(10), 200, 200]);

    await call();
    await call('http://orders.test/1');
    await call('https://users.test/1');

    assert.deepEqual(fetch.times, [0, 0, 0]);
  });

  it('takes the key from the URL', async () => {
    const { clock, fetch, call } = setUp([wait(10), 200, 200], { key: (url) => new URL(url).pathname });

    await call('/1');
    void call('http://orders.test/1');
    await call('/2');
    await clock.advance(20_000);

    assert.deepEqual(fetch.requests.map(({ at, request }) => [at, request.url]).slice(1), [[0, `${origin}/2`], [10_000, 'http://orders.test/1']]);
  });

  it('delays the calls of the server that a redirect led to, not those of the first', async () => {
    const redirected = Object.defineProperties(wait(10), { redirected: { value: true }, url: { value: 'http://orders.test/2?token=1' } });
    const keys: string[] = [];
    const { clock, fetch, call } = setUp([redirected, 200, 200], { key: (url) => { keys.push(url); return new URL(url).origin; } });

    await call();
    await call();
    void call('http://orders.test/1');
    await clock.advance(20_000);

    assert.deepEqual(fetch.times, [0, 0, 10_000]);
    assert.equal(keys[1], 'http://orders.test/2');
  });

  it('has a gate for each layer that is created, and one for all calls through it', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([wait(10), 200, 200], clock);
    const layer = rateGate();
    const context = createContext(clock);

    await layer(fetch)(origin, {}, context);
    void layer(fetch)(origin, {}, context);
    await rateGate()(fetch)(origin, {}, context);
    await clock.advance(20_000);

    assert.deepEqual(fetch.times, [0, 0, 10_000]);
  });

  it('has no timer while nobody waits', async () => {
    const { clock, call } = setUp([wait(10)]);

    await call();

    assert.equal(clock.pending, 0);
  });

  describe('with a signal', () => {
    it('rejects with its reason at once when it aborts during the wait, and leaves the others', async () => {
      const { clock, fetch, call } = setUp([wait(10), 200]);
      const controller = new AbortController();

      await call();
      const aborted = call('/1', {}, controller.signal);
      void call('/2');
      at(clock, 3_000, () => controller.abort('stop'));

      await assert.rejects(clock.run(aborted), (reason) => reason === 'stop');
      assert.deepEqual([clock.now(), clock.pending], [3_000, 1]);
      await clock.advance(20_000);
      assert.deepEqual(fetch.times, [0, 10_000]);
    });

    it("takes the Request's", async () => {
      const { clock, gated, call } = setUp([wait(10)]);

      await call();
      const request = new Request(origin, { signal: AbortSignal.abort('stop') });

      await assert.rejects(gated(request, undefined, createContext(clock)), (reason) => reason === 'stop');
    });

    it('rejects when it aborts while the wait is read, and discards the response', async () => {
      const response = wait(10);
      const { clock, call } = setUp([response]);
      const controller = new AbortController();
      const failed = new Promise<number>((_, reject) => at(clock, 2_000, () => reject(new Error('late'))));

      const aborted = call('/1', { retryAfter: () => failed }, controller.signal);
      const reason = new Error('stop');
      at(clock, 1_000, () => controller.abort(reason));

      await assert.rejects(clock.run(aborted), (error) => error === reason);
      assert.equal(clock.now(), 1_000);
      assert.equal(response.bodyUsed, true);
      // The reason is the caller's object, which stays as it is.
      assert.deepEqual(Object.keys(reason), []);
      await clock.advance(2_000);
    });

    it('does nothing when it aborts later', async () => {
      const { clock, fetch, call } = setUp([wait(10), 200]);
      const controller = new AbortController();

      await call();
      const response = await clock.run(call('/1', {}, controller.signal));
      controller.abort();

      assert.equal(response.status, 200);
      assert.deepEqual(fetch.times, [0, 10_000]);
    });
  });

  describe('with a total timeout', () => {
    it('rejects at once if the wait would end after it', async () => {
      const { clock, fetch, call } = setUp([wait(10), 200]);

      await call();
      const rejected = call('/1', { elapsed: 1_000, left: 10_000, url: `${origin}/1` });

      await assert.rejects(rejected, (error: TimeoutError & { transient?: boolean }) => {
        assert.ok(error instanceof TimeoutError);
        assert.deepEqual([error.scope, error.timeout, error.transient], ['total', 11_000, false]);
        assert.equal(error.message, `GET ${origin}/1: not complete within 11000 ms`);
        return true;
      });
      assert.equal(clock.pending, 0);
      assert.deepEqual(fetch.times, [0]);
    });

    it('counts the spread', async () => {
      const { call } = setUp([wait(10), 200]);

      await call();

      await assert.rejects(call('/1', { left: 12_000, random: () => 0.9 }), TimeoutError);
    });

    it('waits if the wait ends before it', async () => {
      const { clock, fetch, call } = setUp([wait(10), 200]);

      await call();
      await clock.run(call('/1', { left: 10_001 }));

      assert.deepEqual(fetch.times, [0, 10_000]);
    });

    it('rejects when a wait is extended beyond it', async () => {
      const { clock, fetch, call } = setUp([{ after: 5_000, outcome: wait(20) }, wait(10)]);

      void call();
      await call();
      const rejected = call('/1', { left: 20_000 });

      await assert.rejects(clock.run(rejected), TimeoutError);
      assert.deepEqual([clock.now(), fetch.times], [10_000, [0, 0]]);
    });
  });

  describe('with a function that throws', () => {
    it('rejects with what key throws, before the request, and works again', async () => {
      let isBroken = true;
      const { clock, fetch, call } = setUp([200], { key: () => { if (isBroken) throw new Error('broken key'); return 'all'; } });

      await assert.rejects(call(), { message: 'broken key', transient: false });
      assert.deepEqual([fetch.times, clock.pending], [[], 0]);
      isBroken = false;
      assert.equal((await call()).status, 200);
    });

    it('rejects with what key throws for the end of a redirect, and discards the response', async () => {
      const response = Object.defineProperties(wait(10), { redirected: { value: true }, url: { value: 'http://orders.test/' } });
      const { call } = setUp([response], { key: (url) => { if (url.includes('orders')) throw new Error('broken key'); return url; } });

      await assert.rejects(call(), /^Error: broken key$/);
      assert.equal(response.bodyUsed, true);
    });

    for (const [name, retryAfter] of [
      ['throws', () => { throw new Error('broken reader'); }],
      ['rejects with', () => Promise.reject(new Error('broken reader'))],
    ] as const) {
      it(`rejects with what the reader of the wait ${name}, and discards the response`, async () => {
        const response = wait(10);
        const { fetch, call } = setUp([response, 200]);

        await assert.rejects(call('/1', { retryAfter }), { message: 'broken reader', transient: false });
        assert.equal(response.bodyUsed, true);
        await call();
        assert.deepEqual(fetch.times, [0, 0]);
      });
    }

    it('rejects with what fetch throws', async () => {
      const gated = rateGate()(() => { throw new Error('broken fetch'); });

      await assert.rejects(gated(origin), /^Error: broken fetch$/);
    });
  });

  describe('with many keys', () => {
    const hosts = Array.from({ length: 1_001 }, (_, index) => `http://host-${index}.test/`);

    it('keeps 1,000 apart, and lets further ones share a gate until that opens', async () => {
      const { clock, fetch, call } = setUp([...hosts.map(() => wait(10)), 200, 200, 200]);

      for (const host of hosts) await call(host);
      const share = call('http://other.test/');
      await clock.advance(9_999);
      assert.equal(fetch.requests.length, 1_001);
      assert.equal(clock.pending, 1);
      await clock.advance(1);

      assert.equal((await share).status, 200);
    });

    it('keeps keys apart again after the waits of others have ended', async () => {
      const { clock, fetch, call } = setUp([...hosts.map(() => wait(10)), wait(10), 200]);

      for (const host of hosts) await call(host);
      await clock.advance(10_000);
      await call('http://other.test/');
      await call('http://another.test/');

      assert.deepEqual(fetch.times.slice(1_001), [10_000, 10_000]);
    });
  });

  describe('around a plain fetch', () => {
    it('passes a context of the platform on, so that each call of it is a first attempt', async () => {
      let context: AttemptContext | undefined;
      const gated = rateGate()(((_input, _init, given) => {
        context = given;
        return Promise.resolve(new Response('ok'));
      }) as LayeredFetch);

      const response = await gated(`${origin}/1?token=1`, { method: 'post' });

      assert.equal(await response.text(), 'ok');
      assert.deepEqual([context?.attempt, context?.method, context?.url], [1, 'POST', `${origin}/1`]);
    });

    it('passes the context of an attempt on to the layers within', async () => {
      const contexts: (AttemptContext | undefined)[] = [];
      const context = createContext(new FakeClock());
      const gated = rateGate()(((_input, _init, given) => {
        contexts.push(given);
        return Promise.resolve(new Response());
      }) as LayeredFetch);

      await gated(origin, {}, context);

      assert.deepEqual(contexts, [context]);
    });
  });

  it('works around a whole resilientFetch', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 200, wait(10), 200], clock);
    const gated: LayeredFetch = rateGate()(resilientFetch.with({ clock, fetch, random: () => 0.5, retries: 1, maxRetryAfter: 0 }));
    const context = createContext(clock);

    await clock.run(gated(origin, {}, context));
    const refused = await gated(origin, {}, context);
    await clock.run(gated(origin, {}, context));

    assert.equal(refused.status, 429);
    assert.deepEqual(fetch.times, [0, 100, 100, 10_100]);
  });

  it('lets all of 300 calls at five times a quota end well, with few refusals', async () => {
    const clock = new FakeClock({ turns: 1 });
    const random = seededRandom(1);
    const requests = { allowed: 0, refused: 0 };
    const used = new Map<number, number>();
    // 20 requests in each window of 10 s.
    const server = async (): Promise<Response> => {
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 50));
      const window = Math.floor(clock.now() / 10_000);
      used.set(window, (used.get(window) ?? 0) + 1);
      const isAllowed = (used.get(window) ?? 0) <= 20;
      requests[isAllowed ? 'allowed' : 'refused'] += 1;
      return isAllowed ? new Response() : wait(Math.ceil(((window + 1) * 10_000 - clock.now()) / 1_000));
    };
    const gated: LayeredFetch = rateGate()(server);
    const client = resilientFetch.with({ clock, random, timeout: Infinity, fetch: (input, init) => gated(input, init, createContext(clock, { random })) });

    const calls = Array.from({ length: 300 }, async (_, index) => {
      await new Promise<void>((resolve) => clock.setTimeout(resolve, index * 100));
      return client(origin);
    });
    const responses = await clock.run(Promise.all(calls));

    assert.equal(responses.filter(({ ok }) => ok).length, 300);
    assert.equal(requests.allowed, 300);
    assert.ok(requests.refused <= 70, `${requests.refused} refused`);
  });

  const invalid: [unknown, string][] = [
    [null, "TypeError: 'options' must be an object, not null"],
    [() => {}, "TypeError: 'options' must be an object, not [object Function]"],
    [{ maximum: 1 }, 'TypeError: \'options\' must be an object with no members but max, spread, key, not "maximum"'],
    [{ max: '1' }, 'TypeError: \'max\' must be a finite number of milliseconds >= 0, not "1"'],
    [{ max: -1 }, "RangeError: 'max' must be a finite number of milliseconds >= 0, not -1"],
    [{ max: Infinity }, "RangeError: 'max' must be a finite number of milliseconds >= 0, not Infinity"],
    [{ max: NaN }, "RangeError: 'max' must be a finite number of milliseconds >= 0, not NaN"],
    [{ spread: 1.1 }, "RangeError: 'spread' must be a number from 0 to 1, not 1.1"],
    [{ spread: null }, "TypeError: 'spread' must be a number from 0 to 1, not null"],
    [{ key: 'origin' }, 'TypeError: \'key\' must be a function, not "origin"'],
  ];
  for (const [options, expected] of invalid) {
    it(`throws ${expected}`, () => {
      assert.throws(() => rateGate(options as RateGateOptions), (error) => String(error) === expected);
    });
  }

  it('takes undefined as absent', () => {
    rateGate({ max: undefined, spread: undefined, key: undefined });
  });
});
