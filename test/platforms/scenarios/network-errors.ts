import { check, equal, rejectionOf } from './assert.ts';
import { textOf } from './good-answers.ts';
import { shape } from './native.ts';
import { numberedFetch } from './numbered.ts';
import type { Scenario, Scenarios } from './scenario.ts';
import type { Step } from './step.ts';

const atOnce = { backoff: { base: 0 } } as const;

/** An answer that never comes is a rejection, is tried again, and recovers. */
const recovers = (how: NonNullable<Step['how']>): Scenario => async ({ resilientFetch, failuresOf }, _testing, context) => {
  const response = await resilientFetch(context.url({ how }, { how }, 200), { ...atOnce, fetch: numberedFetch() });

  equal(await response.text(), 'answer 3');
  equal(failuresOf(response).map(({ kind }) => kind), ['network-error', 'network-error']);
};

/** Out of retries, what fetch rejected with is what the caller gets. */
const rejects = (how: NonNullable<Step['how']>): Scenario => async ({ resilientFetch, failuresOf }, _testing, context) => {
  const error = await rejectionOf(resilientFetch(context.url({ how }), { ...atOnce, retries: 1 }));

  equal(shape(error), shape(await rejectionOf(context.fetch(context.url({ how })))));
  check(failuresOf(error).at(-1)?.error === error, 'wrapped in another');
  equal(failuresOf(error).map(({ stopped }) => stopped ?? 'retried'), ['retried', 'retries-spent']);
};

/** A body that breaks is the caller's: it has been handed over, and is not tried again. */
const breaks = (step: Step): Scenario => async ({ resilientFetch }, _testing, context) => {
  const read = async (fetch: typeof globalThis.fetch): Promise<readonly unknown[]> => shape(await rejectionOf(textOf(fetch(`${context.url(step)}&attempt=1`))));
  const [[name, words], [nativeName, nativeWords]] = [await read(resilientFetch), await read(context.fetch)];

  equal(name, nativeName);
  if (words !== nativeWords) context.note(`says "${words}" where fetch alone says "${nativeWords}"`);
};

export const networkErrors: Scenarios = {
  'recovers from a reset before the headers': recovers('reset'),
  'recovers from garbage that is no HTTP': recovers('garbage'),
  'rejects with fetch\'s own error where every attempt is reset': rejects('reset'),
  'rejects with fetch\'s own error where every answer is garbage': rejects('garbage'),
  'leaves a body that is reset to its reader, as fetch does': breaks({ how: 'cut', size: 5_000 }),

  'rejects with fetch\'s own error where nothing listens': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const error = await rejectionOf(resilientFetch(context.refused, { ...atOnce, retries: 2 }));

    equal(shape(error), shape(await rejectionOf(context.fetch(context.refused))));
    equal(failuresOf(error).length, 3, 'attempts');
  },

  'sends a POST again that was refused the connection, where the error tells': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const error = await rejectionOf(resilientFetch(context.refused, { ...atOnce, retries: 1, method: 'POST', body: 'text' }));

    const attempts = failuresOf(error).length;
    equal(attempts, ['node', 'bun'].includes(context.platform) ? 2 : 1, 'attempts');
    if (attempts === 1) context.note('sent once, as the error does not tell that nothing was sent');
  },

  'sends a POST once that was reset': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const error = await rejectionOf(resilientFetch(context.url({ how: 'reset' }), { ...atOnce, method: 'POST', body: 'text' }));

    equal(failuresOf(error).map(({ stopped }) => stopped), ['not-repeatable']);
  },

  'cuts an attempt whose headers stall, and tries again': async ({ resilientFetch, failuresOf }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const call = resilientFetch(context.url({ how: 'hang' }, 200), { ...atOnce, clock, timeout: 3_000 });
    await context.log({ requests: 1 });

    await clock.advance(3_000);

    const response = await call;
    equal(await response.text(), 'answer 2');
    equal(failuresOf(response).map(({ kind, duration }) => [kind, duration]), [['timeout', 3_000]]);
    equal((await context.log({ cut: 1 })).map(({ cut }) => cut), [true, false], 'what the server saw cut');
  },

  'rejects with a TimeoutError where every attempt stalls': async ({ resilientFetch, TimeoutError }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const call = rejectionOf(resilientFetch(context.url({ how: 'hang' }), { ...atOnce, clock, timeout: 3_000, retries: 1 }));
    await context.log({ requests: 1 });
    await clock.advance(3_000);
    await context.log({ requests: 2 });
    await clock.advance(3_000);

    const error = await call as InstanceType<typeof TimeoutError>;
    check(error instanceof TimeoutError && error instanceof DOMException, 'no TimeoutError');
    equal([error.name, error.scope, error.timeout, clock.pending], ['TimeoutError', 'attempt', 3_000, 0]);
    await context.log({ cut: 2 });
  },

  'ends an attempt in flight when the total is spent': async ({ resilientFetch, failuresOf }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const call = rejectionOf(resilientFetch(context.url({ how: 'hang' }), { clock, totalTimeout: 5_000 }));
    await context.log({ requests: 1 });

    await clock.advance(5_000);

    const error = await call as { scope?: string };
    equal([error.scope, failuresOf(error)[0]?.stopped, clock.pending], ['total', 'total-timeout', 0]);
    equal((await context.log({ cut: 1 })).length, 1, 'requests');
  },

  'times an attempt out by the platform\'s own clock': async ({ resilientFetch, TimeoutError }, _testing, context) => {
    const started = performance.now();
    const error = await rejectionOf(resilientFetch(context.url({ how: 'hang' }), { retries: 0, timeout: 60 }));

    check(error instanceof TimeoutError, String(error));
    // Timers may be early by a rounding, never by more.
    check(performance.now() - started >= 55, 'too early');
  },

  'lets a body stall for as long as its reader is patient': async ({ resilientFetch }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const response = await resilientFetch(context.url({ how: 'flow', size: 2_000 }), { clock, timeout: 1_000, totalTimeout: 2_000 });
    await clock.advance(3_600_000);

    await context.release();

    equal([(await response.text()).slice(-7), clock.pending], ['the end', 0]);
  },
};
