import { check, equal, rejectionOf, skip } from './assert.ts';
import { compareWithFetch, errorShape } from './compare-with-fetch.ts';
import type { Scenarios } from './scenario.ts';

type Init = NonNullable<Parameters<typeof fetch>[1]>;

/** Point 1 of the contract: if the first attempt succeeds, the result is that of fetch. */
export const successfulResponses: Scenarios = {
  'resolves with the platform\'s own Response object': async ({ resilientFetch }, _testing, context) => {
    const responses: Response[] = [];
    const fetch = async (...given: Parameters<typeof globalThis.fetch>): Promise<Response> => {
      const response = await context.fetch(...given);
      responses.push(response);
      return response;
    };

    const response = await resilientFetch(context.url(200), { fetch });

    check(response === responses[0] && responses.length === 1, 'another Response, or more than one');
  },

  'passes every member of init to fetch except its own options': async ({ resilientFetch }) => {
    const calls: unknown[][] = [];
    const fetch = async (...given: unknown[]): Promise<Response> => {
      calls.push(given);
      return new Response('ok');
    };
    const init = { method: 'PUT', cf: { a: 1 }, next: 2, retries: 1, timeout: 5_000 };

    await resilientFetch('http://users.test/', { ...init, fetch });

    const [input, passed] = calls[0] as [string, Init];
    equal(input, 'http://users.test/');
    equal(Object.keys(passed).sort(), ['cf', 'method', 'next', 'signal']);
  },

  'passes the caller\'s own Request to fetch, not a copy': async ({ resilientFetch }, _testing, context) => {
    const inputs: unknown[] = [];
    const fetch = (input: Parameters<typeof globalThis.fetch>[0], init?: Init): Promise<Response> => {
      inputs.push(input);
      return context.fetch(input, init);
    };
    const request = new Request(context.url(200), { headers: { 'x-name': 'Ada' } });

    await resilientFetch(request, { fetch });

    check(inputs.length === 1 && inputs[0] === request, 'another Request');
    equal((await context.received())[0]?.headers['x-name'], 'Ada');
  },

  'sends the same method, headers and body as fetch': (library, _testing, context) => compareWithFetch(context, async (fetch, url) => {
    const init = { method: 'PUT', headers: { 'x-name': 'Ada', 'content-type': 'application/json' }, body: '{"name":"Ada"}' };
    await fetch(url, init);
    const [request] = (await context.received()).slice(-1);
    return [request?.method, request?.headers['x-name'], request?.headers['content-type'], request?.body];
  }, library.resilientFetch),

  'has the same status, url, type and headers as fetch': (library, _testing, context) => compareWithFetch(context, async (fetch, url) => {
    const { status, statusText, url: final, redirected, type, headers, ok } = await fetch(url);
    return [status, statusText, final, redirected, type, headers.get('content-length'), ok];
  }, library.resilientFetch),

  'accepts a Request as init': async ({ resilientFetch }, _testing, context) => {
    const url = context.url(200);
    const init = new Request(url, { method: 'PUT', headers: { 'x-name': 'Ada' } });

    await resilientFetch(url, init as Init);

    const [request] = await context.received();
    equal([request?.method, request?.headers['x-name']], ['PUT', 'Ada']);
  },

  'accepts a URL object': async ({ resilientFetch }, _testing, context) => {
    equal(await textOf(resilientFetch(new URL(context.url(200)))), 'response 1');
  },

  'accepts a frozen init, and an init with accessors of a class': async ({ resilientFetch }, _testing, context) => {
    class Settings {
      get method(): string { return 'PUT'; }
      get headers(): Record<string, string> { return { 'x-name': 'Ada' }; }
    }
    await resilientFetch(context.url(200), new Settings());
    await resilientFetch(context.url(200), Object.freeze({ method: 'DELETE' }));

    equal((await context.received()).map(({ method }) => method), ['PUT', 'DELETE']);
  },

  'sends a Request\'s referrer and follows its referrer policy': async ({ resilientFetch }, _testing, context) => {
    const { isBrowser, origin } = context;
    if (!isBrowser) context.note('fetch sends no referrer');
    // A page may set a referrer of its own origin.
    const withReferrer = isBrowser ? [{ referrer: `${origin}/elsewhere`, referrerPolicy: 'unsafe-url' }] as const : [];
    for (const init of [{ referrerPolicy: 'no-referrer' }, { referrerPolicy: 'unsafe-url' }, ...withReferrer] as const) {
      const referrers: unknown[] = [];
      for (const fetch of [context.fetch, resilientFetch]) {
        await fetch(new Request(context.url(200), init));
        referrers.push((await context.received()).at(-1)?.headers.referer ?? 'none');
      }
      equal(referrers[1], referrers[0], init.referrerPolicy);
      equal(referrers[0] !== 'none', isBrowser && init.referrerPolicy === 'unsafe-url', 'a referrer of fetch');
    }
  },

  'follows a redirect and sets redirected': async ({ resilientFetch }, _testing, context) => {
    const response = await resilientFetch(context.url({ status: 302, headers: { location: '/target' } }));

    equal([response.redirected, new URL(response.url).pathname, await response.text()], [true, '/target', 'target of GET']);
  },

  'resolves with a redirect in mode manual, like fetch': (library, _testing, context) => compareWithFetch(context, async (fetch, url) => {
    const { status, type } = await fetch(url, { redirect: 'manual' });
    return [status, type];
  }, library.resilientFetch, { status: 302, headers: { location: '/target' } }),

  'rejects a redirect in mode error, like fetch': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const url = context.url({ status: 302, headers: { location: '/target' } });
    const native = await rejectionOf(context.fetch(url, { redirect: 'error' }));
    const error = await rejectionOf(resilientFetch(url, { redirect: 'error', retries: 1, backoff: { base: 0 } }));

    equal(errorShape(error), errorShape(native));
    const attempts = failuresOf(error).length;
    if (context.engine === 'node') equal(attempts, 1, 'attempts');
    else if (context.engine === 'workerd' && attempts === 0) context.note('fetch does not support redirect: \'error\': https://github.com/cloudflare/workerd/pull/7452');
    else {
      equal(attempts, 2, 'attempts');
      context.note('retried, because the error has no cause');
    }
  },

  'resolves HEAD without a body': async ({ resilientFetch }, _testing, context) => {
    const response = await resilientFetch(context.url(503, 200), { method: 'HEAD', backoff: { base: 0 } });

    equal([response.status, await response.text()], [200, '']);
    equal((await context.received()).map(({ method }) => method), ['HEAD', 'HEAD']);
  },

  'resolves with a 204 without a body, like fetch': (library, _testing, context) => compareWithFetch(context, async (fetch, url) => {
    const response = await fetch(url);
    return [response.status, response.body === null, await response.text()];
  }, library.resilientFetch, { status: 204 }),

  'streams a body chunk by chunk': async ({ resilientFetch }, _testing, context) => {
    // Some engines buffer the start of a body to detect its type.
    const response = await resilientFetch(context.url({ how: 'pause', size: 2_000, headers: { 'content-type': 'text/event-stream' } }));
    const reader = response.body?.getReader();
    const first = await reader?.read();
    equal(new TextDecoder().decode(first?.value).slice(0, 13), 'the beginning');

    await context.resume();

    let rest = '';
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) rest += new TextDecoder().decode(part.value);
    equal(rest.slice(-7), 'the end');
  },

  'decompresses a body': async ({ resilientFetch }, _testing, context) => {
    equal(await textOf(resilientFetch(context.url({ headers: { 'content-encoding': 'gzip' } }))), 'response 1');
  },

  'resolves with an opaque response in mode no-cors': async ({ resilientFetch }, _testing, context) => {
    if (!context.isBrowser) skip('the platform has no origins');

    const { type, status } = await resilientFetch(context.url(503), { mode: 'no-cors' });

    equal([type, status], ['opaque', 0]);
    equal((await context.received()).length, 1, 'requests');
  },

  'rejects another origin in mode same-origin and sends nothing': async ({ resilientFetch }, _testing, context) => {
    if (!context.isBrowser) skip('the platform has no origins');
    const init = { mode: 'same-origin' } as const;

    const error = await rejectionOf(resilientFetch(context.url(200), { ...init, retries: 1, backoff: { base: 0 } }));

    equal(errorShape(error), errorShape(await rejectionOf(context.fetch(context.url(200), init))));
    equal((await context.received()).length, 0, 'requests');
  },

  'resolves a relative URL in a page': async ({ resilientFetch }, _testing, context) => {
    if (context.isBrowser) return equal(await textOf(resilientFetch('/hello')), 'hello');
    equal(errorShape(await rejectionOf(resilientFetch('/hello'))), errorShape(await rejectionOf(context.fetch('/hello'))));
    context.note('rejects the URL, like fetch');
  },

  'fetches data: and blob: URLs, like fetch': async ({ resilientFetch }, _testing, context) => {
    const hasBlobs = context.engine !== 'workerd';
    if (!hasBlobs) context.note('the platform has no blob: URLs');
    for (const url of ['data:,some%20text', ...(hasBlobs ? [URL.createObjectURL(new Blob(['a blob']))] : [])]) {
      const outcomes = [];
      for (const fetch of [context.fetch, resilientFetch]) outcomes.push(await fetch(url).then((response) => response.text(), errorShape));
      equal(outcomes[1], outcomes[0], url);
      if (typeof outcomes[0] !== 'string') context.note(`rejects ${url.slice(0, 5)} URLs, like fetch`);
    }
  },

  'accepts keepalive, credentials and cache modes, like fetch': (library, _testing, context) => compareWithFetch(context, async (fetch, url) => {
    const outcomes = [];
    for (const init of [{ keepalive: true }, { credentials: 'omit' }, { cache: 'no-store' }] as const) {
      outcomes.push(await fetch(url, init).then(({ status }) => status, errorShape));
    }
    return outcomes;
  }, library.resilientFetch),
};

export const textOf = async (call: Promise<Response>): Promise<string> => (await call).text();
