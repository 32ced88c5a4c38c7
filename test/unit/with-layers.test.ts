import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { contextOf, type AttemptContext, type Layer } from '../../src/attempt-context.ts';
import { failuresOf, resilientFetch, retryAfterOf, TimeoutError, type Fetch } from '../../src/index.ts';
import { FakeClock, scriptedFetch } from '../../src/testing/index.ts';
import { respond, statusOf, trace, url } from './trace.ts';

/** A layer that records when it is entered and left. */
const recordTo = (events: string[], name: string): Layer => (next) => async (input, init, context) => {
  events.push(`> ${name}`);
  const response = await next(input, init, context);
  events.push(`< ${name}`);
  return response;
};

/** A layer that waits before it sends the attempt. */
const waitFor = (ms: number, clock: FakeClock): Layer => (next) => async (input, init, context) => {
  await new Promise<void>((resolve) => void clock.setTimeout(resolve, ms));
  return next(input, init, context);
};

describe('layers', () => {
  it('run for each attempt, the first outermost', async () => {
    const events: string[] = [];
    const { times } = await trace([503, 200], { layers: [recordTo(events, 'a'), recordTo(events, 'b')] });

    assert.deepEqual(times, [0, 100]);
    assert.deepEqual(events, ['> a', '> b', '< b', '< a', '> a', '> b', '< b', '< a']);
  });

  it('of with() and of a call are added inside the current ones', async () => {
    const events: string[] = [];
    const fetch = scriptedFetch([200], new FakeClock());
    const api = resilientFetch.with({ layers: [recordTo(events, 'a')] }).with({ layers: [recordTo(events, 'b')], fetch });

    await api(url, { layers: [recordTo(events, 'c')] });

    assert.deepEqual(events, ['> a', '> b', '> c', '< c', '< b', '< a']);
  });

  it('run where nothing else is on', async () => {
    const events: string[] = [];

    await trace([200], { retries: 0, timeout: false, layers: [recordTo(events, 'a')] });

    assert.deepEqual(events, ['> a', '< a']);
  });

  it('are removed by null', async () => {
    const events: string[] = [];
    const api = resilientFetch.with({ layers: [recordTo(events, 'a')], fetch: scriptedFetch([200, 200], new FakeClock()) });

    await api(url, { layers: null });
    await api.with({ layers: null })(url);

    assert.deepEqual(events, []);
  });

  it('wrap a fetch once for each copy, whatever options a call has', async () => {
    let wraps = 0;
    const layer: Layer = (next) => {
      wraps += 1;
      return next;
    };
    const clock = new FakeClock();
    const api = resilientFetch.with({ layers: [layer], clock, fetch: scriptedFetch([200, 200, 'hang'], clock) });

    await api(url);
    await api(url, { timeout: 5 });
    await assert.rejects(clock.run(api(url, { timeout: 7, retries: 0 })), { name: 'TimeoutError', timeout: 7 });

    assert.equal(wraps, 1);
  });

  it('of a call wrap a fetch once for all its attempts', async () => {
    let wraps = 0;
    const layer: Layer = (next) => {
      wraps += 1;
      let attempts = 0;
      return async (input, init) => next(input, { ...init, headers: { 'x-attempt': String(attempts += 1) } });
    };
    const { fetch } = await trace([503, 503, 200], { layers: [layer] });

    assert.equal(wraps, 1);
    assert.deepEqual(fetch.requests.map(({ request }) => request.headers.get('x-attempt')), ['1', '2', '3']);
  });

  it('of a call that throw when they wrap reject the call, send nothing, and leave no listener', async () => {
    const { signal } = new AbortController();
    const { result, times } = await trace([], { signal, layers: [() => { throw new Error('broken'); }] });

    assert.deepEqual([String(result), times], ['Error: broken', []]);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('of a call name the attempt in its timeout, even where they drop the context', async () => {
    const dropContext: Layer = (next) => async (input, init) => next(input, init);
    const replaceContext: Layer = (next) => async (input, init, context) => next(input, init, context && { ...context });
    for (const layer of [dropContext, replaceContext]) {
      const { result } = await trace([503, 'hang'], { layers: [layer], retries: 1, timeout: 50 });

      assert.match(String(result), /within 50 ms \(attempt 2 of 2\)$/);
    }
  });

  it('of a call get the context that a shared layer drops', async () => {
    const attempts: (number | undefined)[] = [];
    const clock = new FakeClock();
    const api = resilientFetch.with({ layers: [(next) => async (input, init) => next(input, init)], clock, fetch: scriptedFetch([200], clock) });

    await api(url, { layers: [(next) => async (input, init, context) => { attempts.push(context?.attempt); return next(input, init, context); }] });

    assert.deepEqual(attempts, [1]);
  });

  it('of a call send the request even where they drop both the signal and the context', async () => {
    const { result, times } = await trace([503, 200], { layers: [(next) => async (input) => next(input)] });

    assert.deepEqual([statusOf(result), times], [200, [0, 100]]);
  });

  it('get the arguments as they were at the call, even if the caller changes them during a wait', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([200], clock);
    const [input, headers] = [new URL('http://users.test/?page=1'), new Headers({ a: '1' })];
    const init = { method: 'PUT', headers };
    const call = resilientFetch(input, { ...init, clock, fetch, retries: 0, layers: [waitFor(100, clock)] });
    await clock.settle();

    input.searchParams.set('page', '2');
    headers.set('a', '2');
    await clock.run(call);

    assert.deepEqual(fetch.requests.map(({ request }) => [request.url, request.headers.get('a')]), [['http://users.test/?page=1', '1']]);
  });

  it('keep the options of each of two concurrent calls apart', async () => {
    const clock = new FakeClock();
    const api = resilientFetch.with({ layers: [(next) => async (input, init) => next(input, init)], clock, fetch: scriptedFetch(['hang', 'hang'], clock), retries: 0 });

    const calls = [api(url, { timeout: 5 }), api(url, { timeout: 7 })].map((call) => call.catch((error: TimeoutError) => error.timeout));
    await clock.advance(10);

    assert.deepEqual(await Promise.all(calls), [5, 7]);
  });

  it('use the timeout of their copy where they drop both the signal and the context', async () => {
    const clock = new FakeClock();
    const api = resilientFetch.with({ layers: [(next) => (input) => next(input)], clock, fetch: scriptedFetch(['hang'], clock), retries: 0, timeout: 5 });

    await assert.rejects(clock.run(api(url)), { name: 'TimeoutError', timeout: 5 });
  });

  it('use the timeout of the call where they drop the signal alone', async () => {
    const clock = new FakeClock();
    const api = resilientFetch.with({ layers: [(next) => (input, _init, context) => next(input, undefined, context)], clock, fetch: scriptedFetch(['hang'], clock), retries: 0 });

    await assert.rejects(clock.run(api(url, { timeout: 5 })), { name: 'TimeoutError', timeout: 5 });
  });

  it('know the time since the start of the call, whatever the clock shows', async () => {
    const clock = new FakeClock();
    await clock.advance(1_000);
    const times: unknown[] = [];
    const layer: Layer = (next) => (input, init, context) => {
      times.push([context?.elapsed, context?.left]);
      return next(input, init, context);
    };

    await clock.run(resilientFetch(url, { layers: [layer], clock, fetch: scriptedFetch([503, 200], clock), random: () => 0.5, totalTimeout: 400 }));

    assert.deepEqual(times, [[0, 400], [100, 300]]);
  });

  it('do not count their waits as a slow response', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([{ after: 90, outcome: 200 }], clock);

    const response = await clock.run(resilientFetch(url, { clock, fetch, timeout: 100, retries: 0, layers: [waitFor(500, clock)] }));

    assert.deepEqual([response.status, fetch.times, clock.now()], [200, [500], 590]);
  });

  it('send nothing after an abort, even where a layer and fetch ignore it', async () => {
    const clock = new FakeClock({ turns: 3 });
    let requests = 0;
    const fetch: Fetch = async () => {
      requests += 1;
      return new Response();
    };
    const controller = new AbortController();
    const slow: Layer = (next) => async (input, init, context) => {
      await Promise.resolve();
      return next(input, init, context);
    };
    const call = resilientFetch(url, { clock, fetch, layers: [slow], signal: controller.signal });

    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
    await clock.settle();
    assert.deepEqual([requests, clock.pending], [0, 0]);
  });

  it('end with the reason when the caller aborts, and leave no timer', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    let reason: unknown;
    const layer: Layer = () => (_input, init) => new Promise<Response>((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => {
        reason = init.signal?.reason;
        reject(new Error('late'));
      });
    });
    const call = resilientFetch(url, { clock, fetch: scriptedFetch([], clock), layers: [layer], signal: controller.signal });
    await clock.settle();

    controller.abort('stop');

    await assert.rejects(clock.run(call), (error) => error === 'stop');
    assert.deepEqual([reason, clock.pending], ['stop', 0]);
  });

  it('end with the total timeout', async () => {
    const clock = new FakeClock();
    const call = resilientFetch(url, { clock, fetch: scriptedFetch([], clock), totalTimeout: 50, layers: [() => () => new Promise<Response>(() => {})] });

    await assert.rejects(clock.run(call), { name: 'TimeoutError', scope: 'total' });
    assert.equal(clock.pending, 0);
  });

  const failing: [string, () => never | Promise<never>][] = [
    ['reject', () => Promise.reject(new Error('refused by the layer'))],
    ['throw', () => { throw new Error('refused by the layer'); }],
  ];
  for (const [verb, fail] of failing) {
    it(`that ${verb} are retried like a network error`, async () => {
      let calls = 0;
      const { result, times } = await trace([200], { layers: [(next) => (input, init) => ((calls += 1) === 1 ? fail() : next(input, init))] });

      assert.deepEqual([statusOf(result), calls, times], [200, 2, [100]]);
    });
  }

  it('end the call with an error whose transient is false', async () => {
    const error = Object.assign(new Error('open'), { transient: false });
    const { result, times, failures } = await trace([], { layers: [() => () => Promise.reject(error)] });

    assert.equal(result, error);
    assert.deepEqual([times, failures.map(({ stopped }) => stopped)], [[], ['permanent']]);
  });

  for (const [scope, stopped] of [['total', 'total-timeout'], ['attempt', 'permanent']] as const) {
    it(`end the call with '${stopped}' by a permanent TimeoutError whose scope is '${scope}'`, async () => {
      const error = Object.assign(new TimeoutError(scope, 1_000), { transient: false });
      const { result, failures } = await trace([], { layers: [() => () => Promise.reject(error)] });

      assert.equal(result, error);
      assert.deepEqual(failures.map((failure) => [failure.kind, failure.stopped]), [['timeout', stopped]]);
    });
  }

  it('respond without a request', async () => {
    const { result, times } = await trace([], { layers: [() => async () => new Response(null, { status: 204 })] });

    assert.deepEqual([statusOf(result), times], [204, []]);
  });

  it('may be any published wrapper of fetch', async () => {
    const withBase = (fetch: Fetch): Fetch => (input, init) => fetch(new URL(String(input), 'http://users.test'), init);
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 200], clock);

    await clock.run(resilientFetch('/1', { clock, fetch, random: () => 0.5, layers: [withBase] }));

    assert.deepEqual(fetch.requests.map(({ request }) => request.url), [url, url]);
  });

  it('abort the request of a discarded response', async () => {
    const clock = new FakeClock();
    const signals: (AbortSignal | null | undefined)[] = [];
    const fetch: Fetch = async (_input, init) => {
      signals.push(init?.signal);
      return new Response(new ReadableStream(), { status: signals.length === 1 ? 503 : 200 });
    };

    await clock.run(resilientFetch(url, { clock, fetch, random: () => 0.5, layers: [recordTo([], 'a')] }));

    assert.deepEqual(signals.map((signal) => signal?.aborted), [true, false]);
  });

  it('keep the caller\'s abort in the body, even where a layer wraps the response', async () => {
    const controller = new AbortController();
    const fetch: Fetch = async (_input, init) => new Response(new ReadableStream({
      start(stream) {
        init?.signal?.addEventListener('abort', () => stream.error(init.signal?.reason));
      },
    }));
    const layer: Layer = (next) => async (input, init, context) => new Response((await next(input, init, context)).body);
    const response = await resilientFetch(url, { fetch, signal: controller.signal, layers: [layer] });

    controller.abort('stop');

    await assert.rejects(response.text(), (reason) => reason === 'stop');
  });
});

describe('the context of a layer', () => {
  it('describes the attempt', async () => {
    const clock = new FakeClock({ date: 5_000 });
    const contexts: AttemptContext[] = [];
    const seen: unknown[] = [];
    const layer: Layer = (next) => (input, init, context) => {
      const { attempt, elapsed, left, failures, method, repeatable } = context as AttemptContext;
      seen.push({ attempt, elapsed, left, failures: failures.length, method, url: context?.url, repeatable });
      contexts.push(context as AttemptContext);
      return next(input, init, context);
    };
    const fetch = scriptedFetch([503, 200], clock);
    const random = (): number => 0.5;

    await clock.run(resilientFetch(`${url}?token=secret`, { clock, fetch, random, totalTimeout: 1_000, method: 'POST', retryOn: { methods: ['POST'] }, layers: [layer] }));

    assert.deepEqual(seen, [
      { attempt: 1, elapsed: 0, left: 1_000, failures: 0, method: 'POST', url, repeatable: true },
      { attempt: 2, elapsed: 100, left: 900, failures: 1, method: 'POST', url, repeatable: true },
    ]);
    assert.deepEqual([contexts[0]?.clock, contexts[0]?.random], [clock, random]);
    assert.equal(await contexts[0]?.retryAfter(respond(503, { 'retry-after': '7' })), 7_000);
  });

  for (const [headers, expected] of [[{}, false], [{ 'idempotency-key': '"1"' }, true]] as const) {
    it(`is ${expected ? '' : 'not '}repeatable for a POST with the headers ${JSON.stringify(headers)}`, async () => {
      let repeatable: boolean | undefined;
      const layer: Layer = (next) => (input, init, context) => {
        repeatable = context?.repeatable;
        return next(input, init, context);
      };

      await trace([200], { method: 'POST', headers, layers: [layer] });

      assert.equal(repeatable, expected);
    });
  }

  it('reads a response as the option retryAfter says', async () => {
    let wait: unknown;
    const layer: Layer = (next) => async (input, init, context) => {
      wait = await context?.retryAfter(respond(503));
      return next(input, init, context);
    };

    await trace([200], { retryAfter: async () => 42, layers: [layer] });

    assert.equal(wait, 42);
  });

  it('is found by the signal where a wrapper does not pass it on', async () => {
    let attempt: number | undefined;
    const wrapper = (fetch: Fetch): Fetch => (input, init) => fetch(input, init);
    const layer: Layer = (next) => (input, init, context) => {
      attempt = contextOf(input, init, context).attempt;
      return next(input, init, context);
    };

    await trace([503, 200], { layers: [wrapper, layer] });

    assert.equal(attempt, 2);
  });

  it('of a plain fetch has the clock and randomness of the platform', async () => {
    const { attempt, elapsed, left, failures, method, url: loggable, clock, random, repeatable, retryAfter } = contextOf(`${url}?a=b`, { method: 'post' }, undefined);

    assert.deepEqual([attempt, elapsed, left, failures, method, loggable, repeatable], [1, 0, Infinity, [], 'POST', url, false]);
    assert.ok(Math.abs(clock.now() - performance.now()) < 1_000 && random() < 1);
    assert.equal(retryAfter(respond(503, { 'retry-after': '7' })), retryAfterOf(respond(503, { 'retry-after': '7' }), 0));
    assert.equal(contextOf(url, { method: 'POST', headers: { 'idempotency-key': '1' } }, undefined).repeatable, true);
  });

  it('calls the idempotent methods repeatable, and others with an Idempotency-Key', () => {
    const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY', 'POST', 'PATCH'];
    const repeatable = methods.filter((method) => contextOf(url, { method }, undefined).repeatable);

    assert.deepEqual(repeatable, methods.slice(0, 6));
    assert.equal(contextOf(url, { method: 'PATCH', headers: { 'idempotency-key': '"1"' } }, undefined).repeatable, true);
  });
});

describe('idempotencyKey', () => {
  const keysOf = async (init: Parameters<typeof trace>[1], input?: Parameters<typeof trace>[2]): Promise<(string | null)[]> =>
    (await trace([503, 503, 200], init, input)).fetch.requests.map(({ request }) => request.headers.get('idempotency-key'));

  it('is one quoted UUID for all attempts of a POST, and makes it repeatable', async () => {
    const [first, ...rest] = await keysOf({ method: 'POST', idempotencyKey: true });

    assert.match(String(first), /^"[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}"$/);
    assert.deepEqual(rest, [first, first]);
  });

  it('is another one for each call', async () => {
    const [one, other] = [await keysOf({ method: 'PATCH', idempotencyKey: true }), await keysOf({ method: 'PATCH', idempotencyKey: true })];

    assert.notEqual(one[0], other[0]);
  });

  it('may come from a function of the request', async () => {
    const keys = await keysOf({ method: 'POST', headers: { order: '7' }, idempotencyKey: ({ method, url: requestUrl, headers }) => `${method} ${requestUrl} ${headers.get('order')}` });

    assert.deepEqual(keys, Array(3).fill(`POST ${url} 7`));
  });

  it('keeps the headers and the referrer of a Request', async () => {
    const request = new Request(url, { method: 'POST', headers: { order: '7' }, referrer: 'http://users.test/from', body: 'x' });
    const { fetch } = await trace([200], { idempotencyKey: () => '"key"' }, request);
    const sent = fetch.requests[0]?.request;

    assert.deepEqual([sent?.headers.get('order'), sent?.headers.get('idempotency-key'), sent?.referrerPolicy, await sent?.text()], ['7', '"key"', request.referrerPolicy, 'x']);
  });

  const own = ['Idempotency-Key', 'own'];
  for (const [name, method, headers, expected] of [
    ['a GET', 'GET', [['order', '7']], ['7', null]],
    ['a POST', 'POST', [['order', '7']], ['7', 'key for 7']],
    ['a POST with a key of its own', 'POST', [['order', '7'], own], ['7', 'own']],
  ] as const) {
    it(`keeps headers from an iterator of ${name}`, async () => {
      const { fetch } = await trace([200], { method, headers: headers.values() as unknown as [string, string][], idempotencyKey: (request) => `key for ${request.headers.get('order')}` });

      assert.deepEqual(fetch.requests.map(({ request }) => ['order', 'idempotency-key'].map((header) => request.headers.get(header))), [expected]);
    });
  }

  for (const init of [{}, { method: 'PUT' }, { method: 'XPOST' }, { method: 'POSTX' }, { method: 'POST', headers: { 'Idempotency-Key': 'own' } }, { method: 'POST', idempotencyKey: false }]) {
    it(`is not added to ${JSON.stringify(init)}`, async () => {
      const { fetch } = await trace([200], { idempotencyKey: () => 'added', ...init });

      assert.deepEqual(fetch.requests.map(({ request }) => request.headers.get('idempotency-key') === 'added'), [false]);
    });
  }

  it('rejects the call with what its function throws, before any request', async () => {
    const { result, times } = await trace([], { method: 'POST', idempotencyKey: () => { throw new Error('no key'); } });

    assert.deepEqual([String(result), times, failuresOf(result)], ['Error: no key', [], []]);
  });
});
