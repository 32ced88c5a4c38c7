import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import type { Fetch } from '../../../src/dispatch.ts';
import { resilientFetch } from '../../../src/index.ts';
import { withToken, type Layer, type LayeredFetch, type TokenOptions } from '../../../src/layers/index.ts';
import { FakeClock } from '../../../src/testing/index.ts';
import { collectGarbage as collect } from '../../support/garbage-collection.ts';
import { resetError } from '../trace.ts';
import { createContext } from './context.ts';
import { applyLayer, createManualFetch, optionError, url } from './layered.ts';

/** A service that accepts one token, and a session that knows how to get it. Requests take 10 ms, a refresh 100 ms. */
class Service {
  readonly clock: FakeClock = new FakeClock({ turns: 3 });
  /** The token that the service accepts. */
  valid: string = 't1';
  /** The token that the session has stored. */
  stored: string = 't1';
  /** The tokens of the requests, with their times. */
  readonly requests: [at: number, token: string | null][] = [];
  readonly bodies: string[] = [];
  readonly responses: Response[] = [];
  /** The expired tokens of the refreshes. */
  readonly refreshes: string[] = [];
  /** The refreshes in flight, and the most there were. */
  inFlight = 0;
  mostInFlight = 0;
  isBroken = false;
  /** Makes a refresh end with its signal. */
  obeysSignal = true;
  refreshSignal: AbortSignal | undefined;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.clock.setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => {
        this.clock.clearTimeout(timer);
        reject(signal.reason);
      });
    });
  }

  readonly fetch: Fetch = async (input, init) => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? null;
    this.requests.push([this.clock.now(), token]);
    this.bodies.push(await request.text());
    await this.sleep(10, request.signal);
    const response = new Response('a body', { status: token === this.valid ? 200 : 401 });
    this.responses.push(response);
    return response;
  };

  readonly get = (): string => this.stored;

  readonly refresh = async (expired: string, signal: AbortSignal): Promise<string> => {
    this.refreshes.push(expired);
    this.refreshSignal = signal;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight += 1);
    try {
      await this.sleep(100, this.obeysSignal ? signal : undefined);
      if (this.isBroken) throw new Error('refresh failed');
      return (this.stored = this.valid);
    } finally {
      this.inFlight -= 1;
    }
  };

  layer(options: Partial<TokenOptions> = {}): Layer {
    return withToken({ get: this.get, refresh: this.refresh, ...options });
  }

  call(options?: Partial<TokenOptions>): LayeredFetch {
    return applyLayer(this.layer(options), this.fetch, this.clock);
  }
}

const statusOf = async (call: Promise<Response>): Promise<number> => (await call).status;

const toThrow = (message: string) => (error: unknown): boolean => error instanceof Error && error.message === message;

describe('withToken', () => {
  it('sends the current token, and returns the very response', async () => {
    const service = new Service();

    const response = await service.clock.run(service.call()(url));

    assert.equal(response, service.responses[0]);
    assert.deepEqual(service.requests, [[0, 't1']]);
    assert.deepEqual([response.bodyUsed, service.refreshes.length], [false, 0]);
  });

  it('refreshes an expired token, and sends the request again, once', async () => {
    const service = new Service();
    service.valid = 't2';

    const response = await service.clock.run(service.call()(url));

    assert.equal(response.status, 200);
    assert.deepEqual(service.requests, [[0, 't1'], [110, 't2']]);
    assert.deepEqual(service.refreshes, ['t1']);
    assert.deepEqual(service.responses.map(({ bodyUsed }) => bodyUsed), [true, false]);
    assert.equal(service.clock.pending, 0);
  });

  it('returns a second 401, its body unread, and refreshes once', async () => {
    const service = new Service();
    service.valid = 'never';
    const call = service.call({ refresh: async (expired) => { service.refreshes.push(expired); return 't2'; } });

    const response = await service.clock.run(call(url));

    assert.deepEqual([response.status, response.bodyUsed], [401, false]);
    assert.deepEqual([service.requests.map(([, token]) => token), service.refreshes], [['t1', 't2'], ['t1']]);
  });

  it('refreshes once for concurrent 401s', async () => {
    const service = new Service();
    service.valid = 't2';
    const call = service.call();

    const statuses = await service.clock.run(Promise.all(Array.from({ length: 5 }, () => statusOf(call(url)))));

    assert.deepEqual(statuses, Array(5).fill(200));
    assert.deepEqual(service.refreshes, ['t1']);
    assert.equal(service.requests.length, 10);
  });

  it('refreshes once for concurrent 401s even if get is async', async () => {
    const service = new Service();
    service.valid = 't2';
    const call = service.call({ get: async () => { await service.sleep(5); return service.stored; } });

    await service.clock.run(Promise.all(Array.from({ length: 5 }, () => call(url))));

    assert.deepEqual(service.refreshes, ['t1']);
  });

  it('lets new calls wait for a refresh', async () => {
    const service = new Service();
    service.valid = 't2';
    const call = service.call();
    const first = call(url);
    await service.clock.advance(50);

    const second = call(url);
    await service.clock.run(Promise.all([first, second]));

    assert.deepEqual(service.requests, [[0, 't1'], [110, 't2'], [110, 't2']]);
  });

  it('refreshes nothing for a 401 to a token that was replaced meanwhile', async () => {
    const service = new Service();
    const { fetch, requests } = createManualFetch();
    const call = applyLayer(service.layer(), fetch, service.clock);
    const [early, late] = [call(url), call(url)];
    await service.clock.settle();

    requests[0]?.resolve(401);
    service.valid = 't2';
    await service.clock.advance(100);
    requests[2]?.resolve(200);
    await early;
    requests[1]?.resolve(401);
    await service.clock.settle();
    requests[3]?.resolve(200);

    assert.equal((await late).status, 200);
    assert.deepEqual(service.refreshes, ['t1']);
    assert.equal(new Headers(requests[3]?.init?.headers).get('authorization'), 'Bearer t2');
  });

  it('refreshes nothing for a 401 if get returns another token by now', async () => {
    const service = new Service();
    service.valid = 't2';
    const call = service.call();
    const result = call(url);
    await service.clock.advance(5);

    service.stored = 't2';

    assert.equal((await service.clock.run(result)).status, 200);
    assert.deepEqual(service.refreshes, []);
  });

  it('waits for a refresh that starts while get is pending', async () => {
    const service = new Service();
    service.valid = 't2';
    let delay = 0;
    const call = service.call({ get: async () => { const { stored } = service; await service.sleep(delay); return stored; } });
    const first = call(url);
    await service.clock.advance(5);
    delay = 50;
    const second = call(url);
    await service.clock.advance(1);
    delay = 0;

    await service.clock.run(Promise.all([first, second]));

    assert.deepEqual(service.requests.map(([, token]) => token), ['t1', 't2', 't2']);
    assert.equal(service.refreshes.length, 1);
  });

  it('refreshes the new token when that has expired too', async () => {
    const service = new Service();
    const call = service.call();

    for (const token of ['t2', 't3', 't4']) {
      service.valid = token;
      assert.equal((await service.clock.run(call(url))).status, 200);
    }

    assert.deepEqual(service.refreshes, ['t1', 't2', 't3']);
  });

  it('keeps the new token where get still returns the old one', async () => {
    const service = new Service();
    const call = service.call({ get: () => 't1' });
    service.valid = 't2';
    await service.clock.run(call(url));
    assert.equal((await service.clock.run(call(url))).status, 200);
    service.valid = 't3';
    await service.clock.run(call(url));
    assert.equal((await service.clock.run(call(url))).status, 200);

    assert.deepEqual(service.refreshes, ['t1', 't2']);
    assert.deepEqual(service.requests.map(([, token]) => token), ['t1', 't2', 't2', 't2', 't3', 't3']);
  });

  it('sends a token of get that is neither the old nor the new one', async () => {
    const service = new Service();
    const call = service.call();
    service.valid = 't2';
    await service.clock.run(call(url));

    service.stored = service.valid = 'of another user';

    assert.equal((await service.clock.run(call(url))).status, 200);
    assert.equal(service.refreshes.length, 1);
  });

  it('sends none after a logout: where get has returned the new token, and then returns none as before', async () => {
    const service = new Service();
    const session: { token?: string } = {};
    const call = service.call({ get: () => session.token as string, refresh: async () => (session.token = 't1') });
    await service.clock.run(call(url));

    delete session.token;
    await service.clock.run(call(url));

    assert.deepEqual(service.requests.map(([, token]) => token), [null, 't1', null, 't1']);
  });

  it('sends the old token again where get has returned another one in between', async () => {
    const service = new Service();
    let stored = 't1';
    service.valid = 't2';
    const call = service.call({ get: () => stored, refresh: async () => 't2' });
    await service.clock.run(call(url));

    for (const token of ['other', 't1']) {
      stored = service.valid = token;
      assert.equal(await statusOf(service.clock.run(call(url))), 200);
    }

    assert.deepEqual(service.requests.map(([, token]) => token), ['t1', 't2', 'other', 't1']);
  });

  it('refreshes once where a slow get began before the refresh, and ends with the old token after it', async () => {
    const service = new Service();
    service.valid = 't2';
    const delays = [0, 500];
    const call = service.call({
      get: async () => {
        const token = service.stored;
        await service.sleep(delays.shift() ?? 0);
        return token;
      },
    });

    const [first, second] = [call(url), call(url)];
    await service.clock.advance(200);
    const third = call(url);
    await service.clock.advance(1_000);

    assert.deepEqual(await Promise.all([first, second, third].map(statusOf)), [200, 200, 200]);
    assert.deepEqual(service.refreshes, ['t1']);
    assert.deepEqual(service.requests.map(([, token]) => token), ['t1', 't2', 't2', 't2']);
  });

  for (const none of [undefined, null]) {
    it(`sends no header for a token of ${none}, and refreshes it on a 401`, async () => {
      const service = new Service();
      const expired: unknown[] = [];
      const layer = withToken<string | undefined | null>({ get: () => none, refresh: (token) => { expired.push(token); return 't1'; } });
      const call = applyLayer(layer, service.fetch, service.clock);

      assert.equal((await service.clock.run(call(url))).status, 200);
      assert.equal((await service.clock.run(call(url))).status, 200);

      assert.deepEqual(service.requests.map(([, token]) => token), [null, 't1', 't1']);
      assert.deepEqual(expired, [none]);
    });
  }

  it('does not reference the first response during the refresh', async () => {
    const service = new Service();
    const responses: WeakRef<Response>[] = [];
    const fetch: Fetch = async () => {
      const response = new Response(new ReadableStream(), { status: responses.length === 0 ? 401 : 200 });
      responses.push(new WeakRef(response));
      return response;
    };
    const result = applyLayer(service.layer(), fetch, service.clock)(url);
    await service.clock.settle();
    await collect();

    assert.deepEqual([responses.map((response) => response.deref()), service.inFlight], [[undefined], 1]);
    assert.equal((await service.clock.run(result)).status, 200);
  });

  it('cancels the rest of the first response when the request is sent again', async () => {
    const service = new Service();
    let canceled = false;
    const endless = new ReadableStream({ cancel: () => { canceled = true; } });
    const responses = [new Response(endless, { status: 401 }), new Response()];
    const call = applyLayer(service.layer(), async () => responses.shift() as Response, service.clock);
    const result = call(url);
    await service.clock.advance(50);
    assert.equal(canceled, false);

    assert.equal((await service.clock.run(result)).status, 200);

    await service.clock.settle();
    assert.equal(canceled, true);
  });
});

describe('a refresh that fails', () => {
  it('rejects all calls that wait for it, and ends them', async () => {
    const service = new Service();
    [service.valid, service.isBroken] = ['t2', true];
    const call = service.call();
    const first = [call(url), call(url)];
    first.forEach((one) => one.catch(() => {}));
    await service.clock.advance(50);

    const results = await service.clock.run(Promise.allSettled([...first, call(url)]));

    const reasons = results.map((result) => result.status === 'rejected' && result.reason as unknown);
    assert.equal(new Set(reasons).size, 1);
    assert.match(String(reasons[0]), /refresh failed/);
    assert.equal(Reflect.get(Object(reasons[0]), 'transient'), false);
    assert.equal(service.requests.length, 2);
  });

  it('is tried again by the next call', async () => {
    const service = new Service();
    [service.valid, service.isBroken] = ['t2', true];
    const call = service.call();
    await assert.rejects(service.clock.run(call(url)), toThrow('refresh failed'));

    service.isBroken = false;

    assert.equal((await service.clock.run(call(url))).status, 200);
    assert.deepEqual(service.refreshes, ['t1', 't1']);
  });

  it('is tried again by the next call where refresh throws instead of rejecting', async () => {
    const service = new Service();
    service.valid = 't2';
    let isBroken = true;
    const call = service.call({ refresh: () => { if (isBroken) throw new Error('broken'); return 't2'; } });
    await assert.rejects(service.clock.run(call(url)), toThrow('broken'));

    isBroken = false;

    assert.equal((await service.clock.run(call(url))).status, 200);
  });

  for (const reason of ['a string', undefined, Object.freeze(new Error('frozen')), Object.assign(new Error('busy'), { transient: true })]) {
    it(`rejects with the very reason: ${String(reason)}`, async () => {
      const service = new Service();
      service.valid = 't2';
      const call = service.call({ refresh: () => Promise.reject(reason) });

      await assert.rejects(service.clock.run(call(url)), (error) => error === reason);

      if (reason instanceof Error && !Object.isFrozen(reason)) assert.equal(Reflect.get(reason, 'transient'), true);
    });
  }
});

describe('an abort by the caller', () => {
  it('ends its wait at once, and leaves the others', async () => {
    const service = new Service();
    service.valid = 't2';
    const call = service.call();
    const controller = new AbortController();
    const [aborted, other] = [call(url, { signal: controller.signal }), call(url)];
    await service.clock.advance(50);

    controller.abort('stop');
    await assert.rejects(aborted, (reason) => reason === 'stop');

    assert.equal(service.refreshSignal?.aborted, false);
    assert.equal((await service.clock.run(other)).status, 200);
    assert.deepEqual(service.requests.map(([at]) => at), [0, 0, 110]);
    assert.deepEqual([service.refreshes.length, getEventListeners(controller.signal, 'abort').length], [1, 0]);
  });

  it('aborts the refresh where nobody else waits, and the next call tries again', async () => {
    const service = new Service();
    service.valid = 't2';
    let gets = 0;
    const call = service.call({ get: () => { gets += 1; return 't1'; } });
    const controllers = [new AbortController(), new AbortController()];
    const calls = controllers.map(({ signal }) => call(url, { signal }));
    await service.clock.advance(50);

    controllers[0]?.abort('stop');
    await assert.rejects(calls[0] as Promise<Response>, (reason) => reason === 'stop');
    controllers[1]?.abort('stop too');
    await assert.rejects(calls[1] as Promise<Response>, (reason) => reason === 'stop too');

    assert.deepEqual([service.refreshSignal?.aborted, gets], [true, 4]);
    assert.equal((await service.clock.run(call(url))).status, 200);
    assert.deepEqual([service.refreshes, service.mostInFlight, service.clock.pending], [['t1', 't1'], 1, 0]);
  });

  it('does not fail a call that comes before the refresh has ended', async () => {
    const service = new Service();
    [service.valid, service.obeysSignal, service.isBroken] = ['t2', false, true];
    const call = service.call();
    const controller = new AbortController();
    const aborted = call(url, { signal: controller.signal });
    await service.clock.advance(50);
    controller.abort('stop');
    await assert.rejects(aborted, (reason) => reason === 'stop');

    const next = call(url);
    await service.clock.advance(100);
    service.isBroken = false;

    assert.equal((await service.clock.run(next)).status, 200);
    assert.deepEqual([service.refreshes, service.mostInFlight], [['t1', 't1'], 1]);
  });

  it('leaves the token of a refresh that ends all the same to the next calls', async () => {
    const service = new Service();
    [service.valid, service.obeysSignal] = ['t2', false];
    const call = service.call();
    const controller = new AbortController();
    const aborted = call(url, { signal: controller.signal });
    await service.clock.advance(50);
    controller.abort('stop');
    await assert.rejects(aborted, (reason) => reason === 'stop');

    assert.equal((await service.clock.run(call(url))).status, 200);

    assert.equal(service.refreshes.length, 1);
  });

  it('does not abort the signal of a refresh that has ended', async () => {
    const service = new Service();
    service.valid = 't2';

    await service.clock.run(service.call()(url));

    assert.equal(service.refreshSignal?.aborted, false);
  });

  it('ends the wait for get', async () => {
    const service = new Service();
    const controller = new AbortController();
    const call = service.call({ get: () => new Promise(() => {}) })(url, { signal: controller.signal });

    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
    assert.deepEqual([service.requests, getEventListeners(controller.signal, 'abort').length], [[], 0]);
  });

  it('keeps its reason as it is', async () => {
    const service = new Service();
    const reason = new Error('stop');

    await assert.rejects(service.call()(url, { signal: AbortSignal.abort(reason) }), (error) => error === reason);

    assert.equal('transient' in reason, false);
  });
});

describe('the request', () => {
  const withBody = (body: NonNullable<RequestInit['body']>): RequestInit => ({ method: 'POST', body, duplex: 'half' } as RequestInit);
  const rows: [name: string, input: () => string | Request, init: () => RequestInit][] = [
    ['a string', () => url, () => withBody('a body')],
    ['a Request', () => new Request(url, withBody('a body')), () => ({})],
    ['a Request with a stream', () => new Request(url, withBody(new Blob(['a body']).stream())), () => ({})],
  ];
  for (const [name, input, init] of rows) {
    it(`is sent again with its body: ${name}`, async () => {
      const service = new Service();
      service.valid = 't2';

      assert.equal((await service.clock.run(service.call()(input(), init()))).status, 200);

      assert.deepEqual(service.bodies, ['a body', 'a body']);
    });
  }

  it('is sent again with its body by a layer that sends it later', async () => {
    const clock = new FakeClock();
    const bodies: string[] = [];
    const call = applyLayer(withToken({ get: () => 't1', refresh: () => 't2' }), async (input, init) => {
      await clock.settle();
      bodies.push(await new Request(input, init).text());
      return new Response(null, { status: bodies.length === 1 ? 401 : 200 });
    }, clock);

    assert.equal((await call(new Request(url, withBody('a body')))).status, 200);
    assert.deepEqual(bodies, ['a body', 'a body']);
  });

  it('is not sent again if its body is a stream: the 401 is returned, its body unread, after the refresh', async () => {
    const service = new Service();
    service.valid = 't2';
    const call = service.call();

    const response = await service.clock.run(call(url, withBody(new Blob(['a body']).stream())));

    assert.deepEqual([response.status, response.bodyUsed, service.refreshes], [401, false, ['t1']]);
    assert.equal((await service.clock.run(call(url))).status, 200);
  });

  it('discards the 401 of a stream if the refresh fails', async () => {
    const service = new Service();
    [service.valid, service.isBroken] = ['t2', true];

    await assert.rejects(service.clock.run(service.call()(url, withBody(new Blob(['a body']).stream()))), toThrow('refresh failed'));
    await service.clock.settle();

    assert.equal(service.responses[0]?.bodyUsed, true);
  });

  const endings: [name: string, ending: (service: Service) => Promise<unknown> | Response][] = [
    ['succeeds', () => new Response()],
    ['fails', () => Promise.reject(resetError())],
    ['has an expired token whose refresh fails', () => new Response(null, { status: 401 })],
  ];
  for (const [name, ending] of endings) {
    it(`leaves no clone of a Request unread if it ${name}`, async () => {
      const service = new Service();
      service.isBroken = true;
      const clones: Request[] = [];
      const request = new Request(url, withBody('a body'));
      Object.assign(request, { clone: () => clones[clones.push(Request.prototype.clone.call(request)) - 1] });
      const call = applyLayer(service.layer(), async () => ending(service) as Promise<Response>, service.clock);

      await service.clock.run(call(request).catch(() => {}));
      await service.clock.settle();

      assert.deepEqual(clones.map(({ bodyUsed }) => bodyUsed), [true]);
    });
  }

  it('leaves no clone unread if header throws', async () => {
    const service = new Service();
    service.valid = 't2';
    const clones: Request[] = [];
    const request = new Request(url, withBody('a body'));
    Object.assign(request, { clone: () => clones[clones.push(Request.prototype.clone.call(request)) - 1] });
    const call = service.call({ header: (token) => { if (token === 't2') throw new Error('broken'); return {}; } });

    await assert.rejects(service.clock.run(call(request)), toThrow('broken'));
    await service.clock.settle();

    assert.equal(clones[0]?.bodyUsed, true);
  });

  it('keeps all else: headers, method, referrer and members that fetch does not know', async () => {
    const clock = new FakeClock();
    const { fetch, requests } = createManualFetch();
    const call = applyLayer(withToken({ get: () => 't1', refresh: () => 't2' }), fetch, clock);
    const dispatcher = {};
    const request = new Request(url, { headers: { a: 'b', authorization: 'Basic x' }, referrer: 'about:client', referrerPolicy: 'no-referrer' });

    void call(request);
    void call(url, { headers: [['a', 'b'], ['Authorization', 'Basic x']], method: 'PUT', dispatcher } as unknown as RequestInit);
    await clock.settle();

    const [first, second] = requests;
    assert.equal(first?.input, request);
    assert.deepEqual([...new Headers(first?.init?.headers)], [['a', 'b'], ['authorization', 'Bearer t1']]);
    assert.equal(first?.init?.referrerPolicy, 'no-referrer');
    assert.deepEqual([...new Headers(second?.init?.headers)], [['a', 'b'], ['authorization', 'Bearer t1']]);
    assert.deepEqual([second?.init?.method, Reflect.get(second?.init ?? {}, 'dispatcher')], ['PUT', dispatcher]);
  });

  it('is sent as it was at the call, though its URL and headers change during a wait', async () => {
    const service = new Service();
    service.valid = 't2';
    const [input, headers] = [new URL(url), { authorization: 'Basic x', a: 'b' }];
    const { fetch, requests } = createManualFetch();
    const call = applyLayer(service.layer(), fetch, service.clock);
    const result = call(input, { headers });

    input.pathname = '/2';
    headers.a = 'c';
    await service.clock.settle();
    requests[0]?.resolve(401);
    await service.clock.advance(100);
    requests[1]?.resolve(200);
    await result;

    assert.deepEqual(requests.map((one) => [String(one.input), new Headers(one.init?.headers).get('a')]), [[url, 'b'], [url, 'b']]);
  });

  it('is left to fetch where fetch rejects it', async () => {
    const service = new Service();
    const used = new Request(url, withBody('a body'));
    await used.text();

    await assert.rejects(service.call({ get: assert.fail })(used), TypeError);

    assert.deepEqual([service.requests, service.refreshes], [[], []]);
  });

  it('passes the context on', async () => {
    const context = createContext(new FakeClock());
    const inner: LayeredFetch = async (_input, _init, given) => {
      assert.equal(given, context);
      return new Response();
    };

    assert.equal((await withToken({ get: () => 't1', refresh: () => 't2' })(inner)(url, undefined, context)).status, 200);
  });
});

describe('the options of withToken', () => {
  it('place the token where header says, whatever a token is', async () => {
    const { fetch, requests } = createManualFetch();
    const layer = withToken<{ key: string }>({ get: () => ({ key: 'k' }), refresh: (token) => token, header: ({ key }) => [['x-api-key', key]] });

    void applyLayer(layer, fetch, new FakeClock())(url);
    await new FakeClock().settle();

    assert.deepEqual([...new Headers(requests[0]?.init?.headers)], [['x-api-key', 'k']]);
  });

  it('leave no header of the expired token in the repeated request', async () => {
    const headers: string[][] = [];
    const fetch: Fetch = async (_input, init) => new Response(null, { status: headers.push([...new Headers(init?.headers).keys()]) === 1 ? 401 : 200 });
    const layer = withToken({ get: () => 't1', refresh: () => 't2', header: (token) => ({ [token]: 'signature' }) });

    await applyLayer(layer, fetch, new FakeClock())(url, { headers: { a: 'b' } });

    assert.deepEqual(headers, [['a', 't1'], ['a', 't2']]);
  });

  it('decide by isExpired', async () => {
    const responses = [new Response(null, { status: 403 }), new Response()];
    const layer = withToken({ get: () => 't1', refresh: () => 't2', isExpired: ({ status }) => status === 403 });

    assert.equal((await applyLayer(layer, async () => responses.shift() as Response, new FakeClock())(url)).status, 200);
  });

  it('return a mock response of nothing', async () => {
    const layer = withToken({ get: () => 't1', refresh: () => 't2' });

    assert.equal(await applyLayer(layer, async () => undefined as unknown as Response, new FakeClock())(url), undefined);
  });

  for (const name of ['get', 'header'] as const) {
    it(`reject with what ${name} throws, without a request`, async () => {
      const service = new Service();
      const broken = new Error('broken');

      await assert.rejects(service.call({ [name]: () => { throw broken; } })(url), (error) => error === broken);

      assert.deepEqual([service.requests, Reflect.get(broken, 'transient')], [[], false]);
    });
  }

  it('reject with the error of headers that are invalid', async () => {
    const service = new Service();

    await assert.rejects(service.call({ header: () => ({ 'a b': 'c' }) })(url), { name: 'TypeError', transient: false });
  });

  it('reject with what isExpired throws, and discard the response', async () => {
    const service = new Service();
    const broken = new Error('broken');

    await assert.rejects(service.clock.run(service.call({ isExpired: () => { throw broken; } })(url)), (error) => error === broken);
    await service.clock.settle();

    assert.deepEqual([service.responses[0]?.bodyUsed, Reflect.get(broken, 'transient')], [true, false]);
  });

  it('share the refresh among all fetches that the layer wraps', async () => {
    const service = new Service();
    service.valid = 't2';
    const layer = service.layer();
    const calls = [1, 2].map(() => applyLayer(layer, service.fetch, service.clock)(url));

    await service.clock.run(Promise.all(calls));

    assert.equal(service.refreshes.length, 1);
  });

  const invalid: [options: unknown, message: string][] = [
    [{ refresh: () => 't' }, optionError('get', 'a function', 'undefined')],
    [{ get: 't1', refresh: () => 't' }, optionError('get', 'a function', '"t1"')],
    [{ get: () => 't' }, optionError('refresh', 'a function', 'undefined')],
    [{ get: () => 't', refresh: () => 't', header: 'authorization' }, optionError('header', 'a function', '"authorization"')],
    [{ get: () => 't', refresh: () => 't', isExpired: 401 }, optionError('isExpired', 'a function', '401')],
    [{ get: () => 't', refresh: () => 't', token: 't' }, optionError('options', 'an object with no members but get, refresh, header, isExpired', '"token"')],
    [undefined, optionError('options', 'an object', 'undefined')],
  ];
  for (const [options, message] of invalid) {
    it(`throw for ${message}`, () => {
      assert.throws(() => withToken(options as TokenOptions), { name: 'TypeError', message });
    });
  }
});

describe('withToken around other fetches', () => {
  it('refreshes around a plain fetch', async () => {
    const tokens: unknown[] = [];
    const fetch: Fetch = async (_input, init) => {
      tokens.push(new Headers(init?.headers).get('authorization'));
      return new Response(null, { status: tokens.length === 1 ? 401 : 200 });
    };

    assert.equal((await withToken({ get: () => 't1', refresh: () => 't2' })(fetch)(url)).status, 200);

    assert.deepEqual(tokens, ['Bearer t1', 'Bearer t2']);
  });

  it('wraps resilientFetch, with its retries and its body factories', async () => {
    const service = new Service();
    service.valid = 't2';
    const call = applyLayer(service.layer(), resilientFetch.with({ clock: service.clock, fetch: service.fetch }), service.clock);

    const response = await service.clock.run(call(url, { method: 'PUT', body: () => new Blob(['a body']).stream(), duplex: 'half' } as unknown as RequestInit));

    assert.equal(response.status, 200);
    assert.deepEqual(service.bodies, ['a body', 'a body']);
  });

  it('ends the call as the fetch of resilientFetch where the refresh fails', async () => {
    const service = new Service();
    [service.valid, service.isBroken] = ['t2', true];
    const client = resilientFetch.with({ clock: service.clock, fetch: service.layer()(service.fetch) });

    await assert.rejects(service.clock.run(client(url)), toThrow('refresh failed'));

    assert.equal(service.refreshes.length, 1);
  });
});
