import { check, equal, rejectionOf, skip } from './assert.ts';
import { textOf } from './good-answers.ts';
import { rejectsWithReason } from './native.ts';
import type { Scenarios } from './scenario.ts';

const atOnce = { backoff: { base: 0 } } as const;

/** Puts something in the place of a global while it is needed. */
async function replaced<Value>(name: string, get: () => unknown, use: () => Promise<Value>): Promise<Value> {
  const present = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { configurable: true, get });
  try {
    return await use();
  } finally {
    // What a global only inherits is there again when its own is gone.
    Reflect.deleteProperty(globalThis, name);
    if (present !== undefined) Object.defineProperty(globalThis, name, present);
  }
}

/** Contract, points 8 and 9: however it is called, and whatever it is given to. */
export const waysIn: Scenarios = {
  'is a function of one argument, as fetch is': async ({ resilientFetch }) => {
    equal([typeof resilientFetch, resilientFetch.length], ['function', 1]);
  },

  'works unbound': async ({ resilientFetch }, _testing, context) => {
    const unbound = resilientFetch;

    equal(await textOf(unbound(context.url(503, 200), atOnce)), 'answer 2');
  },

  'works as a method of another object': async ({ resilientFetch }, _testing, context) => {
    const client = { fetch: resilientFetch.with({ ...atOnce, retries: 1 }) };

    equal(await textOf(client.fetch(context.url(503, 200))), 'answer 2');
  },

  'calls a fetch that was given as an option unbound': async ({ resilientFetch }, _testing, context) => {
    const { fetch } = globalThis;

    equal(await textOf(resilientFetch.with({ fetch })(context.url(503, 200), atOnce)), 'answer 2');
  },

  'takes the place of globalThis.fetch without calling itself': async ({ resilientFetch }, _testing, context) => {
    const ours = resilientFetch.with({ ...atOnce, retries: 2 });
    const instrumented: typeof fetch = (input, init) => ours(input, init);
    for (const fetch of [ours, instrumented]) {
      let asked = 0;
      const get = (): unknown => {
        // For ever would take the platform along.
        if (asked > 100) throw new Error('calls itself');
        asked += 1;
        return fetch;
      };
      equal(await replaced('fetch', get, () => textOf(globalThis.fetch(context.url(503, 503, 200, 503, 503, 200)))), `answer ${fetch === ours ? 3 : 6}`);
    }

    equal((await context.log()).length, 6, 'requests');
  },

  'finds a globalThis.fetch that was patched late': async ({ resilientFetch }, _testing, context) => {
    const patched = async (): Promise<Response> => new Response('patched');

    equal(await replaced('fetch', () => patched, () => textOf(resilientFetch(context.url(200)))), 'patched');
  },

  'loads and aborts where there is no FinalizationRegistry': async (_library, _testing, context) => {
    // Loading and connecting may need it themselves, so both are done once before.
    await context.fresh();
    await textOf(context.fetch(context.url(200)));
    const { resilientFetch } = await replaced('FinalizationRegistry', () => undefined, () => context.fresh());

    await rejectsWithReason(context, resilientFetch, 'left', async (fetch) => {
      const controller = new AbortController();
      const response = await fetch(`${context.url({ how: 'stall', size: 2_000 })}&attempt=1`, { signal: controller.signal });
      const rest = rejectionOf(response.text());
      controller.abort('left');
      return rest;
    });
  },

  'works in a worker': async (_library, _testing, context) => {
    if (context.inWorker === undefined) skip('played in the pages of browsers only');

    equal(await context.inWorker(context.url(503, 200)), 'answer 2');
  },

  'works beside another copy of itself': async (library, _testing, context) => {
    const copy = await context.fresh();
    const response = await copy.resilientFetch(context.url(503, 200), atOnce);

    equal([copy.failuresOf(response).length, library.failuresOf(response).length], [1, 0]);
  },

  'chains with(), and leaves the first as it was': async ({ resilientFetch }, { FakeClock, scriptedFetch }) => {
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

  'leaves no rejection unhandled': async (_library, _testing, context) => {
    // One turn for the platform to notice what the last scenarios left.
    await new Promise((resolve) => setTimeout(resolve, 20));

    check(context.unhandled.length === 0, `left: ${context.unhandled.map(String).join(', ')}`);
  },
};
