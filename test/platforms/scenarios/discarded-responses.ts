import { check, equal, rejectionOf } from './assert.ts';
import { numberedFetch } from './numbered-fetch.ts';
import type { Context, Scenarios } from './scenario.ts';

const noDelay = { backoff: { base: 0 } } as const;

/** A 503 that never ends, with a body longer than is drained. */
const endless = { status: 503, how: 'stall', size: 200_000 } as const;

/** Point 6 of the contract: a discarded response releases its connection. */
export const discardedResponses: Scenarios = {
  'cancels a discarded response that is large': async ({ resilientFetch }, _testing, context) => {
    const response = await resilientFetch(context.url(endless, endless, 200), { fetch: numberedFetch(), backoff: { base: 20, factor: 1, jitter: 'none' } });

    equal(await response.text(), 'response 3');
    await expectDisconnects(context, [true, true, false]);
  },

  'cancels a discarded response that stalls, at the end of the backoff': async ({ resilientFetch }, { FakeClock }, context) => {
    const clock = new FakeClock();
    let failures = 0;
    const call = resilientFetch(context.url({ status: 503, how: 'stall' }, 200), { clock, fetch: numberedFetch(), random: () => 0.5, onFailure: () => { failures += 1; } });
    await clock.settle(() => failures === 1);
    await clock.advance(100);

    equal((await call).status, 200);
    await expectDisconnects(context, [true, false]);
  },

  'cancels the response if shouldRetry throws': async ({ resilientFetch }, _testing, context) => {
    const error = new Error('in shouldRetry');
    const shouldRetry = (): boolean => { throw error; };

    check(await rejectionOf(resilientFetch(context.url(endless), { ...noDelay, shouldRetry })) === error, 'another error');
    await expectDisconnects(context, [true]);
  },

  'cancels the response if onFailure throws': async ({ resilientFetch }, _testing, context) => {
    const error = new Error('in onFailure');
    const onFailure = (): void => { throw error; };

    check(await rejectionOf(resilientFetch(context.url(endless), { ...noDelay, onFailure })) === error, 'another error');
    await expectDisconnects(context, [true]);
  },

  'cancels the response if the caller aborts in onFailure': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const onFailure = (): void => controller.abort('left');

    equal(await rejectionOf(resilientFetch(context.url(endless), { ...noDelay, signal: controller.signal, onFailure })), 'left');
    await expectDisconnects(context, [true]);
  },

  'resolves with a response whose body shouldRetry has read': async ({ resilientFetch }, _testing, context) => {
    const shouldRetry = async ({ response }: { response?: Response | undefined }): Promise<boolean> => await response?.text() === 'response 1';
    const response = await resilientFetch(context.url(503, 200), { ...noDelay, shouldRetry });

    equal([response.status, response.bodyUsed], [200, true]);
  },

  'reuses the connections of discarded responses': async ({ resilientFetch }, _testing, context) => {
    const steps = Array.from({ length: 12 }, () => ({ status: 503, size: 20_000 }));
    await resilientFetch(context.url(...steps, 200), { backoff: { base: 5, factor: 1, jitter: 'none' }, retries: 12 });

    const connections = new Set((await context.received()).map(({ connection }) => connection)).size;
    check(connections <= 4, `${connections} connections for 13 requests`);
  },
};

/** Expects a closed connection for each discarded response, and for no other. */
async function expectDisconnects(context: Context, expected: readonly boolean[]): Promise<void> {
  const actual = (await context.received({ disconnects: expected.filter(Boolean).length })).map(({ isDisconnected }) => isDisconnected);
  equal(actual, expected);
}
