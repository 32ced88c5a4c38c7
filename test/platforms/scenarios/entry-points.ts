import { check, equal, rejectionOf, skip } from './assert.ts';
import { textOf } from './successful-responses.ts';
import { rejectsWithReason } from './compare-with-fetch.ts';
import type { Scenarios } from './scenario.ts';

const noDelay = { backoff: { base: 0 } } as const;

/** Replaces a global during a call. */
async function withGlobal<Value>(name: string, get: () => unknown, use: () => Promise<Value>): Promise<Value> {
  const original = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { configurable: true, get });
  try {
    return await use();
  } finally {
    // An inherited property is visible again when the own one is deleted.
    Reflect.deleteProperty(globalThis, name);
    if (original !== undefined) Object.defineProperty(globalThis, name, original);
  }
}

/** Points 8 and 9 of the contract: every way to call the function and to pass it on. */
export const entryPoints: Scenarios = {
  'is a function with a length of 1, like fetch': async ({ resilientFetch }) => {
    equal([typeof resilientFetch, resilientFetch.length], ['function', 1]);
  },

  'works without a this value': async ({ resilientFetch }, _testing, context) => {
    const unbound = resilientFetch;

    equal(await textOf(unbound(context.url(503, 200), noDelay)), 'response 2');
  },

  'works as a method of another object': async ({ resilientFetch }, _testing, context) => {
    const client = { fetch: resilientFetch.with({ ...noDelay, retries: 1 }) };

    equal(await textOf(client.fetch(context.url(503, 200))), 'response 2');
  },

  'calls a fetch option without a this value': async ({ resilientFetch }, _testing, context) => {
    const { fetch } = globalThis;

    equal(await textOf(resilientFetch.with({ fetch })(context.url(503, 200), noDelay)), 'response 2');
  },

  'does not call itself as globalThis.fetch': async ({ resilientFetch }, _testing, context) => {
    const direct = resilientFetch.with({ ...noDelay, retries: 2 });
    const instrumented: typeof fetch = (input, init) => direct(input, init);
    for (const fetch of [direct, instrumented]) {
      let reads = 0;
      const get = (): unknown => {
        // An endless recursion would end the platform.
        if (reads > 100) throw new Error('calls itself');
        reads += 1;
        return fetch;
      };
      equal(await withGlobal('fetch', get, () => textOf(globalThis.fetch(context.url(503, 503, 200, 503, 503, 200)))), `response ${fetch === direct ? 3 : 6}`);
    }

    equal((await context.received()).length, 6, 'requests');
  },

  'does not call itself beneath an async wrapper as globalThis.fetch': async ({ resilientFetch }, _testing, context) => {
    const direct = resilientFetch.with({ ...noDelay, retries: 2 });
    let calls = 0;
    const wrapper: typeof fetch = async (input, init) => {
      calls += 1;
      // An endless recursion would end the platform.
      if (calls > 100) throw new Error('calls itself');
      await Promise.resolve();
      return direct(input, init);
    };

    const response = await withGlobal('fetch', () => wrapper, () => globalThis.fetch(context.url(503, 503, 200)));

    equal([await response.text(), (await context.received()).length], ['response 3', 3]);
  },

  'calls a globalThis.fetch that was replaced after the import': async ({ resilientFetch }, _testing, context) => {
    const patched = async (): Promise<Response> => new Response('patched');

    equal(await withGlobal('fetch', () => patched, () => textOf(resilientFetch(context.url(200)))), 'patched');
  },

  'loads and aborts without FinalizationRegistry': async (_library, _testing, context) => {
    // The platform may need the global to load and to connect, so both happen once before.
    await context.loadCopy();
    await textOf(context.fetch(context.url(200)));
    const { resilientFetch } = await withGlobal('FinalizationRegistry', () => undefined, () => context.loadCopy());

    await rejectsWithReason(context, resilientFetch, 'left', async (fetch) => {
      const controller = new AbortController();
      const response = await fetch(`${context.url({ how: 'stall', size: 2_000 })}&attempt=1`, { signal: controller.signal });
      const rejection = rejectionOf(response.text());
      controller.abort('left');
      return { rejection };
    });
  },

  'works in a worker': async (_library, _testing, context) => {
    if (context.fetchInWorker === undefined) skip('the platform has no pages');

    equal(await context.fetchInWorker(context.url(503, 200)), 'response 2');
  },

  'works beside another copy of the package': async (library, _testing, context) => {
    const copy = await context.loadCopy();
    const response = await copy.resilientFetch(context.url(503, 200), noDelay);

    equal([copy.failuresOf(response).length, library.failuresOf(response).length], [1, 0]);
  },

  'chains with() without changing the first function': async ({ resilientFetch }, { FakeClock, scriptedFetch }) => {
    const clock = new FakeClock();
    const first = resilientFetch.with({ clock, retries: 1, random: () => 0.5 });
    const second = first.with({ retries: 2 });
    const outcomes: unknown[] = [];
    for (const api of [first, second]) {
      const started = clock.now();
      const fetch = scriptedFetch([503, 503, 200], clock);
      const call = api('http://users.test/', { fetch });
      await clock.advance(60_000);
      outcomes.push([(await call).status, fetch.times.map((time) => time - started)]);
    }

    equal(outcomes, [[503, [0, 100]], [200, [0, 100, 300]]]);
  },

  'leaves no unhandled rejection': async (_library, _testing, context) => {
    // The platform reports unhandled rejections of the last scenarios in a later turn.
    await new Promise((resolve) => setTimeout(resolve, 20));

    check(context.unhandledRejections.length === 0, `unhandled: ${context.unhandledRejections.map(String).join(', ')}`);
  },
};
