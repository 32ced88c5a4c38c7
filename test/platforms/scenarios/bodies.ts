import { check, equal, rejectionOf } from './assert.ts';
import type { Context, Library, Scenario, Scenarios } from './scenario.ts';
import { canStreamUp } from './streaming.ts';

const put = { method: 'PUT', backoff: { base: 0 } } as const;
const text = 'grüße, 漢字';

type Body = NonNullable<Parameters<typeof fetch>[1]>['body'];

/** Contract, point 5: what can be sent twice is sent twice, the same. */
const again = (make: () => Body, bytes = new TextEncoder().encode(text).length): Scenario => async ({ resilientFetch }, _testing, context) => {
  const body = make() ?? null;
  const response = await resilientFetch(context.url(503, 503, 200), { ...put, body });

  equal(response.status, 200);
  const seen = await context.log();
  equal(seen.map((request) => request.bytes), [bytes, bytes, bytes]);
  equal(new Set(seen.map(({ hash }) => hash)).size, 1, 'different bodies');
};

export const bodies: Scenarios = {
  'sends a string again': again(() => text),
  'sends an ArrayBuffer again': again(() => new TextEncoder().encode(text).buffer),
  'sends a view of a buffer again': again(() => new TextEncoder().encode(`<${text}>`).subarray(1, -1)),
  'sends a Blob again': again(() => new Blob([text])),
  'sends a megabyte again': again(() => new Blob([new Uint8Array(1_048_576).fill(42)]), 1_048_576),

  'sends URLSearchParams again': async ({ resilientFetch }, _testing, context) => {
    await resilientFetch(context.url(503, 200), { ...put, body: new URLSearchParams({ name: text }) });

    equal((await context.log()).map(({ body }) => new URLSearchParams(body).get('name')), [text, text]);
  },

  'sends FormData with a file again': async ({ resilientFetch }, _testing, context) => {
    const body = new FormData();
    body.set('name', 'Ada');
    body.set('file', new Blob(['of the file']), 'ada.txt');

    await resilientFetch(context.url(503, 200), { ...put, body });

    const seen = await context.log();
    equal(seen.length, 2);
    for (const { body: sent } of seen) check(/name="name"[^]*Ada[^]*ada\.txt[^]*of the file/.test(sent), `sent ${sent}`);
  },

  'sends a Request with a body again, and counts it as used': async ({ resilientFetch }, _testing, context) => {
    const request = new Request(context.url(503, 503, 200), { method: 'PUT', body: text });

    const response = await resilientFetch(request, { backoff: { base: 0 } });

    equal([response.status, request.bodyUsed], [200, true]);
    equal((await context.log()).map(({ body }) => body), [text, text, text]);
  },

  'sends a Request with a body once with retries of 0': async ({ resilientFetch }, _testing, context) => {
    const request = new Request(context.url(503), { method: 'PUT', body: text });
    // A clone would keep the body in memory for nothing.
    request.clone = () => { throw new Error('cloned'); };

    const response = await resilientFetch(request, { retries: 0 });

    equal([response.status, request.bodyUsed, (await context.log()).map(({ body }) => body)], [503, true, [text]]);
  },

  'calls a body factory for each attempt': async ({ resilientFetch }, _testing, context) => {
    let made = 0;
    await resilientFetch(context.url(503, 200), { ...put, body: async () => `body ${made += 1}` });

    equal((await context.log()).map(({ body }) => body), ['body 1', 'body 2']);
  },

  'rejects with what a body factory throws': async ({ resilientFetch }, _testing, context) => {
    const error = new Error('no body');
    const body = (): string => { throw error; };

    check(await rejectionOf(resilientFetch(context.url(200), { ...put, body })) === error, 'another error');
    equal((await context.log()).length, 0, 'requests');
  },

  'sends a stream once': async ({ resilientFetch, failuresOf }, _testing, context) => {
    await canStreamUp(context);
    const response = await resilientFetch(context.url(503, 200), { ...put, body: streamOf(text), duplex: 'half' });

    equal([response.status, failuresOf(response)[0]?.stopped], [503, 'one-shot-body']);
    equal((await context.log()).map(({ body }) => body), [text]);
  },

  'sends a stream again that a factory makes': (library, _testing, context) => streamedAgain(library, context),

  'sends a Request whose body is a stream again': async ({ resilientFetch }, _testing, context) => {
    await canStreamUp(context);
    const request = new Request(context.url(503, 200), { method: 'PUT', body: streamOf(text), duplex: 'half' });

    equal((await resilientFetch(request, { backoff: { base: 0 } })).status, 200);
    equal((await context.log()).map(({ body }) => body), [text, text]);
  },

  'sends an async iterable once, where fetch takes one': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const iterable = async function* (): AsyncGenerator<Uint8Array> { yield new TextEncoder().encode(text); };
    const init = { ...put, duplex: 'half', body: iterable() as unknown as string } as const;
    const response = await resilientFetch(context.url(503, 200), init);

    const [seen] = await context.log();
    equal([response.status, failuresOf(response)[0]?.stopped], [503, 'one-shot-body']);
    if (seen?.body !== text) context.note(`fetch sends ${JSON.stringify(seen?.body)} here, natively too: https://github.com/whatwg/fetch/issues/1291`);
  },
};

const streamOf = (words: string): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(words));
      controller.close();
    },
  });

async function streamedAgain({ resilientFetch }: Library, context: Context): Promise<void> {
  await canStreamUp(context);
  const response = await resilientFetch(context.url(503, 503, 200), { ...put, body: () => streamOf(text), duplex: 'half' });

  equal(response.status, 200);
  equal((await context.log()).map(({ body }) => body), [text, text, text]);
}
