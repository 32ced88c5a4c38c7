import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, TimeoutError, type Clock, type Failure, type Fetch, type ResilienceOptions, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';

const url = 'http://users.test/1';
const reason = new Error('the reason');
const total = 5_000;

/** A clock whose timers fire when they are told to, even within what the library calls. */
function manualClock() {
  const timers = new Map<number, { readonly ms: number; readonly callback: () => void }>();
  let count = 0;
  const clock: Clock = {
    now: () => 0,
    date: () => 0,
    setTimeout: (callback, ms) => {
      timers.set(count += 1, { ms, callback });
      return count;
    },
    clearTimeout: (timer) => void timers.delete(timer as number),
  };
  const fire = (isMeant: (ms: number) => boolean): void => {
    for (const [id, { ms, callback }] of [...timers]) {
      if (!isMeant(ms) || !timers.delete(id)) continue;
      callback();
    }
  };
  return { clock, timers, fire };
}

/** A response whose body never ends by itself, as a platform's does that obeys the request's signal. */
function answer(status: number, signal: AbortSignal | null | undefined, cancelled = (): void => {}): Response {
  return new Response(new ReadableStream({
    start(body) {
      if (signal?.aborted) body.error(signal.reason);
      else signal?.addEventListener('abort', () => body.error(signal.reason), { once: true });
    },
    cancel: cancelled,
  }), { status });
}

/** Does it that many microtasks later. */
async function after(microtasks: number, act: () => void): Promise<void> {
  for (let count = 0; count < microtasks; count += 1) await undefined;
  act();
}

/** What a call is made with so that the blow falls at one moment of it. The first request fails, the second does not. */
type Moment = (strike: () => void) => ResilientInit;

const failing = (options: Moment): Moment => (strike) => {
  let requests = 0;
  const fetch: Fetch = async (_input, init) => answer((requests += 1) === 1 ? 503 : 200, init?.signal);
  return { fetch, ...options(strike) };
};

const moments: Record<string, Moment> = {
  'while fetch is being called': (strike) => ({ fetch: (_input, init) => {
    strike();
    return Promise.resolve(answer(200, init?.signal));
  } }),
  'while a fetch is being called that throws': (strike) => ({ fetch: () => {
    strike();
    throw new TypeError('reset');
  } }),
  'while a fetch is being called that returns a response': (strike) => ({ fetch: ((_input: unknown, init?: RequestInit) => {
    strike();
    return answer(200, init?.signal);
  }) as unknown as Fetch }),
  'while a fetch is being called that returns nothing': (strike) => ({ fetch: (() => strike()) as unknown as Fetch }),
  'with the answer': (strike) => ({ fetch: async (_input, init) => {
    strike();
    return answer(200, init?.signal);
  } }),
  'with an error': (strike) => ({ fetch: async () => {
    strike();
    throw new TypeError('reset');
  } }),
  'in retryAfter': failing((strike) => ({ retryAfter: () => void strike() })),
  'in backoff': failing((strike) => ({ backoff: () => {
    strike();
    return 10;
  } })),
  'in a backoff that makes no wait': failing((strike) => ({ backoff: () => {
    strike();
    return 0;
  } })),
  'in random': failing((strike) => ({ random: () => {
    strike();
    return 0.5;
  } })),
  'in a body factory': (strike) => ({ method: 'PUT', body: () => {
    strike();
    return 'x';
  } }),
  'in an async body factory': (strike) => ({ method: 'PUT', body: async () => {
    await undefined;
    strike();
    return 'x';
  } }),
  'in the second call of a body factory': failing((strike) => {
    let calls = 0;
    return { method: 'PUT', backoff: { base: 0 }, body: () => {
      if ((calls += 1) === 2) strike();
      return 'x';
    } };
  }),
  'in shouldRetry': failing((strike) => ({ shouldRetry: () => {
    strike();
    return true;
  } })),
  'in a shouldRetry that declines': failing((strike) => ({ shouldRetry: () => {
    strike();
    return false;
  } })),
  'in a shouldRetry that throws': failing((strike) => ({ shouldRetry: () => {
    strike();
    throw new Error('thrown');
  } })),
  'in a shouldRetry that never settles': failing((strike) => ({ shouldRetry: () => {
    queueMicrotask(strike);
    return new Promise<boolean>(() => {});
  } })),
  'in onFailure': failing((strike) => ({ onFailure: strike })),
  'in onFailure of what is not repeated': failing((strike) => ({ retries: 0, onFailure: strike })),
  'in the deposit of a budget': (strike) => ({ budget: { deposit: strike, withdraw: () => true } }),
  'in the withdrawal from a budget': failing((strike) => ({ budget: { deposit() {}, withdraw: () => {
    strike();
    return true;
  } } })),
  'in a withdrawal that is refused': failing((strike) => ({ budget: { deposit() {}, withdraw: () => {
    strike();
    return false;
  } } })),
  'as a response is dropped before no wait': (strike) => ({ backoff: { base: 0 }, fetch: async (_input, init) => answer(503, init?.signal, strike) }),
  'as a wait begins': failing((strike) => ({ onFailure: () => queueMicrotask(strike) })),
  'in a body factory that throws': (strike) => ({ method: 'PUT', body: () => {
    strike();
    throw new Error('thrown');
  } }),
};

/** A call that is struck at that moment, by the caller's abort or its total timeout, and all that is seen of it. A rejection that nobody handles fails its test. */
async function play(moment: Moment, by: 'abort' | 'total', options: ResilienceOptions = {}) {
  const { clock, timers, fire } = manualClock();
  const controller = new AbortController();
  let struck = 0;
  const strike = (): void => {
    if ((struck += 1) > 1) return;
    if (by === 'abort') controller.abort(reason);
    else fire((ms) => ms === total);
  };
  const told: Failure[] = [];
  const init = moment(strike);
  const { fetch = async (_input, given) => answer(200, given?.signal) }: { readonly fetch?: Fetch | undefined } = init;
  let late = 0;
  const settled: unknown[] = [];
  const call = resilientFetch(url, {
    clock,
    signal: controller.signal,
    totalTimeout: total,
    ...options,
    ...init,
    fetch: (input, given) => {
      // What was aborted before is refused by the platform.
      if (given?.signal?.aborted) return Promise.reject(given.signal.reason);
      if (struck > 0) late += 1;
      return fetch(input, given);
    },
    onFailure: (failure) => {
      told.push(failure);
      init.onFailure?.(failure);
    },
  });
  call.then((response) => settled.push(response), (error: unknown) => settled.push(error));

  await new FakeClock().settle();
  fire((ms) => ms < total);
  await new FakeClock().settle();
  return { settled, told, late, struck, pending: timers.size, listeners: getEventListeners(controller.signal, 'abort').length };
}

describe('an abort', () => {
  for (const [name, moment] of Object.entries(moments)) {
    for (const options of [{}, { timeout: Infinity }, { totalTimeout: Infinity }, { timeout: Infinity, totalTimeout: Infinity }, { bodyTimeout: 1_000 }]) {
      it(`${name} ends the call with its reason, ${JSON.stringify(Object.keys(options))}`, async () => {
        const { settled, told, late, struck, pending, listeners } = await play(moment, 'abort', options);

        assert.deepEqual(settled, [reason]);
        assert.ok(struck > 0);
        assert.deepEqual(failuresOf(reason), told);
        assert.deepEqual(told.map(({ attempt }) => attempt), told.map((_failure, index) => index + 1));
        assert.deepEqual([late, pending, listeners], [0, 0, 0]);
      });
    }
  }
});

describe('a total timeout', () => {
  for (const [name, moment] of Object.entries(moments)) {
    it(`that runs out ${name} ends the call`, async () => {
      const { settled, told, late, struck, pending, listeners } = await play(moment, 'total');

      const [error] = settled;
      assert.ok(error instanceof TimeoutError && error.scope === 'total' && settled.length === 1, String(error));
      assert.ok(struck > 0);
      assert.deepEqual(failuresOf(error), told);
      assert.ok(told.length <= 2);
      assert.deepEqual([late, pending, listeners], [0, 0, 0]);
    });
  }
});

describe('an abort around the moment of an answer', () => {
  const soon: Record<string, (count: number) => Moment> = {
    'it came': (count) => (strike) => ({ fetch: async (_input, init) => {
      void after(count, strike);
      return answer(200, init?.signal);
    } }),
    'a predicate was asked about it': (count) => failing((strike) => ({ shouldRetry: () => {
      void after(count, strike);
      return false;
    } })),
  };
  for (const [name, moment] of Object.entries(soon)) {
    for (let count = 0; count < 12; count += 1) {
      it(`ends the call or its body, ${count} microtasks after ${name}`, async () => {
        const { settled: [result, ...others], pending, listeners } = await play(moment(count), 'abort');

        const end = result instanceof Response ? await result.text().catch((error: unknown) => error) : result;
        assert.equal(end, reason);
        assert.deepEqual([others, pending, listeners], [[], 0, 0]);
      });
    }
  }
});

describe('a call', () => {
  const hang: Fetch = () => new Promise(() => {});

  it('made from a listener of the signal that ends others is its own', async () => {
    const [aborted, other] = [new AbortController(), new AbortController()];
    const made: Promise<Response>[] = [];
    aborted.signal.addEventListener('abort', () => {
      made.push(resilientFetch(url, { fetch: async () => new Response('again'), signal: other.signal }));
      made.push(resilientFetch(url, { fetch: async () => new Response('refused'), signal: aborted.signal }));
    });
    const call = resilientFetch(url, { fetch: hang, signal: aborted.signal });

    aborted.abort(reason);

    const [first, again, refused] = await Promise.allSettled([call, ...made]);
    assert.deepEqual([first?.status, again?.status, refused?.status], ['rejected', 'fulfilled', 'rejected']);
  });

  it('made from onFailure is its own', async () => {
    const clock = new FakeClock();
    const made: Promise<Response>[] = [];
    const statuses = [503, 200];
    const fetch: Fetch = async () => new Response(null, { status: statuses.shift() ?? 404 });
    const api = resilientFetch.with({ clock, fetch, backoff: { base: 0 } });
    const call = api(url, { onFailure: () => void made.push(api(url)) });

    const results = [await call, await made[0]];

    assert.deepEqual(results.map((response) => response?.status).sort(), [200, 404]);
    assert.equal(clock.pending, 0);
  });

  it('of ten thousand by one signal ends with its reason, and none leaves a thing', async () => {
    const clock = new FakeClock({ turns: 1 });
    const controller = new AbortController();
    const api = resilientFetch.with({ clock, totalTimeout: 60_000 });
    const kinds: Fetch[] = [hang, async () => new Response(null, { status: 503 }), async () => { throw new TypeError('reset'); }];
    const calls = Array.from({ length: 10_000 }, (_, index) => api(url, { fetch: kinds[index % 3] ?? hang, signal: controller.signal }));
    const settled = Promise.allSettled(calls);
    await clock.settle();
    const listeners = getEventListeners(controller.signal, 'abort').length;

    controller.abort(reason);

    assert.ok((await settled).every((result) => result.status === 'rejected' && result.reason === reason));
    assert.deepEqual([listeners, getEventListeners(controller.signal, 'abort').length, clock.pending], [1, 0, 0]);
  });

  it('is not answered by what comes before the listeners of an abort are told, as a browser lets it', async () => {
    const signal = Object.assign(new EventTarget(), { aborted: false, reason: undefined as unknown });
    const fetch: Fetch = async () => {
      Object.assign(signal, { aborted: true, reason });
      return new Response('x');
    };

    const call = resilientFetch(url, { fetch, signal: signal as unknown as AbortSignal });

    assert.equal(await call.catch((error: unknown) => error), reason);
  });

  it('that is aborted in a wait reads no further of the response that it dropped', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const seen: unknown[] = [];
    const body = new ReadableStream({ cancel: () => void seen.push('cancelled') });
    const call = resilientFetch(url, { clock, fetch: async () => new Response(body, { status: 503 }), signal: controller.signal }).catch((error: unknown) => error);
    await clock.settle(() => clock.pending === 1 && body.locked);

    controller.abort(reason);

    assert.equal(await call, reason);
    await clock.settle();
    assert.deepEqual(seen, ['cancelled']);
  });

  const drops: [string, ResilientInit][] = [
    ['before no wait', { backoff: { base: 0 } }],
    ['before a wait, when that ends', {}],
    ['where a hook throws', { onFailure: () => { throw reason; } }],
  ];
  for (const [name, init] of drops) {
    it(`that drops a response aborts its request too, which alone closes some connections: ${name}`, async () => {
      const clock = new FakeClock();
      const signals: (AbortSignal | null | undefined)[] = [];
      const fetch: Fetch = async (_input, given) => {
        signals.push(given?.signal);
        return signals.length > 1 ? new Response('well') : new Response(new ReadableStream(), { status: 503 });
      };
      const call = resilientFetch(url, { clock, fetch, ...init }).catch((error: unknown) => error);

      await clock.advance(1_000);

      const result = await call;
      assert.ok(result === reason || await (result as Response).text() === 'well');
      assert.deepEqual(signals.map((signal) => signal?.aborted), result === reason ? [true] : [true, false]);
    });
  }

  it('that is aborted while its body is made lets go of the body that comes too late', async () => {
    const controller = new AbortController();
    const seen: unknown[] = [];
    let finish = (_body: ReadableStream): void => {};
    const body = (): Promise<ReadableStream> => new Promise((resolve) => { finish = resolve; });
    const call = resilientFetch(url, { method: 'PUT', body, duplex: 'half', fetch: hang, signal: controller.signal } as ResilientInit);
    controller.abort(reason);
    await call.catch((error: unknown) => seen.push(error));

    finish(new ReadableStream({ cancel: () => void seen.push('cancelled') }));
    await new FakeClock().settle();

    assert.deepEqual(seen, [reason, 'cancelled']);
  });

  it('within a call takes the timeout of the attempt around it for an abort, and not for a total of its own', async () => {
    const clock = new FakeClock();
    const told: Failure[] = [];
    const inner = resilientFetch.with({ clock, fetch: hang, onFailure: (failure) => told.push(failure) });
    const call = resilientFetch(url, { clock, fetch: inner, timeout: 100, retries: 0 }).catch((error: unknown) => error);

    await clock.advance(100);

    const error = await call;
    assert.ok(error instanceof TimeoutError && error.scope === 'attempt');
    assert.deepEqual([told, failuresOf(error).map(({ stopped }) => stopped), clock.pending], [[], ['retries-spent'], 0]);
  });

  it('within a call has its own attempts, and one abort for both', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    let requests = 0;
    const inner = resilientFetch.with({ clock, retries: 1, backoff: { base: 0 }, fetch: () => {
      requests += 1;
      if (requests === 6) controller.abort(reason);
      return Promise.reject(new TypeError('reset'));
    } });
    const call = resilientFetch(url, { clock, fetch: inner, backoff: { base: 0 }, retries: 9, signal: controller.signal });

    assert.equal(await call.catch((error: unknown) => error), reason);

    assert.deepEqual([requests, clock.pending, getEventListeners(controller.signal, 'abort').length], [6, 0, 0]);
  });
});
