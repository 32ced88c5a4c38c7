import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import type { AttemptContext } from '../../../src/attempt-context.ts';
import { TimeoutError } from '../../../src/errors.ts';
import { resilientFetch } from '../../../src/index.ts';
import { circuitBreaker, CircuitOpenError, type CircuitBreakerOptions, type CircuitOutcome, type LayeredFetch } from '../../../src/layers/index.ts';
import { FakeClock, scriptedFetch, type ScriptedOutcome } from '../../../src/testing/index.ts';
import { resetError } from '../trace.ts';
import { createContext } from './context.ts';
import { applyLayer, createManualFetch, optionError, url, type ManualRequest } from './layered.ts';

/** A service behind a circuit breaker, in virtual time. */
interface Service {
  readonly clock: FakeClock;
  readonly call: LayeredFetch;
  /** The times of the requests that were let through. */
  readonly times: number[];
  /** The outcome of the next requests. */
  outcome: ScriptedOutcome;
}

function createService(options: CircuitBreakerOptions = {}, context: Partial<AttemptContext> = {}): Service {
  const clock = new FakeClock({ turns: 3 });
  const times: number[] = [];
  const service = { clock, times, outcome: 503 as ScriptedOutcome };
  const fetch: LayeredFetch = (input, init) => {
    times.push(clock.now());
    return scriptedFetch([service.outcome], clock)(input, init);
  };
  return Object.assign(service, { call: applyLayer(circuitBreaker({ open: 1_000, ...options }), fetch, clock, { random: () => 0, ...context }) });
}

/** Calls one after the other. The results are statuses, or names of errors. */
async function results(service: Service, outcome: ScriptedOutcome, calls: number, init?: RequestInit): Promise<unknown[]> {
  service.outcome = outcome;
  const list: unknown[] = [];
  for (let call = 0; call < calls; call += 1) {
    list.push(await service.clock.run(service.call(url, init)).then(({ status }) => status, (error: unknown) => (error instanceof Error ? error.name : error)));
  }
  return list;
}

/** Opens the circuit of a service that needs 10 failures. */
async function open(service: Service): Promise<void> {
  await results(service, 503, 10);
  service.times.length = 0;
}

const refused = ['CircuitOpenError'];

describe('circuitBreaker', () => {
  it('rejects at once after 10 failures in a row, without a request', async () => {
    const service = createService();

    assert.deepEqual(await results(service, 503, 11), [...Array(10).fill(503), 'CircuitOpenError']);

    assert.equal(service.times.length, 10);
    assert.equal(service.clock.now(), 0);
    assert.equal(service.clock.pending, 0);
  });

  it('rejects with the time until the next probe, and ends the call', async () => {
    const service = createService({ open: 1_000 }, { url: 'http://users.test/1', method: 'PUT', random: () => 0.25 });
    await open(service);
    await service.clock.advance(100.5);

    await assert.rejects(service.call(`${url}?token=secret`), (error) => {
      assert.ok(error instanceof CircuitOpenError && error instanceof Error);
      assert.deepEqual([error.name, error.retryAfter, error.transient], ['CircuitOpenError', 1_024.5, false]);
      assert.equal(error.message, 'PUT http://users.test/1: circuit open for 1025 ms');
      return true;
    });
  });

  it('needs the failures to be in a row', async () => {
    const service = createService({ failures: 3 });

    await results(service, 503, 2);
    await results(service, 200, 1);
    await results(service, 503, 2);

    assert.deepEqual(await results(service, 200, 1), [200]);
  });

  it('lets all calls through while their responses are good', async () => {
    const service = createService({ failures: 1 });

    assert.deepEqual(await results(service, 200, 100), Array(100).fill(200));
  });

  const timeout = new TimeoutError('attempt', 100);
  const failures: [name: string, outcome: ScriptedOutcome, counts: 'a failure' | 'a success' | 'neither'][] = [
    ['a 200', 200, 'a success'],
    ['a 404', 404, 'a success'],
    ['a 408', 408, 'a success'],
    ['a 500', 500, 'a failure'],
    ['a 503', 503, 'a failure'],
    ['a 599', 599, 'a failure'],
    ['a network error', resetError(), 'a failure'],
    ['an attempt that timed out', timeout, 'a failure'],
    ['an AbortError that is not the caller\'s', new DOMException('stopped', 'AbortError'), 'a failure'],
    ['an error that is permanent, such as a bad certificate', new TypeError('fetch failed', { cause: Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' }) }), 'a failure'],
    ['a 429', 429, 'neither'],
    ['an error of a layer that ends the call', Object.assign(new Error('no token'), { transient: false }), 'neither'],
  ];
  for (const [name, outcome, counts] of failures) {
    it(`counts ${name} as ${counts}`, async () => {
      const service = createService({ failures: 3 });
      const expected = { 'a failure': 2, 'a success': 0, neither: 1 }[counts];

      await results(service, 503, 1);
      await results(service, outcome, 1);
      let left = 0;
      while (!(await results(service, 503, 1)).includes('CircuitOpenError')) left += 1;

      assert.equal(3 - left, expected);
    });
  }

  it('counts a mock response of nothing as a success', async () => {
    const clock = new FakeClock();
    const call = applyLayer(circuitBreaker({ failures: 1 }), async () => undefined as unknown as Response, clock);

    assert.deepEqual([await call(url), await call(url)], [undefined, undefined]);
  });

  it('counts arguments that fetch rejects as neither', async () => {
    const service = createService({ failures: 3 });

    await results(service, 503, 2);
    assert.deepEqual(await results(service, 200, 5, { method: 'TRACE' }), Array(5).fill('TypeError'));
    assert.deepEqual(await results(service, 503, 2), [503, 'CircuitOpenError']);
  });

  it('counts failures that are concurrent', async () => {
    const clock = new FakeClock();
    const { fetch, requests } = createManualFetch();
    const call = applyLayer(circuitBreaker({ failures: 3 }), fetch, clock);
    const calls = [call(url), call(url), call(url)];

    requests.forEach(({ resolve }) => resolve(503));
    await Promise.all(calls);

    await assert.rejects(call(url), CircuitOpenError);
  });

  for (const [random, opening] of [[0, 5_000], [0.5, 6_250], [1 - 2 ** -53, 7_500]] as const) {
    it(`stays open for ${opening} ms by default where the random number is ${random}`, async () => {
      const service = createService({ open: undefined }, { random: () => random });
      await open(service);

      await service.clock.advance(opening - 1);
      assert.deepEqual(await results(service, 200, 1), refused);
      await service.clock.advance(1);
      assert.deepEqual(await results(service, 200, 1), [200]);
    });
  }

  it('opens for the same time after each probe that fails', async () => {
    const service = createService();
    await open(service);

    for (let ms = 0; ms < 5_000; ms += 100) {
      await service.clock.advance(100);
      await results(service, 503, 2);
    }

    assert.deepEqual(service.times, [1_000, 2_000, 3_000, 4_000, 5_000]);
  });

  it('lets all calls through after a probe that succeeds', async () => {
    const service = createService();
    await open(service);
    await service.clock.advance(1_000);

    assert.deepEqual(await results(service, 200, 5), Array(5).fill(200));
    assert.deepEqual(await results(service, 503, 11), [...Array(10).fill(503), ...refused]);
  });

  it('has no timer while it is open', async () => {
    const service = createService();

    await open(service);

    assert.equal(service.clock.pending, 0);
  });
});

/** A circuit that opened at 0 for 1,000 ms, at the end of that time, and requests that are settled by hand. */
async function createOpened(options: CircuitBreakerOptions = {}): Promise<{ clock: FakeClock; call: LayeredFetch; requests: readonly ManualRequest[] }> {
  const clock = new FakeClock({ turns: 3 });
  const { fetch, requests } = createManualFetch();
  const call = applyLayer(circuitBreaker({ failures: 1, open: 1_000, probeFor: 500, ...options }), fetch, clock, { random: () => 0 });
  const failing = call(url);
  requests[0]?.resolve(503);
  await failing;
  await clock.advance(1_000);
  return { clock, call, requests: new Proxy(requests, { get: (target, name) => (name === 'length' ? target.length - 1 : target[Number(name) + 1]) }) };
}

describe('a probe', () => {
  it('is the only request until it has ended', async () => {
    const { call, requests, clock } = await createOpened();
    const probe = call(url);
    await clock.settle();

    await assert.rejects(call(url), { name: 'CircuitOpenError', retryAfter: 500 });
    await clock.advance(400);
    await assert.rejects(call(url), { name: 'CircuitOpenError', retryAfter: 100 });
    requests[0]?.resolve(200);
    await probe;

    assert.equal(requests.length, 1);
    void call(url);
    void call(url);
    assert.equal(requests.length, 3);
  });

  it('counts as failed after probeFor, and its late success changes nothing', async () => {
    const { clock, call, requests } = await createOpened();
    const hanging = call(url);

    await clock.advance(1_499);
    await assert.rejects(call(url), { name: 'CircuitOpenError', retryAfter: 1 });
    requests[0]?.resolve(200);
    assert.equal((await hanging).status, 200);
    await assert.rejects(call(url), { name: 'CircuitOpenError', retryAfter: 1 });
    await clock.advance(1);
    void call(url);

    assert.equal(requests.length, 2);
    assert.equal(clock.pending, 0);
  });

  it('counts as failed after probeFor also if no call came meanwhile', async () => {
    const { clock, call, requests } = await createOpened();
    const hanging = call(url);

    await clock.advance(500);
    requests[0]?.resolve(200);
    await hanging;

    await assert.rejects(call(url), { name: 'CircuitOpenError', retryAfter: 1_000 });
  });

  it('counts as failed after 30 s by default', async () => {
    const { clock, call, requests } = await createOpened({ probeFor: undefined });
    void call(url);

    await assert.rejects(call(url), { name: 'CircuitOpenError', retryAfter: 30_000 });
    await clock.advance(31_000);
    void call(url);

    assert.equal(requests.length, 2);
  });

  it('is followed by another one at once where its caller aborts', async () => {
    const { call, requests } = await createOpened();
    const controller = new AbortController();
    const aborted = call(url, { signal: controller.signal });

    controller.abort('stop');
    requests[0]?.reject('stop');

    await assert.rejects(aborted, (reason) => reason === 'stop');
    void call(url);
    assert.equal(requests.length, 2);
    await assert.rejects(call(url), CircuitOpenError);
  });

  it('gives its place to another one when its caller aborts, even if fetch ignores the signal', async () => {
    const { call, requests } = await createOpened();
    const controller = new AbortController();
    const aborted = call(url, { signal: controller.signal });
    controller.abort('stop');

    const probe = call(url);
    requests[0]?.resolve(200);
    await aborted;

    await assert.rejects(call(url), CircuitOpenError);
    requests[1]?.resolve(200);
    await probe;
    void call(url);
    assert.equal(requests.length, 3);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  it('does not count as failed after probeFor where its caller has aborted, even if fetch ignores the signal', async () => {
    const { clock, call, requests } = await createOpened();
    const controller = new AbortController();
    void call(url, { signal: controller.signal });
    controller.abort('stop');

    await clock.advance(500);
    void call(url);

    assert.equal(requests.length, 2);
  });

  it('counts as failed after probeFor also if its caller aborts later', async () => {
    const { clock, call, requests } = await createOpened();
    const controller = new AbortController();
    void call(url, { signal: controller.signal });

    await clock.advance(500);
    controller.abort('stop');

    await assert.rejects(call(url), { name: 'CircuitOpenError', retryAfter: 1_000 });
    assert.equal(requests.length, 1);
  });

  it('keeps its place when a timeout aborts the signal of its caller and fetch ignores that', async () => {
    const { call } = await createOpened();
    const controller = new AbortController();
    void call(url, { signal: controller.signal });

    controller.abort(new DOMException('too slow', 'TimeoutError'));

    await assert.rejects(call(url), { name: 'CircuitOpenError', retryAfter: 500 });
  });

  it('leaves no listener at the signal of its caller', async () => {
    const { call, requests } = await createOpened();
    const { signal } = new AbortController();
    const probe = call(url, { signal });
    assert.equal(getEventListeners(signal, 'abort').length, 1);

    requests[0]?.resolve(200);
    await probe;

    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  const neither: [name: string, settle: (request: ManualRequest) => void, init?: RequestInit][] = [
    ['is responded to with a 429', (request) => request.resolve(429)],
    ['is rejected by another layer for good', (request) => request.reject(Object.assign(new Error('no token'), { transient: false }))],
    ['has arguments that fetch rejects', (request) => request.reject(new TypeError('bad method')), { method: 'TRACE' }],
  ];
  for (const [name, settle, init] of neither) {
    it(`is followed by another one at once if it ${name}`, async () => {
      const { call, requests, clock } = await createOpened();
      const first = call(url, init).catch(() => {});
      settle(requests[0] as ManualRequest);
      await first;

      const second = call(url);
      assert.equal(requests.length, 2);
      await assert.rejects(call(url), CircuitOpenError);
      requests[1]?.resolve(503);
      await second;

      await assert.rejects(call(url), { name: 'CircuitOpenError', retryAfter: 1_000 });
      assert.equal(clock.pending, 0);
    });
  }

  it('fails if a timeout aborts the signal of its caller', async () => {
    const { call, requests } = await createOpened();
    const controller = new AbortController();
    const aborted = call(url, { signal: controller.signal });
    const reason = new DOMException('too slow', 'TimeoutError');

    controller.abort(reason);
    requests[0]?.reject(reason);
    await assert.rejects(aborted, (error) => error === reason);

    await assert.rejects(call(url), { name: 'CircuitOpenError', retryAfter: 1_000 });
  });

  it('is not taken by a call that is aborted before it starts', async () => {
    const { call, requests } = await createOpened();

    await assert.rejects(call(url, { signal: AbortSignal.abort('stop') }), (reason) => reason === 'stop');
    void call(url);

    assert.equal(requests.length, 1);
  });

  it('gives its place back where fetch throws instead of rejecting', async () => {
    const clock = new FakeClock();
    const fetch = (): never => { throw Object.assign(new Error('broken'), { transient: false }); };
    const layer = circuitBreaker({ failures: 1, open: 1 });
    await applyLayer(layer, async () => new Response(null, { status: 500 }), clock)(url);
    await clock.advance(10);
    const call = applyLayer(layer, fetch, clock);

    await assert.rejects(call(url), /broken/);
    await assert.rejects(call(url), /broken/);
  });
});

describe('a stale outcome', () => {
  it('of a request from before the opening neither closes the circuit nor extends the opening', async () => {
    const clock = new FakeClock({ turns: 3 });
    const { fetch, requests } = createManualFetch();
    const call = applyLayer(circuitBreaker({ failures: 1, open: 1_000 }), fetch, clock, { random: () => 0 });
    const calls = [call(url), call(url), call(url)];
    requests[0]?.resolve(503);
    await calls[0];
    await clock.advance(500);

    requests[1]?.resolve(200);
    requests[2]?.resolve(503);
    await Promise.all(calls);

    await assert.rejects(call(url), { name: 'CircuitOpenError', retryAfter: 500 });
  });

  it('of a request from before the opening does not count after the circuit has closed', async () => {
    const clock = new FakeClock({ turns: 3 });
    const { fetch, requests } = createManualFetch();
    const call = applyLayer(circuitBreaker({ failures: 1, open: 1_000 }), fetch, clock, { random: () => 0 });
    const calls = [call(url), call(url)];
    requests[0]?.resolve(503);
    await calls[0];
    await clock.advance(1_000);
    const probe = call(url);
    requests[2]?.resolve(200);
    await probe;

    requests[1]?.reject(resetError());
    await assert.rejects(calls[1] as Promise<Response>, /fetch failed/);

    void call(url);
    assert.equal(requests.length, 4);
  });

  it('of a request from before the opening does not end a probe', async () => {
    const clock = new FakeClock({ turns: 3 });
    const { fetch, requests } = createManualFetch();
    const call = applyLayer(circuitBreaker({ failures: 1, open: 1_000 }), fetch, clock, { random: () => 0 });
    const calls = [call(url), call(url)];
    requests[0]?.resolve(503);
    await calls[0];
    await clock.advance(1_000);
    void call(url);

    requests[1]?.resolve(200);
    await calls[1];

    await assert.rejects(call(url), CircuitOpenError);
  });
});

describe('an abort by the caller', () => {
  it('is neither a success nor a failure', async () => {
    const service = createService({ failures: 3 });
    const abortedCalls = async (): Promise<void> => {
      for (let call = 0; call < 5; call += 1) {
        const controller = new AbortController();
        await results(service, () => { controller.abort('stop'); return 'hang'; }, 1, { signal: controller.signal });
      }
    };

    await results(service, 503, 2);
    await abortedCalls();
    assert.deepEqual(await results(service, 503, 1), [503]);

    assert.deepEqual(await results(service, 200, 1), refused);
  });

  for (const reason of ['stop', null]) {
    it(`does not count even if a response arrives: ${reason}`, async () => {
      const service = createService({ failures: 1 });
      const controller = new AbortController();

      const aborted = await results(service, () => { controller.abort(reason); return 503; }, 1, { signal: controller.signal });

      assert.deepEqual([aborted, await results(service, 200, 1)], [[503], [200]]);
    });
  }
});

describe('the options of circuitBreaker', () => {
  it('keep a circuit for each origin by default', async () => {
    const service = createService({ failures: 1 });
    await results(service, 503, 1);

    for (const other of ['https://users.test/1', 'http://users.test:81/1', 'http://orders.test/1']) {
      service.outcome = 200;
      assert.equal((await service.call(other)).status, 200);
    }
    await assert.rejects(service.call('http://users.test/2'), CircuitOpenError);
    await assert.rejects(service.call('HTTP://USERS.test'), CircuitOpenError);
  });

  it('keep one circuit for all relative URLs', async () => {
    const service = createService({ failures: 1 }, { url: '/users/1' });
    await results(service, 503, 1);

    await assert.rejects(service.call('http://localhost/users/2'), CircuitOpenError);
  });

  it('keep a circuit for each key', async () => {
    const keys: string[] = [];
    const service = createService({ failures: 1, key: (address) => { keys.push(address); return new URL(address).pathname; } });
    await results(service, 503, 1);

    assert.equal((await assert.rejects(service.call('http://orders.test/1'), CircuitOpenError)), undefined);
    assert.equal((await service.call('http://users.test/2')).status, 503);
    assert.deepEqual(keys, [url, 'http://orders.test/1', 'http://users.test/2']);
  });

  it('share a circuit among all fetches that the layer wraps', async () => {
    const layer = circuitBreaker({ failures: 1 });
    const clock = new FakeClock();
    await applyLayer(layer, scriptedFetch([503], clock), clock)(url);

    await assert.rejects(applyLayer(layer, scriptedFetch([], clock), clock)(url), CircuitOpenError);
    assert.equal((await applyLayer(circuitBreaker(), scriptedFetch([200], clock), clock)(url)).status, 200);
  });

  it('keep open circuits apart while there are many others', async () => {
    const service = createService({ failures: 1 });
    await results(service, 503, 1);
    service.outcome = 200;

    for (let host = 0; host < 3_000; host += 1) await service.call(`http://host${host}.test/`);

    await assert.rejects(service.call(url), CircuitOpenError);
    service.outcome = 503;
    await service.call('http://failing.test/');
    assert.equal((await service.call('http://another.test/')).status, 503);
  });

  it('clear circuits whose opening is over, so that new ones are kept apart', async () => {
    const service = createService({ failures: 1 });
    for (let host = 0; host < 1_000; host += 1) await service.call(`http://host${host}.test/`);
    await service.clock.advance(1_000);

    await service.call('http://failing.test/');

    assert.equal((await service.call('http://another.test/')).status, 503);
  });

  it('decide by isFailure, which is not called for what counts as neither', async () => {
    const outcomes: CircuitOutcome[] = [];
    const isFailure = (outcome: CircuitOutcome): boolean => outcomes.push(outcome) > 0 && outcome.response?.status === 404;
    const service = createService({ failures: 1, isFailure });
    const error = resetError();

    await results(service, 429, 1);
    await results(service, error, 1);
    await results(service, 503, 1);
    await results(service, 404, 1);

    assert.deepEqual(await results(service, 200, 1), refused);
    assert.deepEqual(outcomes.map(({ response }) => response?.status), [undefined, 503, 404]);
    assert.equal(outcomes[0]?.error, error);
  });

  it('may return what is no boolean from isFailure', async () => {
    const service = createService({ failures: 1, isFailure: ({ response }) => (response?.status === 404 ? 1 : undefined) as unknown as boolean });
    await results(service, 404, 1);
    await service.clock.advance(1_000);
    await results(service, 200, 1);

    const both = await Promise.all([service.call(url), service.call(url)]);

    assert.deepEqual(both.map(({ status }) => status), [200, 200]);
  });

  it('reject with what isFailure throws, discard the response, and give the place of the probe back', async () => {
    const broken = new Error('broken');
    const response = new Response('a body');
    let throws = false;
    const service = createService({ isFailure: ({ response: { status } = { status: 503 } }) => { if (throws) throw broken; return status === 503; } });
    await open(service);
    await service.clock.advance(1_000);

    throws = true;
    service.outcome = response;
    await assert.rejects(service.call(url), (error) => error === broken);
    await service.clock.settle();
    throws = false;

    assert.equal(response.bodyUsed, true);
    assert.equal(Reflect.get(broken, 'transient'), false);
    assert.deepEqual(await results(service, 200, 2), [200, 200]);
  });

  it('reject with what key throws, without a request', async () => {
    const broken = new Error('broken');
    const service = createService({ key: () => { throw broken; } });

    await assert.rejects(service.call(url), (error) => error === broken);

    assert.equal(Reflect.get(broken, 'transient'), false);
    assert.deepEqual(service.times, []);
  });

  const milliseconds = 'a finite number of milliseconds >= 1';
  const invalid: [options: unknown, ErrorClass: ErrorConstructor, message: string][] = [
    [{ failures: 0 }, RangeError, optionError('failures', 'an integer >= 1', '0')],
    [{ failures: 1.5 }, RangeError, optionError('failures', 'an integer >= 1', '1.5')],
    [{ failures: Infinity }, RangeError, optionError('failures', 'an integer >= 1', 'Infinity')],
    [{ failures: '10' }, TypeError, optionError('failures', 'an integer >= 1', '"10"')],
    [{ open: 0 }, RangeError, optionError('open', milliseconds, '0')],
    [{ open: NaN }, RangeError, optionError('open', milliseconds, 'NaN')],
    [{ probeFor: -1 }, RangeError, optionError('probeFor', milliseconds, '-1')],
    [{ probeFor: null }, TypeError, optionError('probeFor', milliseconds, 'null')],
    [{ key: 'origin' }, TypeError, optionError('key', 'a function', '"origin"')],
    [{ isFailure: true }, TypeError, optionError('isFailure', 'a function', 'true')],
    [{ threshold: 5 }, TypeError, optionError('options', 'an object with no members but failures, open, probeFor, key, isFailure', '"threshold"')],
    [null, TypeError, optionError('options', 'an object', 'null')],
  ];
  for (const [options, ErrorClass, message] of invalid) {
    it(`throw for ${message}`, () => {
      assert.throws(() => circuitBreaker(options as CircuitBreakerOptions), { name: ErrorClass.name, message });
    });
  }
});

describe('circuitBreaker around other fetches', () => {
  it('passes its arguments and the context on', async () => {
    const context = createContext(new FakeClock());
    const init = { headers: { a: 'b' } };
    const call = circuitBreaker()(async (...args: unknown[]) => {
      assert.deepEqual(args, [url, init, context]);
      return new Response();
    });

    assert.equal((await call(url, init, context)).status, 200);
  });

  it('takes the time of the platform around a plain fetch', async () => {
    const call = circuitBreaker({ failures: 1, open: 60_000 })(async () => new Response(null, { status: 500 }));
    await call(url);

    await assert.rejects(call(url), ({ retryAfter }: CircuitOpenError) => retryAfter > 50_000 && retryAfter <= 90_000);
  });

  it('counts whole calls around resilientFetch', async () => {
    const clock = new FakeClock({ turns: 3 });
    const fetch = scriptedFetch(Array<ScriptedOutcome>(4).fill('hang'), clock);
    const call = applyLayer(circuitBreaker({ failures: 2 }), resilientFetch.with({ clock, fetch, retries: 1, timeout: 100, totalTimeout: 150 }), clock);

    await assert.rejects(clock.run(call(url)), TimeoutError);
    await assert.rejects(clock.run(call(url)), TimeoutError);

    await assert.rejects(call(url), CircuitOpenError);
  });

  it('ends the call as the fetch of resilientFetch, without a retry', async () => {
    const clock = new FakeClock({ turns: 3 });
    const fetch = scriptedFetch([503, 503], clock);
    const client = resilientFetch.with({ clock, fetch: circuitBreaker({ failures: 2 })(fetch) });

    await assert.rejects(clock.run(client(url)), CircuitOpenError);

    assert.equal(fetch.times.length, 2);
  });
});
