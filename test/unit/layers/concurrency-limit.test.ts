import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttemptContext } from '../../../src/attempt-context.ts';
import { resilientFetch } from '../../../src/index.ts';
import { concurrencyLimit, rateGate, type ConcurrencyLimitOptions, type LayeredFetch } from '../../../src/layers/index.ts';
import { FakeClock, scriptedFetch, type ScriptedOutcome } from '../../../src/testing/index.ts';
import { createContext } from './context.ts';

const origin = 'http://users.test';

/** A limit around a fetch whose requests end when the test says so, in the order in which they were sent. */
function setUp(options: ConcurrencyLimitOptions) {
  const clock = new FakeClock({ turns: 2 });
  const sent: string[] = [];
  const requests: { resolve(response: Response): void; reject(error: unknown): void }[] = [];
  const limited: LayeredFetch = concurrencyLimit(options)((input, init) => new Promise((resolve, reject) => {
    sent.push(String(input).replace(`${origin}/`, ''));
    requests.push({ resolve, reject });
    init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
  }));
  const call = (url: string, signal: AbortSignal | null = null): Promise<Response> => {
    const absolute = url.includes(':') ? url : `${origin}/${url}`;
    const response = limited(absolute, { signal }, createContext(clock, { url: absolute }));
    response.catch(() => {});
    return response;
  };
  /** Ends the request that was sent first. */
  const end = async (outcome: number | Error = 200): Promise<void> => {
    const request = requests.shift();
    if (typeof outcome === 'number') request?.resolve(new Response('body', { status: outcome }));
    else request?.reject(outcome);
    await clock.settle();
  };
  return { clock, sent, call, end };
}

describe('concurrencyLimit', () => {
  it('sends at most max requests at once, and further ones in the order of their calls', async () => {
    const { sent, call, end } = setUp({ max: 2 });

    for (const name of 'abcde') void call(name);
    assert.deepEqual(sent.join(''), 'ab');

    for (const expected of ['abc', 'abcd', 'abcde', 'abcde']) {
      await end();
      assert.equal(sent.join(''), expected);
    }
  });

  it('sends at most max requests at once after earlier ones have ended', async () => {
    const { sent, call, end } = setUp({ max: 1 });

    for (const name of 'ab') {
      void call(name);
      await end();
    }
    for (const name of 'cd') void call(name);

    assert.equal(sent.join(''), 'abc');
  });

  it('counts a request until its headers arrive, not until its body ends', async () => {
    const { clock, sent, call, end } = setUp({ max: 1 });

    const response = call('a');
    void call('b');
    await end();

    assert.equal(sent.join(''), 'ab');
    assert.equal(await (await response).text(), 'body');
    assert.equal(clock.pending, 0);
  });

  it('lets no later call pass one that has been given a place', async () => {
    const { clock, sent, call, end } = setUp({ max: 1 });

    void call('a');
    void call('b');
    const ended = end();
    // In the microtasks between the end of one request and the sending of the next.
    for (const name of 'cde') {
      void call(name);
      await undefined;
    }
    await ended;
    await clock.settle();

    assert.equal(sent.join(''), 'ab');
  });

  it('gives the place to the next when a request is rejected', async () => {
    const { sent, call, end } = setUp({ max: 1 });

    const response = call('a');
    void call('b');
    await end(new TypeError('fetch failed'));

    await assert.rejects(response, new TypeError('fetch failed'));
    assert.equal(sent.join(''), 'ab');
  });

  it('gives the place to the next when fetch throws', async () => {
    let calls = 0;
    const limited = concurrencyLimit({ max: 1 })(() => {
      calls += 1;
      throw new Error(`broken ${calls}`);
    });

    const results = await Promise.allSettled([limited(origin), limited(origin), limited(origin)]);

    assert.deepEqual(results.map((result) => result.status === 'rejected' && String(result.reason)), ['Error: broken 1', 'Error: broken 2', 'Error: broken 3']);
  });

  it('limits each key alone', async () => {
    const { sent, call } = setUp({ max: 1 });

    for (const url of ['a', 'b', 'http://orders.test/', 'http://orders.test/2', 'https://users.test/']) void call(url);

    assert.deepEqual(sent, ['a', 'http://orders.test/', 'https://users.test/']);
  });

  it('takes the key from the URL', async () => {
    const { sent, call } = setUp({ max: 1, key: (url) => new URL(url).pathname });

    for (const url of ['a', 'http://orders.test/a', 'b']) void call(url);

    assert.deepEqual(sent, ['a', 'b']);
  });

  it('shares its places among all fetches that it wraps', async () => {
    const layer = concurrencyLimit({ max: 1 });
    const clock = new FakeClock();
    const [first, second] = [scriptedFetch(['hang'], clock), scriptedFetch([200], clock)];

    void layer(first)(origin);
    void layer(second)(origin);
    await clock.settle();

    assert.deepEqual([first.requests.length, second.requests.length], [1, 0]);
  });

  describe('with a signal', () => {
    it('rejects with its reason at once when it aborts in the queue, and leaves the others', async () => {
      const { sent, call, end } = setUp({ max: 1 });
      const controller = new AbortController();

      void call('a');
      const aborted = call('b', controller.signal);
      void call('c');
      void call('d');
      controller.abort('stop');

      await assert.rejects(aborted, (reason) => reason === 'stop');
      assert.equal(sent.join(''), 'a');
      await end();
      assert.equal(sent.join(''), 'ac');
      await end();
      assert.equal(sent.join(''), 'acd');
    });

    it('rejects all calls that share it', async () => {
      const { sent, call, end } = setUp({ max: 1 });
      const controller = new AbortController();

      const calls = ['a', 'b', 'c'].map((name) => call(name, controller.signal));
      controller.abort('stop');

      for (const aborted of calls) await assert.rejects(aborted, (reason) => reason === 'stop');
      void call('d');
      await end();
      assert.equal(sent.join(''), 'ad');
    });

    it('gives the place back when it aborts in flight', async () => {
      const { sent, call } = setUp({ max: 1 });
      const controller = new AbortController();

      const aborted = call('a', controller.signal);
      void call('b');
      controller.abort('stop');

      await assert.rejects(aborted, (reason) => reason === 'stop');
      assert.equal(sent.join(''), 'ab');
    });

    for (let delay = 0; delay < 8; delay += 1) {
      it(`gives the place on when it aborts ${delay} microtasks after a request has ended`, async () => {
        const { clock, sent, call, end } = setUp({ max: 1 });
        const controller = new AbortController();

        void call('a');
        const aborted = call('b', controller.signal);
        void call('c');
        const ended = end();
        for (let microtask = 0; microtask < delay; microtask += 1) await undefined;
        const isSent = sent.length === 2;
        controller.abort('stop');
        await ended;
        await clock.settle();

        await assert.rejects(aborted, (reason) => reason === 'stop');
        assert.equal(sent.join(''), isSent ? 'abc' : 'ac');
      });
    }

    it('sends nothing and takes no place if it has aborted before the call', async () => {
      const { sent, call } = setUp({ max: 1 });

      await assert.rejects(call('a', AbortSignal.abort('stop')), (reason) => reason === 'stop');
      void call('b');

      assert.deepEqual(sent, ['b']);
    });

    it('enters no queue if it has aborted before the call', async () => {
      const { sent, call, end } = setUp({ max: 1 });

      void call('a');
      await assert.rejects(call('b', AbortSignal.abort('stop')), (reason) => reason === 'stop');
      void call('c');
      void call('d');
      for (const expected of ['ac', 'acd']) {
        await end();
        assert.equal(sent.join(''), expected);
      }
    });

    it('adds no listener that stays', async () => {
      const { call, end } = setUp({ max: 1 });
      const { signal } = new AbortController();
      let listeners = 0;
      const { addEventListener, removeEventListener } = signal;
      signal.addEventListener = (...args: Parameters<typeof addEventListener>) => { listeners += 1; addEventListener.apply(signal, args); };
      signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => { listeners -= 1; removeEventListener.apply(signal, args); };

      void call('a');
      const waiting = call('b', signal);
      assert.equal(listeners, 1);
      await end();
      // The request of `b` has a listener of its own.
      assert.equal(listeners, 1);
      await end();

      assert.equal((await waiting).status, 200);
    });

    it('takes the place of no call if it is no signal', async () => {
      const { sent, call, end } = setUp({ max: 1 });

      void call('a');
      await assert.rejects(call('b', { aborted: false } as AbortSignal), TypeError);
      void call('c');
      await end();

      assert.deepEqual(sent, ['a', 'c']);
    });
  });

  it('rejects with what key throws, and takes no place', async () => {
    const { sent, call } = setUp({ max: 1, key: (url) => { if (url.endsWith('a')) throw new Error('broken key'); return 'all'; } });

    await assert.rejects(call('a'), { message: 'broken key', transient: false });
    void call('b');

    assert.deepEqual(sent, ['b']);
  });

  it('keeps 1,000 keys apart at a time, and lets further ones share a limit until that is idle', async () => {
    const { sent, call, end } = setUp({ max: 1 });
    const urls = Array.from({ length: 1_003 }, (_, index) => `http://host-${index}.test/`);

    for (const url of urls) void call(url);
    assert.deepEqual(sent, urls.slice(0, 1_001));

    // A key keeps its own limit, and the shared one stays full.
    await end();
    void call(urls[0] ?? '');
    assert.deepEqual(sent.slice(1_001), [urls[0]]);
    for (let request = 1; request < 1_001; request += 1) await end();
    assert.deepEqual(sent.slice(1_002), [urls[1_001]]);
    for (let request = 0; request < 3; request += 1) await end();
    assert.deepEqual(sent.slice(1_003), [urls[1_002]]);

    // All are idle, and so apart again.
    for (const url of urls.slice(1_000)) void call(url);
    assert.deepEqual(sent.slice(1_004), urls.slice(1_000));
  });

  it('keeps nothing of calls that aborted in the queue of a request that hangs', async () => {
    const { sent, call, end } = setUp({ max: 1 });

    void call('a');
    for (let index = 0; index < 2_000; index += 1) {
      const controller = new AbortController();
      void call('b', controller.signal);
      controller.abort();
    }
    void call('c');
    await end();

    assert.deepEqual(sent, ['a', 'c']);
  });

  it('passes the context of the attempt on', async () => {
    const context = createContext(new FakeClock());
    const contexts: (AttemptContext | undefined)[] = [];
    const limited = concurrencyLimit({ max: 1 })(((_input, _init, given) => {
      contexts.push(given);
      return Promise.resolve(new Response());
    }) as LayeredFetch);

    await limited(origin, {}, context);
    await limited(origin);

    assert.deepEqual([contexts[0], contexts[1]?.url], [context, origin]);
  });

  it('works around a whole resilientFetch, whose waits then take a place too', async () => {
    const clock = new FakeClock();
    const outcomes: ScriptedOutcome[] = [503, 200, 200];
    const fetch = scriptedFetch(outcomes, clock);
    const limited = concurrencyLimit({ max: 1 })(resilientFetch.with({ clock, fetch, random: () => 0.5 }));

    await clock.run(Promise.all([limited(origin), limited(origin)]));

    assert.deepEqual(fetch.times, [0, 100, 100]);
  });

  it('works inside another layer, whose waits then take no place', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([new Response(null, { status: 429, headers: { 'retry-after': '10' } }), 200, 200], clock);
    const [gate, limit] = [rateGate(), concurrencyLimit({ max: 1 })];
    const gated: LayeredFetch = gate(limit(fetch));
    const free: LayeredFetch = limit(fetch);
    const context = createContext(clock);

    await gated(origin, {}, context);
    const delayed = gated(origin, {}, context);
    await free(origin, {}, context);
    await clock.run(delayed);

    assert.deepEqual(fetch.times, [0, 0, 10_000]);
  });

  const invalid: [unknown, string][] = [
    [undefined, "TypeError: 'options' must be an object, not undefined"],
    [10, "TypeError: 'options' must be an object, not 10"],
    [{}, "TypeError: 'max' must be an integer >= 1, not undefined"],
    [{ max: '1' }, 'TypeError: \'max\' must be an integer >= 1, not "1"'],
    [{ max: 0 }, "RangeError: 'max' must be an integer >= 1, not 0"],
    [{ max: 1.5 }, "RangeError: 'max' must be an integer >= 1, not 1.5"],
    [{ max: Infinity }, "RangeError: 'max' must be an integer >= 1, not Infinity"],
    [{ max: NaN }, "RangeError: 'max' must be an integer >= 1, not NaN"],
    [{ max: 1, queue: 2 }, 'TypeError: \'options\' must be an object with no members but max, key, not "queue"'],
    [{ max: 1, key: null }, "TypeError: 'key' must be a function, not null"],
  ];
  for (const [options, expected] of invalid) {
    it(`throws ${expected}`, () => {
      assert.throws(() => concurrencyLimit(options as ConcurrencyLimitOptions), (error) => String(error) === expected);
    });
  }
});
