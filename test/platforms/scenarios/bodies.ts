import { check, equal, rejectionOf } from './assert.ts';
import type { Context, Library, Scenario, Scenarios } from './scenario.ts';
import { skipWithoutUploadStreams } from './upload-streams.ts';

const put = { method: 'PUT', backoff: { base: 0 } } as const;
const text = 'grüße, 漢字';

type Body = NonNullable<Parameters<typeof fetch>[1]>['body'];

/** Point 5 of the contract: expects the same body in each attempt. */
const resends = (make: () => Body, bytes = new TextEncoder().encode(text).length): Scenario => async ({ resilientFetch }, _testing, context) => {
  const body = make() ?? null;
  const response = await resilientFetch(context.url(503, 503, 200), { ...put, body });

  equal(response.status, 200);
  const requests = await context.received();
  equal(requests.map((request) => request.bytes), [bytes, bytes, bytes]);
  equal(new Set(requests.map(({ hash }) => hash)).size, 1, 'different bodies');
};

export const bodies: Scenarios = {
  'resends a string': resends(() => text),
  'resends an ArrayBuffer': resends(() => new TextEncoder().encode(text).buffer),
  'resends a view of a buffer': resends(() => new TextEncoder().encode(`<${text}>`).subarray(1, -1)),
  'resends a Blob': resends(() => new Blob([text])),
  'resends a megabyte': resends(() => new Blob([new Uint8Array(1_048_576).fill(42)]), 1_048_576),

  'resends URLSearchParams': async ({ resilientFetch }, _testing, context) => {
    await resilientFetch(context.url(503, 200), { ...put, body: new URLSearchParams({ name: text }) });

    equal((await context.received()).map(({ body }) => new URLSearchParams(body).get('name')), [text, text]);
  },

  'resends FormData with a file': async ({ resilientFetch }, _testing, context) => {
    const body = new FormData();
    body.set('name', 'Ada');
    body.set('file', new Blob(['of the file']), 'ada.txt');

    await resilientFetch(context.url(503, 200), { ...put, body });

    const requests = await context.received();
    equal(requests.length, 2);
    for (const { body: sent } of requests) check(/name="name"[^]*Ada[^]*ada\.txt[^]*of the file/.test(sent), `sent ${sent}`);
  },

  'resends a Request with a body and marks the Request as used': async ({ resilientFetch }, _testing, context) => {
    const request = new Request(context.url(503, 503, 200), { method: 'PUT', body: text });

    const response = await resilientFetch(request, { backoff: { base: 0 } });

    equal([response.status, request.bodyUsed], [200, true]);
    equal((await context.received()).map(({ body }) => body), [text, text, text]);
  },

  "sends a Request's body with its length, as fetch does": async ({ resilientFetch }, _testing, context) => {
    const url = context.url(200, 503, 200);
    await context.fetch(new Request(url, { method: 'PUT', body: text }));

    await resilientFetch(new Request(url, { method: 'PUT', body: text }), { backoff: { base: 0 } });

    const [byFetch, ...others] = (await context.received()).map(({ headers }) => headers['content-length']);
    equal(others, [byFetch, byFetch]);
  },

  'sends a Request with a body once, without a clone, if retries is 0': async ({ resilientFetch }, _testing, context) => {
    const request = new Request(context.url(503), { method: 'PUT', body: text });
    // A clone would keep the body in memory.
    request.clone = () => { throw new Error('cloned'); };

    const response = await resilientFetch(request, { retries: 0 });

    equal([response.status, request.bodyUsed, (await context.received()).map(({ body }) => body)], [503, true, [text]]);
  },

  'calls a body factory for each attempt': async ({ resilientFetch }, _testing, context) => {
    let calls = 0;
    await resilientFetch(context.url(503, 200), { ...put, body: async () => `body ${calls += 1}` });

    equal((await context.received()).map(({ body }) => body), ['body 1', 'body 2']);
  },

  'rejects with the error of a body factory': async ({ resilientFetch }, _testing, context) => {
    const error = new Error('no body');
    const body = (): string => { throw error; };

    check(await rejectionOf(resilientFetch(context.url(200), { ...put, body })) === error, 'another error');
    equal((await context.received()).length, 0, 'requests');
  },

  'sends a stream once': async ({ resilientFetch, failuresOf }, _testing, context) => {
    await skipWithoutUploadStreams(context);
    const response = await resilientFetch(context.url(503, 200), { ...put, body: streamOf(text), duplex: 'half' });

    equal([response.status, failuresOf(response)[0]?.stopped], [503, 'one-shot-body']);
    equal((await context.received()).map(({ body }) => body), [text]);
  },

  'resends a stream from a body factory': (library, _testing, context) => resendsStream(library, context),

  'resends a Request whose body is a stream': async ({ resilientFetch }, _testing, context) => {
    await skipWithoutUploadStreams(context);
    const request = new Request(context.url(503, 200), { method: 'PUT', body: streamOf(text), duplex: 'half' });

    equal((await resilientFetch(request, { backoff: { base: 0 } })).status, 200);
    equal((await context.received()).map(({ body }) => body), [text, text]);
  },

  'sends an async iterable once': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const iterable = async function* (): AsyncGenerator<Uint8Array> { yield new TextEncoder().encode(text); };
    const init = { ...put, duplex: 'half', body: iterable() as unknown as string } as const;
    const response = await resilientFetch(context.url(503, 200), init);

    const [request] = await context.received();
    equal([response.status, failuresOf(response)[0]?.stopped], [503, 'one-shot-body']);
    if (request?.body !== text) context.note(`sends ${JSON.stringify(request?.body)}, like fetch: https://github.com/whatwg/fetch/issues/1291`);
  },
};

const streamOf = (content: string): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(content));
      controller.close();
    },
  });

async function resendsStream({ resilientFetch }: Library, context: Context): Promise<void> {
  await skipWithoutUploadStreams(context);
  const response = await resilientFetch(context.url(503, 503, 200), { ...put, body: () => streamOf(text), duplex: 'half' });

  equal(response.status, 200);
  equal((await context.received()).map(({ body }) => body), [text, text, text]);
}
