import { check, equal } from './assert.ts';
import { textOf } from './successful-responses.ts';
import type { Scenarios } from './scenario.ts';

const noDelay = { backoff: { base: 0 } } as const;

/** Points 2 and 4 of the contract, and the transient results: real responses, retried without a delay. */
export const retries: Scenarios = {
  'retries a 503': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const response = await resilientFetch(context.url(503, 503, 200), noDelay);

    equal([response.status, await response.text()], [200, 'response 3']);
    equal(failuresOf(response).map(({ attempt, kind, status }) => [attempt, kind, status]), [[1, 'response', 503], [2, 'response', 503]]);
  },

  'resolves with the last response, its body unread': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const response = await resilientFetch(context.url(503), { ...noDelay, retries: 2 });

    equal([response.status, response.bodyUsed, await response.text()], [503, false, 'response 3']);
    equal(failuresOf(response).at(-1)?.stopped, 'retries-spent');
  },

  'sends one request if retries is 0': async ({ resilientFetch }, _testing, context) => {
    equal(await textOf(resilientFetch(context.url(503, 200), { retries: 0 })), 'response 1');
  },

  'resolves with a 404 at once': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const response = await resilientFetch(context.url(404, 200), noDelay);

    equal([response.status, failuresOf(response)], [404, []]);
  },

  'retries cross-origin PUT and DELETE requests': async ({ resilientFetch }, _testing, context) => {
    for (const method of ['PUT', 'DELETE']) await resilientFetch(context.url(503, 200, 503, 200), { ...noDelay, method });

    equal((await context.received()).map(({ method }) => method), ['PUT', 'PUT', 'DELETE', 'DELETE']);
  },

  'retries the original request after init has changed': async ({ resilientFetch }, _testing, context) => {
    const headers = { 'x-name': 'Ada' };
    const init = { ...noDelay, method: 'PUT', headers };
    const call = resilientFetch(context.url(503, 503, 200), init);

    headers['x-name'] = 'Bob';
    init.method = 'DELETE';

    equal((await call).status, 200);
    equal((await context.received()).map(({ method, headers: sent }) => [method, sent['x-name']]), [['PUT', 'Ada'], ['PUT', 'Ada'], ['PUT', 'Ada']]);
  },

  'sends a POST once': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const response = await resilientFetch(context.url(503, 200), { ...noDelay, method: 'POST', body: 'text' });

    equal([response.status, failuresOf(response)[0]?.stopped], [503, 'not-repeatable']);
  },

  'retries a POST with an Idempotency-Key': async ({ resilientFetch }, _testing, context) => {
    await resilientFetch(context.url(503, 200), { ...noDelay, method: 'POST', body: 'text', headers: { 'idempotency-key': '42' } });

    equal((await context.received()).map(({ headers, body }) => [headers['idempotency-key'], body]), [['42', 'text'], ['42', 'text']]);
  },

  'retries a cross-origin POST after a 503 with Retry-After': async ({ resilientFetch }, _testing, context) => {
    const invitation = { status: 503, headers: { 'retry-after': '0' } };

    equal(await textOf(resilientFetch(context.url(invitation, 200), { ...noDelay, method: 'POST', body: 'text' })), 'response 2');
  },

  'waits for a Retry-After that is exposed to other origins': async ({ resilientFetch, failuresOf }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const delays: unknown[] = [];
    const call = resilientFetch(context.url({ status: 503, headers: { 'retry-after': '7' } }, 200), {
      ...noDelay, clock, random: () => 0, onFailure: ({ delay, delayFrom }) => delays.push([delay, delayFrom]),
    });
    await clock.settle(() => delays.length === 1);

    await clock.advance(6_999);
    equal((await context.received()).length, 1, 'requests before the delay');
    await clock.advance(1);

    equal([failuresOf(await call)[0]?.retryAfter, delays], [7_000, [[7_000, 'retry-after']]]);
  },

  'compares a Retry-After date with the Date header': async ({ resilientFetch }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const delays: unknown[] = [];
    const headers = { date: 'Tue, 03 Jun 2025 10:00:00 GMT', 'retry-after': 'Tue, 03 Jun 2025 10:00:30 GMT' };
    const call = resilientFetch(context.url({ status: 503, headers }, 200), { ...noDelay, clock, random: () => 0, onFailure: ({ delay }) => delays.push(delay) });
    await clock.settle(() => delays.length === 1);

    await clock.advance(30_000);

    equal([(await call).status, delays], [200, [30_000]]);
  },

  'uses its own backoff if a browser hides Retry-After': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const response = await resilientFetch(context.url({ status: 503, exposed: false, headers: { 'retry-after': '0' } }, 200), noDelay);

    equal(failuresOf(response)[0]?.delayFrom, context.isBrowser ? 'backoff' : 'retry-after');
    if (context.isBrowser) context.note('the browser hides Retry-After from other origins unless Access-Control-Expose-Headers names it');
  },

  'passes an exposed header to shouldRetry': async ({ resilientFetch }, _testing, context) => {
    const url = context.url({ headers: { 'x-should-retry': 'true' } }, 200);

    equal(await textOf(resilientFetch(url, { ...noDelay, shouldRetry: ({ response }) => response?.headers.get('x-should-retry') === 'true' })), 'response 2');
  },

  'allows shouldRetry to read a clone of the body': async ({ resilientFetch }, _testing, context) => {
    const shouldRetry = async ({ response }: { response?: Response | undefined }): Promise<boolean> =>
      await response?.clone().text() === 'response 1';
    const response = await resilientFetch(context.url(200), { ...noDelay, shouldRetry });

    equal(await response.text(), 'response 2');
  },

  'calls onFailure once for each failed attempt': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const failures: unknown[] = [];
    const response = await resilientFetch(context.url(503, 429, 200), { ...noDelay, onFailure: (failure) => failures.push(failure) });

    check(failuresOf(response).every((failure, index) => failure === failures[index]), 'not the records of failuresOf');
    equal(failures.length, 2);
  },

  'retries 20 concurrent calls independently': async ({ resilientFetch }, _testing, context) => {
    const calls = Array.from({ length: 20 }, async (_, index) => {
      let attempts = 0;
      const fetch = (input: Parameters<typeof globalThis.fetch>[0], init?: Parameters<typeof globalThis.fetch>[1]): Promise<Response> =>
        context.fetch(`${String(input)}&call=${index}&attempt=${attempts += 1}`, init);
      return textOf(resilientFetch(context.url(503, 503, 200), { ...noDelay, fetch }));
    });

    equal(await Promise.all(calls), calls.map(() => 'response 3'));
  },
};
