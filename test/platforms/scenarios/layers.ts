import { check, equal, readToEnd, rejectionOf } from './assert.ts';
import { numberedFetch } from './numbered-fetch.ts';
import type { Context, Scenarios } from './scenario.ts';

const noDelay = { backoff: { base: 0 } } as const;

const reason = { why: 'the user left' };

/** A response that never ends, with a body longer than is drained. */
const endless = { how: 'stall', size: 200_000 } as const;

/** A URL for each of several calls, because engines make calls of one URL wait for each other. */
const urlOfCall = (url: string, call: number): string => `${url}&call=${call}`;

const disconnectsOf = async (context: Context, disconnects: number): Promise<boolean[]> =>
  (await context.received({ disconnects })).map(({ isDisconnected }) => isDisconnected);

/** The layers of `resilient-fetch/layers`, and the contract through them. */
export const layers: Scenarios = {
  'holds a second call in a gate until Retry-After': async ({ resilientFetch }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const api = resilientFetch.with({ clock, random: () => 0, retries: 0, layers: [context.layers.rateGate()] });
    await api(context.url({ status: 429, headers: { 'retry-after': '7' } }, 200));
    const second = api(context.url({ status: 429, headers: { 'retry-after': '7' } }, 200));
    await clock.settle(() => clock.pending > 0);

    await clock.advance(6_999);
    equal((await context.received()).length, 1, 'requests before the deadline');
    await clock.advance(1);

    equal([await (await second).text(), clock.pending], ['response 2', 0]);
  },

  'leaves a gate at an abort': async ({ resilientFetch }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const api = resilientFetch.with({ clock, retries: 0, layers: [context.layers.rateGate()] });
    const url = context.url({ status: 503, headers: { 'retry-after': '7' } });
    await api(url);
    const second = rejectionOf(api(url, { signal: controller.signal }));
    await clock.settle(() => clock.pending > 0);

    controller.abort(reason);

    check(await second === reason, 'another reason');
    equal([clock.pending, (await context.received()).length], [0, 1]);
  },

  'rejects at once while a circuit is open, then probes': async ({ resilientFetch, failuresOf }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const { circuitBreaker, CircuitOpenError } = context.layers;
    const api = resilientFetch.with({ ...noDelay, clock, random: () => 0, retries: 5, layers: [circuitBreaker({ failures: 3, open: 5_000 })] });
    const url = context.url(503, 503, 503, 200);

    const error = await rejectionOf(api(url));
    check(error instanceof CircuitOpenError, String(error));
    equal([error.retryAfter, failuresOf(error).map(({ status }) => status ?? 'none')], [5_000, [503, 503, 503, 'none']]);
    equal((await context.received()).length, 3, 'requests while it is open');
    await clock.advance(5_000);

    equal(await (await api(url)).text(), 'response 4');
  },

  'closes the connection of the slower of two hedged requests': async ({ resilientFetch }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const api = resilientFetch.with({ clock, fetch: numberedFetch(), layers: [context.layers.hedge({ after: 250 })] });
    const call = api(context.url({ how: 'hang' }, 200));
    await context.received({ requests: 1 });

    await clock.advance(250);

    equal([await (await call).text(), clock.pending], ['response 2', 0]);
    equal(await disconnectsOf(context, 1), [true, false]);
  },

  'refreshes a token once for concurrent 401s': async ({ resilientFetch }, _testing, context) => {
    let token = 'old';
    let refreshes = 0;
    const refresh = async (): Promise<string> => {
      refreshes += 1;
      await context.received({ requests: 3 });
      return token = 'new';
    };
    const api = resilientFetch.with({ layers: [context.layers.withToken({ get: () => token, refresh })] });
    const url = context.url(401, 401, 401, 200);

    const responses = await Promise.all([1, 2, 3].map((call) => api(urlOfCall(url, call))));

    equal([responses.map(({ status }) => status), refreshes], [[200, 200, 200], 1]);
    equal((await context.received()).map(({ headers }) => headers.authorization), [...Array(3).fill('Bearer old'), ...Array(3).fill('Bearer new')]);
  },

  'sends one request at a time with a limit of 1': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const api = resilientFetch.with({ layers: [context.layers.concurrencyLimit({ max: 1 })] });
    const url = context.url({ how: 'hang' }, 200);
    const first = rejectionOf(api(urlOfCall(url, 1), { signal: controller.signal }));
    await context.received({ requests: 1 });
    const others = [2, 3].map(async (call) => (await api(urlOfCall(url, call))).text());
    // The time in which the others would be sent.
    await new Promise((resolve) => setTimeout(resolve, 50));
    equal((await context.received()).length, 1, 'requests while the first is pending');

    controller.abort(reason);

    equal([await first, await Promise.all(others)], [reason, ['response 2', 'response 3']]);
  },

  'sets headers for each attempt beside those of a Request': async ({ resilientFetch }, _testing, context) => {
    const setHeaders = context.layers.setHeaders(({ attempt }) => ({ 'x-attempt': String(attempt) }));
    const request = new Request(context.url(503, 200), { method: 'PUT', body: 'text', headers: { 'x-name': 'Ada' } });

    equal((await resilientFetch(request, { ...noDelay, layers: [setHeaders] })).status, 200);
    const sent = (await context.received()).map(({ headers, body }) => [headers['x-attempt'], headers['x-name'], body]);
    equal(sent, [['1', 'Ada', 'text'], ['2', 'Ada', 'text']]);
  },

  'closes the connection of a discarded response through layers': async ({ resilientFetch }, _testing, context) => {
    const { circuitBreaker, concurrencyLimit, rateGate } = context.layers;
    const init = { fetch: numberedFetch(), ...noDelay, layers: [rateGate(), concurrencyLimit({ max: 1 }), circuitBreaker()] };
    const response = await resilientFetch(context.url({ ...endless, status: 503 }, 200), init);

    equal(await response.text(), 'response 2');
    equal(await disconnectsOf(context, 1), [true, false]);
  },

  'closes the connection at an abort in flight through layers': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const { circuitBreaker, hedge, rateGate } = context.layers;
    const layers = [rateGate(), circuitBreaker(), hedge({ after: 60_000 })];
    const call = rejectionOf(resilientFetch(context.url({ how: 'hang' }), { signal: controller.signal, layers }));
    await context.received({ requests: 1 });

    controller.abort(reason);

    check(await call === reason, `rejects with ${String(await call)}`);
    equal(await disconnectsOf(context, 1), [true]);
  },

  'closes the connection at an abort in the body through layers': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const { circuitBreaker, hedge, rateGate } = context.layers;
    const layers = [rateGate(), circuitBreaker(), hedge({ after: 60_000 })];
    const response = await resilientFetch(context.url({ how: 'stall', size: 2_000 }), { signal: controller.signal, layers });
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = rejectionOf(readToEnd(reader));

    controller.abort(reason);

    await rest;
    equal(await disconnectsOf(context, 1), [true]);
  },

  'wraps the platform\'s own fetch in a layer': async (_library, _testing, context) => {
    const fetch = context.layers.setHeaders(({ method }) => ({ 'x-method': method }))((input, init) => context.fetch(input, init));

    equal(await (await fetch(context.url(200), { method: 'PUT', body: 'text' })).text(), 'response 1');
    equal((await context.received()).map(({ headers, body }) => [headers['x-method'], body]), [['PUT', 'text']]);
  },

  'sends the same generated Idempotency-Key on every attempt': async ({ resilientFetch }, _testing, context) => {
    if (typeof crypto?.randomUUID !== 'function') context.note('with a function, because the platform generates no UUIDs here');
    const idempotencyKey = typeof crypto?.randomUUID === 'function' || (() => '"42"');
    const response = await resilientFetch(context.url(503, 200), { ...noDelay, method: 'POST', body: 'text', idempotencyKey });

    const keys = (await context.received()).map(({ headers }) => headers['idempotency-key'] ?? '');
    equal([response.status, keys.length, keys[0] === keys[1], /^".+"$/.test(keys[0] ?? '')], [200, 2, true, true]);
  },
};
