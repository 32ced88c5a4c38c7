import { check, equal, rejectionOf } from './assert.ts';
import { textOf } from './successful-responses.ts';
import { errorShape } from './compare-with-fetch.ts';
import { numberedFetch } from './numbered-fetch.ts';
import type { Scenario, Scenarios } from './scenario.ts';
import type { Step } from './script.ts';

const noDelay = { backoff: { base: 0 } } as const;

/** Expects a retry of each attempt without a response. */
const retriesAfter = (how: NonNullable<Step['how']>): Scenario => async ({ resilientFetch, failuresOf }, _testing, context) => {
  const response = await resilientFetch(context.url({ how }, { how }, 200), { ...noDelay, fetch: numberedFetch() });

  equal(await response.text(), 'response 3');
  equal(failuresOf(response).map(({ kind }) => kind), ['network-error', 'network-error']);
};

/** Expects the error of fetch when the retries run out. */
const rejectsAfter = (how: NonNullable<Step['how']>): Scenario => async ({ resilientFetch, failuresOf }, _testing, context) => {
  const error = await rejectionOf(resilientFetch(context.url({ how }), { ...noDelay, retries: 1 }));

  equal(errorShape(error), errorShape(await rejectionOf(context.fetch(context.url({ how })))));
  check(failuresOf(error).at(-1)?.error === error, 'another error in the last failure');
  equal(failuresOf(error).map(({ stopped }) => stopped ?? 'retried'), ['retried', 'retries-spent']);
};

/** Expects the error of fetch in the body, without a retry, because the response was already returned. */
const rejectsReaderAfter = (step: Step): Scenario => async ({ resilientFetch }, _testing, context) => {
  const read = async (fetch: typeof globalThis.fetch): Promise<readonly unknown[]> => errorShape(await rejectionOf(textOf(fetch(`${context.url(step)}&attempt=1`))));
  const [[name, message], [nativeName, nativeMessage]] = [await read(resilientFetch), await read(context.fetch)];

  equal(name, nativeName);
  if (message !== nativeMessage) context.note(`the message is "${message}", with fetch "${nativeMessage}"`);
};

export const networkErrors: Scenarios = {
  'retries a connection reset before the headers': retriesAfter('reset'),
  'retries a response that is not HTTP': retriesAfter('malformed'),
  'rejects with fetch\'s error if every attempt is reset': rejectsAfter('reset'),
  'rejects with fetch\'s error if no response is HTTP': rejectsAfter('malformed'),
  'rejects the reader of a body that is reset, like fetch': rejectsReaderAfter({ how: 'reset-body', size: 5_000 }),

  'rejects with fetch\'s error if the connection is refused': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const error = await rejectionOf(resilientFetch(context.refusedUrl, { ...noDelay, retries: 2 }));

    equal(errorShape(error), errorShape(await rejectionOf(context.fetch(context.refusedUrl))));
    equal(failuresOf(error).length, 3, 'attempts');
  },

  'sends a POST once if the connection is refused, perhaps after a redirect': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const error = await rejectionOf(resilientFetch(context.refusedUrl, { ...noDelay, retries: 1, method: 'POST', body: 'text' }));

    equal(failuresOf(error).map(({ stopped }) => stopped), ['not-repeatable']);
  },

  'retries a POST without redirects after a refused connection if the error has a code': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const error = await rejectionOf(resilientFetch(context.refusedUrl, { ...noDelay, retries: 1, method: 'POST', body: 'text', redirect: 'manual' }));

    const attempts = failuresOf(error).length;
    equal(attempts, ['node', 'bun'].includes(context.engine) ? 2 : 1, 'attempts');
    if (attempts === 1) context.note('sent once, because the error does not say that the connection was refused');
  },

  'sends a POST once if the connection is reset': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const error = await rejectionOf(resilientFetch(context.url({ how: 'reset' }), { ...noDelay, method: 'POST', body: 'text' }));

    equal(failuresOf(error).map(({ stopped }) => stopped), ['not-repeatable']);
  },

  'aborts and retries an attempt without headers within the timeout': async ({ resilientFetch, failuresOf }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const call = resilientFetch(context.url({ how: 'hang' }, 200), { ...noDelay, clock, timeout: 3_000 });
    await context.received({ requests: 1 });

    await clock.advance(3_000);

    const response = await call;
    equal(await response.text(), 'response 2');
    equal(failuresOf(response).map(({ kind, duration }) => [kind, duration]), [['timeout', 3_000]]);
    equal((await context.received({ disconnects: 1 })).map(({ isDisconnected }) => isDisconnected), [true, false], 'disconnects');
  },

  'rejects with a TimeoutError if every attempt times out': async ({ resilientFetch, TimeoutError }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const call = rejectionOf(resilientFetch(context.url({ how: 'hang' }), { ...noDelay, clock, timeout: 3_000, retries: 1 }));
    await context.received({ requests: 1 });
    await clock.advance(3_000);
    await context.received({ requests: 2 });
    await clock.advance(3_000);

    const error = await call as InstanceType<typeof TimeoutError>;
    check(error instanceof TimeoutError && error instanceof DOMException, 'not a TimeoutError');
    equal([error.name, error.scope, error.timeout, clock.pending], ['TimeoutError', 'attempt', 3_000, 0]);
    await context.received({ disconnects: 2 });
  },

  'aborts an attempt in flight at totalTimeout': async ({ resilientFetch, failuresOf }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const call = rejectionOf(resilientFetch(context.url({ how: 'hang' }), { clock, totalTimeout: 5_000 }));
    await context.received({ requests: 1 });

    await clock.advance(5_000);

    const error = await call as { scope?: string };
    equal([error.scope, failuresOf(error)[0]?.stopped, clock.pending], ['total', 'total-timeout', 0]);
    equal((await context.received({ disconnects: 1 })).length, 1, 'requests');
  },

  'times out by the platform\'s own clock': async ({ resilientFetch, TimeoutError }, _testing, context) => {
    const started = performance.now();
    const error = await rejectionOf(resilientFetch(context.url({ how: 'hang' }), { retries: 0, timeout: 60 }));

    check(error instanceof TimeoutError, String(error));
    // A timer may fire early because of rounding.
    check(performance.now() - started >= 55, 'too early');
  },

  'does not limit the time of a body by the timeout of an attempt': async ({ resilientFetch }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const response = await resilientFetch(context.url({ how: 'pause', size: 2_000 }), { clock, timeout: 1_000 });
    await clock.advance(3_600_000);

    await context.resume();

    equal([(await response.text()).slice(-7), clock.pending], ['the end', 0]);
  },
};
