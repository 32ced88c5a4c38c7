import { check, equal, readOn, rejectionOf, skip } from './assert.ts';
import { same } from './native.ts';
import type { Library, Scenarios } from './scenario.ts';

/** A finite limit, by which the body is wrapped, and which no whole answer comes near. */
const wrapped = { bodyTimeout: 60_000 } as const;

const wrapping = ({ resilientFetch }: Library): typeof fetch => resilientFetch.with(wrapped) as typeof fetch;

const json = { headers: { 'content-type': 'application/json' } };

type Read = (response: Response) => unknown;

/** Every way to read a body whole. */
const readings: Readonly<Record<string, Read>> = {
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
  'a clone, and then itself': async (response) => {
    const clone = response.clone();
    return [clone.url, clone.type, await clone.text(), response.bodyUsed, await response.text(), response.bodyUsed];
  },
};

/** `bodyTimeout`: the longest silence, and a Response that is wrapped for it. */
export const bodyTimeouts: Scenarios = {
  'ends a body that goes silent, and closes its connection': async ({ resilientFetch, TimeoutError }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const response = await resilientFetch(context.url({ how: 'stall', size: 2_000 }), { clock, bodyTimeout: 1_000 });
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = rejectionOf(readOn(reader));
    await clock.settle(() => clock.pending === 1);

    await clock.advance(1_000);

    const error = await rest as InstanceType<typeof TimeoutError>;
    check(error instanceof TimeoutError, String(error));
    equal([error.scope, error.timeout, clock.pending], ['body', 1_000, 0]);
    equal((await context.log({ cut: 1 })).map(({ cut }) => cut), [true]);
  },

  'reads a body on whose chunks come in time': async ({ resilientFetch }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const response = await resilientFetch(context.url({ how: 'flow' }), { clock, bodyTimeout: 1_000 });
    const text = response.text();
    await clock.advance(999);

    await context.release();

    equal((await text).slice(-7), 'the end');
    equal(clock.pending, 0);
  },

  'takes no slow reader for a silent server': async ({ resilientFetch }, { FakeClock }, context) => {
    const clock = new FakeClock();
    const response = await resilientFetch(context.url({ size: 100_000 }), { clock, bodyTimeout: 1_000 });
    const reader = response.body?.getReader();
    let size = 0;
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      size += part.value.byteLength;
      await clock.advance(5_000);
    }

    equal([size, clock.pending], [100_008, 0]);
  },

  'wraps a response in one like it': (library, _testing, context) => same(context, async (fetch, url) => {
    const response = await fetch(url);
    const { status, statusText, ok, url: final, redirected, type, headers, bodyUsed } = response;
    const members = [status, statusText, ok, final, redirected, type, [...headers].filter(([name]) => name !== 'date'), bodyUsed];
    return [response instanceof Response, response.constructor === Response, ...members, Object.keys(response)];
  }, wrapping(library), { status: 404, ...json }),

  'tells of a redirect in a wrapped response': async ({ resilientFetch }, _testing, context) => {
    const response = await resilientFetch(context.url({ status: 302, headers: { location: '/target' } }), wrapped);

    equal([response.redirected, new URL(response.url).pathname, await response.text()], [true, '/target', 'target of GET']);
  },

  ...Object.fromEntries(Object.entries(readings).map(([name, read]) => [
    `reads a wrapped body by ${name}, as fetch's own`,
    (library, _testing, context) => same(context, async (fetch, url) => read(await fetch(url)), wrapping(library), { ...json, size: 1_000 }),
  ])) as Scenarios,

  'reads a wrapped body by blob, as fetch\'s own': async (library, _testing, context) => {
    const isTyped = (await new Response(new Blob(['x']).stream().pipeThrough(new TransformStream()), json).blob()).type !== '';
    if (!isTyped) context.note('a blob that is read from a stream has no type here: https://github.com/oven-sh/bun/pull/42016');
    await same(context, async (fetch, url) => {
      const { size, type } = await (await fetch(url)).blob();
      return isTyped ? [size, type] : size;
    }, wrapping(library), { ...json, size: 1_000 });
  },

  'gives a wrapped body the readers that fetch\'s own has': (library, _testing, context) => same(context, async (fetch, url) => {
    const { body } = await fetch(url);
    try {
      const reader = body?.getReader({ mode: 'byob' });
      const { value } = await reader?.read(new Uint8Array(4)) ?? {};
      return new TextDecoder().decode(value);
    } catch (error) {
      return (error as Error).name;
    }
  }, wrapping(library)),

  'closes the connection of a wrapped body that is cancelled': async ({ resilientFetch }, _testing, context) => {
    const response = await resilientFetch(context.url({ how: 'stall', size: 2_000 }), wrapped);
    const reader = response.body?.getReader();
    await reader?.read();

    await reader?.cancel('enough');

    equal((await context.log({ cut: 1 })).map(({ cut }) => cut), [true]);
  },

  'an abort in a wrapped body rejects its reader with the reason, everywhere': async ({ resilientFetch }, _testing, context) => {
    const controller = new AbortController();
    const reason = { why: 'the user left' };
    const response = await resilientFetch(context.url({ how: 'stall', size: 2_000 }), { ...wrapped, signal: controller.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = rejectionOf(readOn(reader));
    await context.collect?.();

    controller.abort(reason);

    check(await rest === reason, 'another reason');
    equal((await context.log({ cut: 1 })).map(({ cut }) => cut), [true]);
  },

  'stores a wrapped response in a cache': async ({ resilientFetch }, _testing, context) => {
    const { caches } = globalThis as { caches?: { open(name: string): Promise<Store>; delete(name: string): Promise<boolean> } };
    if (caches === undefined) skip('no caches here');
    if (context.platform === 'workerd') skip('a cache is another server\'s business here');
    const response = await resilientFetch(context.url({ status: 404, ...json, size: 1_000 }), wrapped);
    const cache = await caches.open('bodies');

    await cache.put('https://users.test/stored', response);

    const stored = await cache.match('https://users.test/stored');
    equal([stored?.status, stored?.headers.get('content-type'), (await stored?.text())?.length], [404, 'application/json', 1_008]);
    await caches.delete('bodies');
  },

  'answers for a service worker with a wrapped response': async (_library, _testing, context) => {
    if (context.throughServiceWorker === undefined) skip('played in the pages of browsers only');

    equal(await context.throughServiceWorker(context.url(503, { headers: { 'content-type': 'text/html' } })), 'answer 2');
  },
};

interface Store {
  put(url: string, response: Response): Promise<void>;
  match(url: string): Promise<Response | undefined>;
}
