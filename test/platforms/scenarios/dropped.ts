import { check, equal, rejectionOf } from './assert.ts';
import { numberedFetch } from './numbered.ts';
import type { Context, Scenarios } from './scenario.ts';

const atOnce = { backoff: { base: 0 } } as const;

/** A 503 with more than is read of a dropped response, and no end. */
const endless = { status: 503, how: 'stall', size: 200_000 } as const;

/** Contract, point 6: a response that is dropped lets go of its connection. */
export const dropped: Scenarios = {
  'cancels a dropped response that is large': async ({ resilientFetch }, _testing, context) => {
    const response = await resilientFetch(context.url(endless, endless, 200), { fetch: numberedFetch(), backoff: { base: 20, factor: 1, jitter: 'none' } });

    equal(await response.text(), 'answer 3');
    await wantsCut(context, [true, true, false]);
  },

  'cancels a dropped response that stalls, when the wait ends': async ({ resilientFetch }, { FakeClock }, context) => {
    const clock = new FakeClock();
    let failed = 0;
    const call = resilientFetch(context.url({ status: 503, how: 'stall' }, 200), { clock, fetch: numberedFetch(), random: () => 0.5, onFailure: () => { failed += 1; } });
    await clock.settle(() => failed === 1);
    await clock.advance(100);

    equal((await call).status, 200);
    await wantsCut(context, [true, false]);
  },

  'cancels the response where shouldRetry throws': async ({ resilientFetch }, _testing, context) => {
    const error = new Error('of the predicate');
    const shouldRetry = (): boolean => { throw error; };

    check(await rejectionOf(resilientFetch(context.url(endless), { ...atOnce, shouldRetry })) === error, 'another error');
    await wantsCut(context, [true]);
  },

  'cancels the response where onFailure throws': async ({ resilientFetch }, _testing, context) => {
    const error = new Error('of the observer');
    const onFailure = (): void => { throw error; };

    check(await rejectionOf(resilientFetch(context.url(endless), { ...atOnce, onFailure })) === error, 'another error');
    await wantsCut(context, [true]);
  },

  'cancels the response where the caller aborts in onFailure': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const onFailure = (): void => controller.abort('left');

    equal(await rejectionOf(resilientFetch(context.url(endless), { ...atOnce, signal: controller.signal, onFailure })), 'left');
    await wantsCut(context, [true]);
  },

  'leaves a response alone whose body the predicate reads': async ({ resilientFetch }, _testing, context) => {
    const shouldRetry = async ({ response }: { response?: Response | undefined }): Promise<boolean> => await response?.text() === 'answer 1';
    const response = await resilientFetch(context.url(503, 200), { ...atOnce, shouldRetry });

    equal([response.status, response.bodyUsed], [200, true]);
  },

  'uses the connections of dropped responses again': async ({ resilientFetch }, _testing, context) => {
    const steps = Array.from({ length: 12 }, () => ({ status: 503, size: 20_000 }));
    await resilientFetch(context.url(...steps, 200), { backoff: { base: 5, factor: 1, jitter: 'none' }, retries: 12 });

    const connections = new Set((await context.log()).map(({ connection }) => connection)).size;
    check(connections <= 4, `${connections} connections for 13 requests`);
  },
};

/** Wants the connections of what was dropped closed, and those of what was not left alone. */
async function wantsCut(context: Context, wanted: readonly boolean[]): Promise<void> {
  const cuts = (await context.log({ cut: wanted.filter(Boolean).length })).map(({ cut }) => cut);
  equal(cuts, wanted);
}
