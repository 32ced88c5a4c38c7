import { check, equal, readOn, rejectionOf, skip } from './assert.ts';
import { textOf } from './good-answers.ts';
import { rejectsWithReason } from './native.ts';
import type { Context, Library, Scenarios } from './scenario.ts';

const reason = { why: 'the user left' };

/** Contract, points 3 and 7: the caller's abort wins everywhere, with the caller's own reason. */
export const aborts: Scenarios = {
  'an abort before the call sends nothing': async ({ resilientFetch }, _testing, context) => {
    const error = await rejectionOf(resilientFetch(context.url(200), { signal: AbortSignal.abort(reason) }));

    check(error === reason, `rejects with ${String(error)}`);
    equal((await context.log()).length, 0, 'requests');
  },

  'an abort in flight rejects with the reason, whatever it is': async ({ resilientFetch }, _testing, context) => {
    for (const [index, why] of [reason, 'a bare string', 0, null, new DOMException('late', 'TimeoutError')].entries()) {
      const controller = new AbortController();
      const call = rejectionOf(resilientFetch(`${context.url({ how: 'hang' })}&call=${index}`, { signal: controller.signal }));
      await context.log({ requests: index + 1 });

      controller.abort(why);

      check(Object.is(await call, why), `rejects with ${String(await call)} for ${String(why)}`);
    }
    await context.log({ cut: 5 });
  },

  'an abort in flight is an AbortError where no reason is given': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const call = rejectionOf(resilientFetch(context.url({ how: 'hang' }), { signal: controller.signal }));
    await context.log({ requests: 1 });

    controller.abort();

    check(await call === controller.signal.reason, 'another reason');
    equal((await call as Error).name, 'AbortError');
  },

  'an abort in flight closes the connection': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const call = rejectionOf(resilientFetch(context.url({ how: 'hang' }), { signal: controller.signal, totalTimeout: 60_000 }));
    await context.log({ requests: 1 });

    controller.abort(reason);

    check(await call === reason, 'another reason');
    equal((await context.log({ cut: 1 })).map(({ cut }) => cut), [true]);
  },

  'a Request\'s own signal aborts in flight': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const request = new Request(context.url({ how: 'hang' }), { signal: controller.signal });
    const call = rejectionOf(resilientFetch(request));
    await context.log({ requests: 1 });

    controller.abort(reason);

    check(await call === reason, `rejects with ${String(await call)}`);
  },

  'signal: null drops a Request\'s own signal, as in fetch': async ({ resilientFetch }, _testing, context) => {
    const request = new Request(context.url(200), { signal: AbortSignal.abort(reason) });

    equal(await textOf(resilientFetch(request, { signal: null })), 'answer 1');
  },

  'an abort in the wait leaves no timer': async ({ resilientFetch, failuresOf }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const controller = new AbortController();
    let failed = 0;
    const call = rejectionOf(resilientFetch(context.url(503), { clock, signal: controller.signal, random: () => 0.5, onFailure: () => { failed += 1; } }));
    await clock.settle(() => failed === 1);

    controller.abort(reason);

    check(await call === reason, 'another reason');
    equal([clock.pending, failuresOf(reason).length, (await context.log()).length], [0, 1, 1]);
  },

  'an abort in shouldRetry does not wait for its answer': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const call = resilientFetch(context.url(503), {
      signal: controller.signal,
      shouldRetry: () => {
        controller.abort(reason);
        return new Promise<boolean>(() => {});
      },
    });

    check(await rejectionOf(call) === reason, 'another reason');
  },

  'an abort in a body factory rejects with the reason': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const body = (): Promise<string> => {
      controller.abort(reason);
      return new Promise(() => {});
    };

    check(await rejectionOf(resilientFetch(context.url(200), { method: 'PUT', body, signal: controller.signal })) === reason, 'another reason');
    equal((await context.log()).length, 0, 'requests');
  },

  'an abort in the body rejects its reader with the reason': (library, _testing, context) => inTheBody(library, context, async (response) => response.text()),

  'an abort in the body reaches a caller who kept only the reader': (library, _testing, context) => inTheBody(library, context, async (response) => {
    await readOn(response.body?.getReader());
  }),

  'an abort in the body reaches a reader alone after a collection': async ({ resilientFetch }, _testing, context) => {
    if (context.collect === undefined) context.note('not told to collect, as the engine takes no such order');
    if (context.platform === 'webkit') skip('what is left of the response is collected sooner or later here, and the abort lost with it, by fetch too');
    await rejectsWithReason(context, resilientFetch, reason, async (fetch) => {
      const controller = new AbortController();
      const begin = async (): Promise<[ReadableStreamDefaultReader<unknown> | undefined, () => boolean]> => {
        const response = await fetch(context.url({ how: 'stall', size: 2_000 }), { signal: controller.signal });
        return [response.body?.getReader(), watched(response)];
      };
      const [reader, isGone] = await begin();
      await reader?.read();
      for (let round = 0; round < 5 && !isGone(); round += 1) await context.collect?.();
      const rest = rejectionOf(readOn(reader));
      controller.abort(reason);
      return rest;
    });
  },

  'an abort in the body reaches who kept the response after a collection': async ({ resilientFetch }, _testing, context) => {
    if (context.collect === undefined) context.note('not told to collect, as the engine takes no such order');
    await rejectsWithReason(context, resilientFetch, reason, async (fetch) => {
      const controller = new AbortController();
      const response = await fetch(context.url({ how: 'stall', size: 2_000 }), { signal: controller.signal });
      const rest = rejectionOf(response.text());
      await context.collect?.();
      controller.abort(reason);
      const error = await rest;
      equal(response.status, 200);
      return error;
    });
  },

  'an abort in the body, after a retry and under a total, closes the connection': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const response = await resilientFetch(context.url(503, { how: 'stall', size: 2_000 }), { signal: controller.signal, totalTimeout: 60_000, backoff: { base: 0 } });
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = rejectionOf(readOn(reader));

    controller.abort(reason);

    await rest;
    equal((await context.log({ cut: 1 })).map(({ cut }) => cut), [false, true]);
  },

  'an abort once all is read changes nothing': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const text = await textOf(resilientFetch(context.url(200), { signal: controller.signal }));

    controller.abort(reason);

    equal(text, 'answer 1');
  },

  'one abort ends every call that has the signal, and no other': async ({ resilientFetch }, _testing, context) => {
    const [controller, other] = [new AbortController(), new AbortController()];
    const calls = [1, 2, 3].map((call) => rejectionOf(resilientFetch(`${context.url({ how: 'hang' })}&call=${call}`, { signal: controller.signal })));
    await context.log({ requests: 3 });

    controller.abort(reason);
    const response = await resilientFetch(`${context.url(200)}&attempt=1`, { signal: other.signal });

    equal([await Promise.all(calls), response.status], [[reason, reason, reason], 200]);
  },

  'calls that share a signal share one listener, and none is left': async ({ resilientFetch }, _testing, context) => {
    const { signal, listeners } = countedSignal();
    const fetch = async (input: unknown): Promise<Response> => {
      const { status } = await context.fetch(String(input));
      return new Response(null, { status });
    };

    await Promise.all([1, 2, 3, 4].map((call) => resilientFetch(`${context.url(200)}&call=${call}`, { signal, fetch })));

    equal(listeners, { most: 1, now: 0 });
  },

  'lets go of a signal when what was read under it is collected': async ({ resilientFetch }, _testing, context) => {
    const { collect } = context;
    if (collect === undefined) skip('not told to collect, as the engine takes no such order');
    if (typeof FinalizationRegistry !== 'function') skip('there is no FinalizationRegistry, so that it is let go with the signal');
    const isSoon = async (condition: () => boolean): Promise<boolean> => {
      for (let round = 0; round < 20 && !condition(); round += 1) await collect();
      return condition();
    };
    const read = async (fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<() => boolean> => {
      const response = await fetch(context.url(200), { signal });
      const isGone = watched(response.body ?? response);
      await response.text();
      return isGone;
    };
    const crowd = [1, 2, 3, 4].map(countedSignal);

    for (const { signal } of crowd) await Promise.all([read(resilientFetch, signal), read(resilientFetch, signal), read(resilientFetch, signal)]);
    const letGo = (): number => crowd.filter(({ listeners }) => listeners.now === 0).length;
    // WebKit's collector spares what some number on the stack happens to be the address of.
    const isLetGo = await isSoon(() => letGo() >= (context.platform === 'webkit' ? 1 : crowd.length));

    equal(crowd.map(({ listeners }) => listeners.most), [1, 1, 1, 1], 'listeners');
    if (isLetGo) return;
    const natives = await Promise.all(crowd.map(({ signal }) => read((input) => context.fetch(input), signal)));
    check(!await isSoon(() => natives.some((isGone) => isGone())), `listeners are left on ${crowd.length - letGo()} signals, where what fetch alone gives is collected`);
    context.note('not seen, as what fetch gives is not collected when the engine is told to');
  },
};

const collected = typeof FinalizationRegistry === 'function' ? new FinalizationRegistry<() => void>((tell) => tell()) : undefined;

/** Tells whether an object has been collected, where that can be known. A WeakRef that was asked would hold it a while longer. */
function watched(object: object): () => boolean {
  let isGone = false;
  collected?.register(object, () => { isGone = true; });
  return () => isGone;
}

/** A signal that counts its listeners. */
function countedSignal(): { readonly signal: AbortSignal; readonly listeners: { most: number; now: number } } {
  const { signal } = new AbortController();
  const listeners = { most: 0, now: 0 };
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  Object.assign(signal, {
    addEventListener(...given: Parameters<typeof add>) {
      listeners.most = Math.max(listeners.most, listeners.now += 1);
      add(...given);
    },
    removeEventListener(...given: Parameters<typeof remove>) {
      listeners.now -= 1;
      remove(...given);
    },
  });
  return { signal, listeners };
}

/** Aborts while the body is read in some way, and wants its connection closed. */
async function inTheBody({ resilientFetch }: Library, context: Context, read: (response: Response) => Promise<unknown>): Promise<void> {
  let calls = 0;
  await rejectsWithReason(context, resilientFetch, reason, async (fetch) => {
    const controller = new AbortController();
    calls += 1;
    const response = await fetch(context.url({ how: 'stall', size: 2_000 }), { signal: controller.signal });
    const rest = rejectionOf(read(response));
    controller.abort(reason);
    return rest;
  });
  const seen = await context.log({ cut: calls });
  check(seen.every(({ cut }) => cut), 'the connection is still open');
}
