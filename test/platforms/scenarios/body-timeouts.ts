import { check, equal, readToEnd, rejectionOf, skip } from './assert.ts';
import { compareWithFetch } from './compare-with-fetch.ts';
import type { Library, Scenarios } from './scenario.ts';

/** A finite limit wraps the body. No complete response takes that long. */
const wrapped = { bodyTimeout: 60_000 } as const;

const wrappingFetch = ({ resilientFetch }: Library): typeof fetch => resilientFetch.with(wrapped) as typeof fetch;

const json = { headers: { 'content-type': 'application/json' } };

type Read = (response: Response) => unknown;

/** Every way to read a complete body. */
const readers: Readonly<Record<string, Read>> = {
  text: (response) => response.text(),
  arrayBuffer: async (response) => (await response.arrayBuffer()).byteLength,
  bytes: async (response) => (await (response as Response & { bytes?: () => Promise<Uint8Array> }).bytes?.())?.byteLength,
  formData: (response) => rejectionOf(response.formData()).then((error) => (error as Error).name),
  'a reader': async (response) => {
    let size = 0;
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) size += part.value.byteLength;
    return size;
  },
  'a pipe': (response) => new Response(response.body?.pipeThrough(new TransformStream())).text(),
  'a clone, then itself': async (response) => {
    const clone = response.clone();
    return [clone.url, clone.type, await clone.text(), response.bodyUsed, await response.text(), response.bodyUsed];
  },
};

/** `bodyTimeout`: the time between two chunks, and the wrapped Response. */
export const bodyTimeouts: Scenarios = {
  'rejects the reader at bodyTimeout and closes the connection': async ({ resilientFetch, TimeoutError }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const response = await resilientFetch(context.url({ how: 'stall', size: 2_000 }), { clock, bodyTimeout: 1_000 });
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = rejectionOf(readToEnd(reader));
    await clock.settle(() => clock.pending === 1);

    await clock.advance(1_000);

    const error = await rest as InstanceType<typeof TimeoutError>;
    check(error instanceof TimeoutError, String(error));
    equal([error.scope, error.timeout, clock.pending], ['body', 1_000, 0]);
    equal((await context.received({ disconnects: 1 })).map(({ isDisconnected }) => isDisconnected), [true]);
  },

  'rejects the reader of a stalled body at totalTimeout and closes the connection': async ({ resilientFetch, TimeoutError }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const response = await resilientFetch(context.url({ how: 'stall', size: 2_000 }), { clock, totalTimeout: 5_000 });
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = rejectionOf(readToEnd(reader));

    await clock.advance(5_000);

    const error = await rest as InstanceType<typeof TimeoutError>;
    check(error instanceof TimeoutError, String(error));
    equal([error.scope, error.timeout, clock.pending], ['total', 5_000, 0]);
    equal((await context.received({ disconnects: 1 })).map(({ isDisconnected }) => isDisconnected), [true]);
  },

  'reads a body whose chunks arrive within bodyTimeout': async ({ resilientFetch }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const response = await resilientFetch(context.url({ how: 'pause' }), { clock, bodyTimeout: 1_000 });
    const text = response.text();
    await clock.advance(999);

    await context.resume();

    equal((await text).slice(-7), 'the end');
    equal(clock.pending, 0);
  },

  'does not time out if the reader is slow': async ({ resilientFetch }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const response = await resilientFetch(context.url({ size: 100_000 }), { clock, bodyTimeout: 1_000 });
    const reader = response.body?.getReader();
    let size = 0;
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      size += part.value.byteLength;
      await clock.advance(5_000);
    }

    equal([size, clock.pending], [100_010, 0]);
  },

  'wraps a response in one with the same members': (library, _testing, context) => compareWithFetch(context, async (fetch, url) => {
    const response = await fetch(url);
    const { status, statusText, ok, url: final, redirected, type, headers, bodyUsed } = response;
    const members = [status, statusText, ok, final, redirected, type, [...headers].filter(([name]) => name !== 'date'), bodyUsed];
    return [response instanceof Response, response.constructor === Response, ...members, Object.keys(response)];
  }, wrappingFetch(library), { status: 404, ...json }),

  'sets redirected on a wrapped response': async ({ resilientFetch }, _testing, context) => {
    const response = await resilientFetch(context.url({ status: 302, headers: { location: '/target' } }), wrapped);

    equal([response.redirected, new URL(response.url).pathname, await response.text()], [true, '/target', 'target of GET']);
  },

  ...Object.fromEntries(Object.entries(readers).map(([name, read]) => [
    `reads a wrapped body by ${name}`,
    (library, _testing, context) => compareWithFetch(context, async (fetch, url) => read(await fetch(url)), wrappingFetch(library), { ...json, size: 1_000 }),
  ])) as Scenarios,

  'reads a wrapped body by blob': async (library, _testing, context) => {
    const isTyped = (await new Response(new Blob(['x']).stream().pipeThrough(new TransformStream()), json).blob()).type !== '';
    if (!isTyped) context.note('a blob read from a stream has no type: https://github.com/oven-sh/bun/pull/42016');
    await compareWithFetch(context, async (fetch, url) => {
      const { size, type } = await (await fetch(url)).blob();
      return isTyped ? [size, type] : size;
    }, wrappingFetch(library), { ...json, size: 1_000 });
  },

  'has the same readers on a wrapped body as fetch': (library, _testing, context) => compareWithFetch(context, async (fetch, url) => {
    const { body } = await fetch(url);
    try {
      const reader = body?.getReader({ mode: 'byob' });
      const { value } = await reader?.read(new Uint8Array(4)) ?? {};
      return new TextDecoder().decode(value);
    } catch (error) {
      return (error as Error).name;
    }
  }, wrappingFetch(library)),

  'closes the connection when a wrapped body is cancelled': async ({ resilientFetch }, _testing, context) => {
    const response = await resilientFetch(context.url({ how: 'stall', size: 2_000 }), wrapped);
    const reader = response.body?.getReader();
    await reader?.read();

    await reader?.cancel('enough');

    equal((await context.received({ disconnects: 1 })).map(({ isDisconnected }) => isDisconnected), [true]);
  },

  'rejects the reader of a wrapped body with the reason of an abort': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const reason = { why: 'the user left' };
    const response = await resilientFetch(context.url({ how: 'stall', size: 2_000 }), { ...wrapped, signal: controller.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = rejectionOf(readToEnd(reader));
    await context.collectGarbage?.();

    controller.abort(reason);

    check(await rest === reason, 'another reason');
    equal((await context.received({ disconnects: 1 })).map(({ isDisconnected }) => isDisconnected), [true]);
  },

  'stores a wrapped response in a cache': async ({ resilientFetch }, _testing, context) => {
    const { caches } = globalThis as { caches?: { open(name: string): Promise<Store>; delete(name: string): Promise<boolean> } };
    if (caches === undefined) skip('the platform has no caches');
    if (context.engine === 'workerd') skip('a cache needs another server');
    const response = await resilientFetch(context.url({ status: 404, ...json, size: 1_000 }), wrapped);
    const cache = await caches.open('bodies');

    await cache.put('https://users.test/stored', response);

    const stored = await cache.match('https://users.test/stored');
    equal([stored?.status, stored?.headers.get('content-type'), (await stored?.text())?.length], [404, 'application/json', 1_010]);
    await caches.delete('bodies');
  },

  'responds from a service worker with a wrapped response': async (_library, _testing, context) => {
    if (context.fetchThroughServiceWorker === undefined) skip('the platform has no pages');

    equal(await context.fetchThroughServiceWorker(context.url(503, { headers: { 'content-type': 'text/html' } })), 'response 2');
  },
};

interface Store {
  put(url: string, response: Response): Promise<void>;
  match(url: string): Promise<Response | undefined>;
}
