import { check, equal, readToEnd, rejectionOf, skip } from './assert.ts';
import { textOf } from './successful-responses.ts';
import { rejectsWithReason } from './compare-with-fetch.ts';
import type { Context, Library, Scenarios } from './scenario.ts';

const reason = { why: 'the user left' };

/** Points 3 and 7 of the contract: an abort rejects the call with the caller's reason, at any time. */
export const aborts: Scenarios = {
  'sends nothing if the signal is aborted before the call': async ({ resilientFetch }, _testing, context) => {
    const error = await rejectionOf(resilientFetch(context.url(200), { signal: AbortSignal.abort(reason) }));

    check(error === reason, `rejects with ${String(error)}`);
    equal((await context.received()).length, 0, 'requests');
  },

  'rejects with any reason of an abort in flight': async ({ resilientFetch }, _testing, context) => {
    for (const [index, each] of [reason, 'a bare string', 0, null, new DOMException('late', 'TimeoutError')].entries()) {
      const controller = new AbortController();
      const call = rejectionOf(resilientFetch(`${context.url({ how: 'hang' })}&call=${index}`, { signal: controller.signal }));
      await context.received({ requests: index + 1 });

      controller.abort(each);

      check(Object.is(await call, each), `rejects with ${String(await call)} for ${String(each)}`);
    }
    await context.received({ disconnects: 5 });
  },

  'rejects with an AbortError if an abort in flight has no reason': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const call = rejectionOf(resilientFetch(context.url({ how: 'hang' }), { signal: controller.signal }));
    await context.received({ requests: 1 });

    controller.abort();

    check(await call === controller.signal.reason, 'another reason');
    equal((await call as Error).name, 'AbortError');
  },

  'rejects with an AbortError if a foreign signal has no reason': async ({ resilientFetch }, _testing, context) => {
    const [listeners, foreign] = [new Set<() => void>(), { aborted: false }];
    const signal = Object.assign(foreign, {
      addEventListener: (_type: string, listener: () => void) => void listeners.add(listener),
      removeEventListener: (_type: string, listener: () => void) => void listeners.delete(listener),
    });
    // Like the signals of abort-controller and of React Native.
    const call = rejectionOf(resilientFetch(context.url({ how: 'hang' }), { signal: signal as unknown as AbortSignal }));
    await context.received({ requests: 1 });

    foreign.aborted = true;
    for (const listener of listeners) listener();

    equal((await call as Error).name, 'AbortError');
    equal((await context.received({ disconnects: 1 })).map(({ isDisconnected }) => isDisconnected), [true]);
  },

  'closes the connection at an abort in flight': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const call = rejectionOf(resilientFetch(context.url({ how: 'hang' }), { signal: controller.signal, totalTimeout: 60_000 }));
    await context.received({ requests: 1 });

    controller.abort(reason);

    check(await call === reason, 'another reason');
    equal((await context.received({ disconnects: 1 })).map(({ isDisconnected }) => isDisconnected), [true]);
  },

  'follows a Request\'s own signal in flight': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const request = new Request(context.url({ how: 'hang' }), { signal: controller.signal });
    const call = rejectionOf(resilientFetch(request));
    await context.received({ requests: 1 });

    controller.abort(reason);

    check(await call === reason, `rejects with ${String(await call)}`);
  },

  'ignores a Request\'s own signal if init has signal: null': async ({ resilientFetch }, _testing, context) => {
    const request = new Request(context.url(200), { signal: AbortSignal.abort(reason) });

    equal(await textOf(resilientFetch(request, { signal: null })), 'response 1');
  },

  'leaves no timer at an abort in backoff': async ({ resilientFetch, failuresOf }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const controller = new AbortController();
    let failures = 0;
    const call = rejectionOf(resilientFetch(context.url(503), { clock, signal: controller.signal, random: () => 0.5, onFailure: () => { failures += 1; } }));
    await clock.settle(() => failures === 1);

    controller.abort(reason);

    check(await call === reason, 'another reason');
    equal([clock.pending, failuresOf(reason).length, (await context.received()).length], [0, 1, 1]);
  },

  'rejects at an abort in shouldRetry without waiting for its result': async ({ resilientFetch }, _testing, context) => {
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

  'rejects with the reason of an abort in a body factory': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const body = (): Promise<string> => {
      controller.abort(reason);
      return new Promise(() => {});
    };

    check(await rejectionOf(resilientFetch(context.url(200), { method: 'PUT', body, signal: controller.signal })) === reason, 'another reason');
    equal((await context.received()).length, 0, 'requests');
  },

  'rejects the reader with the reason of an abort in the body': (library, _testing, context) => abortsBody(library, context, async (response) => response.text()),

  'rejects a reader with the reason if the caller kept only the reader': (library, _testing, context) => abortsBody(library, context, async (response) => {
    await readToEnd(response.body?.getReader());
  }),

  'rejects a reader with the reason if the response was collected': async ({ resilientFetch }, _testing, context) => {
    if (context.collectGarbage === undefined) context.note('without a forced collection, which the engine does not support');
    if (context.engine === 'webkit') skip('the engine may collect the response and lose the abort, with fetch too');
    await rejectsWithReason(context, resilientFetch, reason, async (fetch) => {
      const controller = new AbortController();
      const open = async (): Promise<[ReadableStreamDefaultReader<unknown> | undefined, () => boolean]> => {
        const response = await fetch(context.url({ how: 'stall', size: 2_000 }), { signal: controller.signal });
        return [response.body?.getReader(), collectionOf(response)];
      };
      const [reader, isCollected] = await open();
      await reader?.read();
      for (let round = 0; round < 5 && !isCollected(); round += 1) await context.collectGarbage?.();
      const rejection = rejectionOf(readToEnd(reader));
      controller.abort(reason);
      return { rejection };
    });
  },

  'rejects the reader with the reason after a garbage collection': async ({ resilientFetch }, _testing, context) => {
    if (context.collectGarbage === undefined) context.note('without a forced collection, which the engine does not support');
    await rejectsWithReason(context, resilientFetch, reason, async (fetch) => {
      const controller = new AbortController();
      const response = await fetch(context.url({ how: 'stall', size: 2_000 }), { signal: controller.signal });
      const rejection = rejectionOf(response.text());
      await context.collectGarbage?.();
      controller.abort(reason);
      // Reading the status afterwards keeps the response until then.
      return { rejection: rejection.finally(() => equal(response.status, 200)) };
    });
  },

  'closes the connection at an abort in the body, after a retry and with totalTimeout': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const response = await resilientFetch(context.url(503, { how: 'stall', size: 2_000 }), { signal: controller.signal, totalTimeout: 60_000, backoff: { base: 0 } });
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = rejectionOf(readToEnd(reader));

    controller.abort(reason);

    await rest;
    equal((await context.received({ disconnects: 1 })).map(({ isDisconnected }) => isDisconnected), [false, true]);
  },

  'ignores an abort after the body was read': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const text = await textOf(resilientFetch(context.url(200), { signal: controller.signal }));

    controller.abort(reason);

    equal(text, 'response 1');
  },

  'rejects every call of an aborted signal and no other': async ({ resilientFetch }, _testing, context) => {
    const [controller, other] = [new AbortController(), new AbortController()];
    const calls = [1, 2, 3].map((call) => rejectionOf(resilientFetch(`${context.url({ how: 'hang' })}&call=${call}`, { signal: controller.signal })));
    await context.received({ requests: 3 });

    controller.abort(reason);
    const response = await resilientFetch(`${context.url(200)}&attempt=1`, { signal: other.signal });

    equal([await Promise.all(calls), response.status], [[reason, reason, reason], 200]);
  },

  'adds one listener to a signal of several calls, and removes the listener': async ({ resilientFetch }, _testing, context) => {
    const { signal, listeners } = signalWithCount();
    const fetch = async (input: unknown): Promise<Response> => {
      const { status } = await context.fetch(String(input));
      return new Response(null, { status });
    };

    await Promise.all([1, 2, 3, 4].map((call) => resilientFetch(`${context.url(200)}&call=${call}`, { signal, fetch })));

    equal(listeners, { max: 1, current: 0 });
  },

  'removes its listener when the response is collected': async ({ resilientFetch }, _testing, context) => {
    const { collectGarbage } = context;
    if (collectGarbage === undefined) skip('the engine does not support a forced collection');
    if (typeof FinalizationRegistry !== 'function') skip('without FinalizationRegistry, the listener is removed with the signal');
    const collectUntil = async (condition: () => boolean): Promise<boolean> => {
      for (let round = 0; round < 20 && !condition(); round += 1) await collectGarbage();
      return condition();
    };
    const read = async (fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<() => boolean> => {
      const response = await fetch(context.url(200), { signal });
      const isCollected = collectionOf(response.body ?? response);
      await response.text();
      return isCollected;
    };
    const signals = [1, 2, 3, 4].map(signalWithCount);

    for (const { signal } of signals) await Promise.all([read(resilientFetch, signal), read(resilientFetch, signal), read(resilientFetch, signal)]);
    const released = (): number => signals.filter(({ listeners }) => listeners.current === 0).length;
    // WebKit's collector is conservative: a number on the stack that equals an address keeps the object.
    const isReleased = await collectUntil(() => released() >= (context.engine === 'webkit' ? 1 : signals.length));

    equal(signals.map(({ listeners }) => listeners.max), [1, 1, 1, 1], 'listeners');
    if (isReleased) return;
    const collections = await Promise.all(signals.map(({ signal }) => read((input) => context.fetch(input), signal)));
    check(!await collectUntil(() => collections.some((isCollected) => isCollected())), `listeners are left on ${signals.length - released()} signals, but responses of fetch are collected`);
    context.note('not observable, because the engine does not collect responses of fetch');
  },
};

const registry = typeof FinalizationRegistry === 'function' ? new FinalizationRegistry<() => void>((onCollected) => onCollected()) : undefined;

/** Returns a function that is true after the object was collected. Not a WeakRef, because reading one keeps the object. */
function collectionOf(object: object): () => boolean {
  let isCollected = false;
  registry?.register(object, () => { isCollected = true; });
  return () => isCollected;
}

/** A signal with a count of its listeners. */
function signalWithCount(): { readonly signal: AbortSignal; readonly listeners: { max: number; current: number } } {
  const { signal } = new AbortController();
  const listeners = { max: 0, current: 0 };
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  Object.assign(signal, {
    addEventListener(...given: Parameters<typeof add>) {
      listeners.max = Math.max(listeners.max, listeners.current += 1);
      add(...given);
    },
    removeEventListener(...given: Parameters<typeof remove>) {
      listeners.current -= 1;
      remove(...given);
    },
  });
  return { signal, listeners };
}

/** Aborts while the body is read, and expects the reason and a closed connection. */
async function abortsBody({ resilientFetch }: Library, context: Context, read: (response: Response) => Promise<unknown>): Promise<void> {
  let calls = 0;
  await rejectsWithReason(context, resilientFetch, reason, async (fetch) => {
    const controller = new AbortController();
    calls += 1;
    const response = await fetch(context.url({ how: 'stall', size: 2_000 }), { signal: controller.signal });
    const rejection = rejectionOf(read(response));
    controller.abort(reason);
    return { rejection };
  });
  const requests = await context.received({ disconnects: calls });
  check(requests.every(({ isDisconnected }) => isDisconnected), 'the connection is still open');
}
