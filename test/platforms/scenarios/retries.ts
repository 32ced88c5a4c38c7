import { check, equal } from './assert.ts';
import { textOf } from './good-answers.ts';
import type { Scenarios } from './scenario.ts';

const atOnce = { backoff: { base: 0 } } as const;

/** Real answers, retried at once: contract, points 2 and 4, and what is transient. */
export const retries: Scenarios = {
  'tries again after a 503': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const response = await resilientFetch(context.url(503, 503, 200), atOnce);

    equal([response.status, await response.text()], [200, 'answer 3']);
    equal(failuresOf(response).map(({ attempt, kind, status }) => [attempt, kind, status]), [[1, 'response', 503], [2, 'response', 503]]);
  },

  'hands over the last response unread': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const response = await resilientFetch(context.url(503), { ...atOnce, retries: 2 });

    equal([response.status, response.bodyUsed, await response.text()], [503, false, 'answer 3']);
    equal(failuresOf(response).at(-1)?.stopped, 'retries-spent');
  },

  'sends nothing again with retries of 0': async ({ resilientFetch }, _testing, context) => {
    equal(await textOf(resilientFetch(context.url(503, 200), { retries: 0 })), 'answer 1');
  },

  'hands over a 404 at once': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const response = await resilientFetch(context.url(404, 200), atOnce);

    equal([response.status, failuresOf(response)], [404, []]);
  },

  'tries PUT and DELETE again, across origins': async ({ resilientFetch }, _testing, context) => {
    for (const method of ['PUT', 'DELETE']) await resilientFetch(context.url(503, 200, 503, 200), { ...atOnce, method });

    equal((await context.log()).map(({ method }) => method), ['PUT', 'PUT', 'DELETE', 'DELETE']);
  },

  'sends again what was asked at the call, whatever becomes of init': async ({ resilientFetch }, _testing, context) => {
    const headers = { 'x-name': 'Ada' };
    const init = { ...atOnce, method: 'PUT', headers };
    const call = resilientFetch(context.url(503, 503, 200), init);

    headers['x-name'] = 'Bob';
    init.method = 'DELETE';

    equal((await call).status, 200);
    equal((await context.log()).map(({ method, headers: sent }) => [method, sent['x-name']]), [['PUT', 'Ada'], ['PUT', 'Ada'], ['PUT', 'Ada']]);
  },

  'sends a POST once': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const response = await resilientFetch(context.url(503, 200), { ...atOnce, method: 'POST', body: 'text' });

    equal([response.status, failuresOf(response)[0]?.stopped], [503, 'not-repeatable']);
  },

  'sends a POST again that has an Idempotency-Key': async ({ resilientFetch }, _testing, context) => {
    await resilientFetch(context.url(503, 200), { ...atOnce, method: 'POST', body: 'text', headers: { 'idempotency-key': '42' } });

    equal((await context.log()).map(({ headers, body }) => [headers['idempotency-key'], body]), [['42', 'text'], ['42', 'text']]);
  },

  'sends a POST again that a Retry-After invites back, across origins': async ({ resilientFetch }, _testing, context) => {
    const invitation = { status: 503, headers: { 'retry-after': '0' } };

    equal(await textOf(resilientFetch(context.url(invitation, 200), { ...atOnce, method: 'POST', body: 'text' })), 'answer 2');
  },

  'waits as long as a Retry-After says that is exposed to other origins': async ({ resilientFetch, failuresOf }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const waits: unknown[] = [];
    const call = resilientFetch(context.url({ status: 503, headers: { 'retry-after': '7' } }, 200), {
      ...atOnce, clock, random: () => 0, onFailure: ({ delay, delayFrom }) => waits.push([delay, delayFrom]),
    });
    await clock.settle(() => waits.length === 1);

    await clock.advance(6_999);
    equal((await context.log()).length, 1, 'requests before its time');
    await clock.advance(1);

    equal([failuresOf(await call)[0]?.retryAfter, waits], [7_000, [[7_000, 'retry-after']]]);
  },

  'measures a date in Retry-After by the server\'s own clock': async ({ resilientFetch }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const waits: unknown[] = [];
    const headers = { date: 'Tue, 03 Jun 2025 10:00:00 GMT', 'retry-after': 'Tue, 03 Jun 2025 10:00:30 GMT' };
    const call = resilientFetch(context.url({ status: 503, headers }, 200), { ...atOnce, clock, random: () => 0, onFailure: ({ delay }) => waits.push(delay) });
    await clock.settle(() => waits.length === 1);

    await clock.advance(30_000);

    equal([(await call).status, waits], [200, [30_000]]);
  },

  'falls back to its own backoff where a browser hides Retry-After': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const response = await resilientFetch(context.url({ status: 503, hidden: true, headers: { 'retry-after': '0' } }, 200), atOnce);

    equal(failuresOf(response)[0]?.delayFrom, context.isBrowser ? 'backoff' : 'retry-after');
    if (context.isBrowser) context.note('hidden from other origins unless Access-Control-Expose-Headers names it');
  },

  'asks shouldRetry about a header that is exposed': async ({ resilientFetch }, _testing, context) => {
    const url = context.url({ headers: { 'x-should-retry': 'true' } }, 200);

    equal(await textOf(resilientFetch(url, { ...atOnce, shouldRetry: ({ response }) => response?.headers.get('x-should-retry') === 'true' })), 'answer 2');
  },

  'lets shouldRetry read a copy of the body': async ({ resilientFetch }, _testing, context) => {
    const shouldRetry = async ({ response }: { response?: Response | undefined }): Promise<boolean> =>
      await response?.clone().text() === 'answer 1';
    const response = await resilientFetch(context.url(200), { ...atOnce, shouldRetry });

    equal(await response.text(), 'answer 2');
  },

  'tells onFailure once for each failed attempt': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const told: unknown[] = [];
    const response = await resilientFetch(context.url(503, 429, 200), { ...atOnce, onFailure: (failure) => told.push(failure) });

    check(failuresOf(response).every((failure, index) => failure === told[index]), 'other records than failuresOf has');
    equal(told.length, 2);
  },

  'keeps many calls apart': async ({ resilientFetch }, _testing, context) => {
    const calls = Array.from({ length: 20 }, async (_, index) => {
      let attempts = 0;
      const fetch = (input: Parameters<typeof globalThis.fetch>[0], init?: Parameters<typeof globalThis.fetch>[1]): Promise<Response> =>
        context.fetch(`${String(input)}&call=${index}&attempt=${attempts += 1}`, init);
      return textOf(resilientFetch(context.url(503, 503, 200), { ...atOnce, fetch }));
    });

    equal(await Promise.all(calls), calls.map(() => 'answer 3'));
  },
};
