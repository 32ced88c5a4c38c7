import { check, equal, rejectionOf, skip } from './assert.ts';
import { same, shape } from './native.ts';
import type { Scenarios } from './scenario.ts';

type Init = NonNullable<Parameters<typeof fetch>[1]>;

/** Contract, point 1: where the first attempt succeeds, nobody can tell ours from fetch. */
export const goodAnswers: Scenarios = {
  'hands over the very Response that the platform made': async ({ resilientFetch }, _testing, context) => {
    const made: Response[] = [];
    const fetch = async (...given: Parameters<typeof globalThis.fetch>): Promise<Response> => {
      const response = await context.fetch(...given);
      made.push(response);
      return response;
    };

    const response = await resilientFetch(context.url(200), { fetch });

    check(response === made[0] && made.length === 1, 'another Response, or more than one');
  },

  'takes its own options off, and passes every other member through': async ({ resilientFetch }) => {
    const seen: unknown[][] = [];
    const fetch = async (...given: unknown[]): Promise<Response> => {
      seen.push(given);
      return new Response('well');
    };
    const init = { method: 'PUT', cf: { a: 1 }, next: 2, retries: 1, timeout: 5_000 };

    await resilientFetch('http://users.test/', { ...init, fetch });

    const [input, passed] = seen[0] as [string, Init];
    equal(input, 'http://users.test/');
    equal(Object.keys(passed).sort(), ['cf', 'method', 'next', 'signal']);
  },

  'sends the caller\'s own Request, and no copy': async ({ resilientFetch }, _testing, context) => {
    const seen: unknown[] = [];
    const fetch = (input: Parameters<typeof globalThis.fetch>[0], init?: Init): Promise<Response> => {
      seen.push(input);
      return context.fetch(input, init);
    };
    const request = new Request(context.url(200), { headers: { 'x-name': 'Ada' } });

    await resilientFetch(request, { fetch });

    check(seen.length === 1 && seen[0] === request, 'another Request');
    equal((await context.log())[0]?.headers['x-name'], 'Ada');
  },

  'sends method, headers and body as fetch does': (library, _testing, context) => same(context, async (fetch, url) => {
    const init = { method: 'PUT', headers: { 'x-name': 'Ada', 'content-type': 'application/json' }, body: '{"name":"Ada"}' };
    await fetch(url, init);
    const [seen] = (await context.log()).slice(-1);
    return [seen?.method, seen?.headers['x-name'], seen?.headers['content-type'], seen?.body];
  }, library.resilientFetch),

  'gives status, url, type and headers as fetch does': (library, _testing, context) => same(context, async (fetch, url) => {
    const { status, statusText, url: final, redirected, type, headers, ok } = await fetch(url);
    return [status, statusText, final, redirected, type, headers.get('content-length'), ok];
  }, library.resilientFetch),

  'takes a Request as init, as fetch does': async ({ resilientFetch }, _testing, context) => {
    const url = context.url(200);
    const init = new Request(url, { method: 'PUT', headers: { 'x-name': 'Ada' } });

    await resilientFetch(url, init as Init);

    const [seen] = await context.log();
    equal([seen?.method, seen?.headers['x-name']], ['PUT', 'Ada']);
  },

  'takes a URL object': async ({ resilientFetch }, _testing, context) => {
    equal(await textOf(resilientFetch(new URL(context.url(200)))), 'answer 1');
  },

  'takes an init that is frozen, or whose members are accessors of a class': async ({ resilientFetch }, _testing, context) => {
    class Settings {
      get method(): string { return 'PUT'; }
      get headers(): Record<string, string> { return { 'x-name': 'Ada' }; }
    }
    await resilientFetch(context.url(200), new Settings());
    await resilientFetch(context.url(200), Object.freeze({ method: 'DELETE' }));

    equal((await context.log()).map(({ method }) => method), ['PUT', 'DELETE']);
  },

  'carries a Request\'s referrer and its policy over': async ({ resilientFetch }, _testing, context) => {
    const { isBrowser, origin } = context;
    if (!isBrowser) context.note('sends no referrer of its own accord');
    // A page may name an address of its own origin.
    const named = isBrowser ? [{ referrer: `${origin}/elsewhere`, referrerPolicy: 'unsafe-url' }] as const : [];
    for (const init of [{ referrerPolicy: 'no-referrer' }, { referrerPolicy: 'unsafe-url' }, ...named] as const) {
      const referrers: unknown[] = [];
      for (const fetch of [context.fetch, resilientFetch]) {
        await fetch(new Request(context.url(200), init));
        referrers.push((await context.log()).at(-1)?.headers.referer ?? 'none');
      }
      equal(referrers[1], referrers[0], init.referrerPolicy);
      equal(referrers[0] !== 'none', isBrowser && init.referrerPolicy === 'unsafe-url', 'that fetch itself sent one');
    }
  },

  'follows a redirect, and tells of it': async ({ resilientFetch }, _testing, context) => {
    const response = await resilientFetch(context.url({ status: 302, headers: { location: '/target' } }));

    equal([response.redirected, new URL(response.url).pathname, await response.text()], [true, '/target', 'target of GET']);
  },

  'hands over a redirect that is to be followed by hand, as fetch does': (library, _testing, context) => same(context, async (fetch, url) => {
    const { status, type } = await fetch(url, { redirect: 'manual' });
    return [status, type];
  }, library.resilientFetch, { status: 302, headers: { location: '/target' } }),

  'rejects a redirect that was ruled out, as fetch does': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const url = context.url({ status: 302, headers: { location: '/target' } });
    const native = await rejectionOf(context.fetch(url, { redirect: 'error' }));
    const error = await rejectionOf(resilientFetch(url, { redirect: 'error', retries: 1, backoff: { base: 0 } }));

    equal(shape(error), shape(native));
    const attempts = failuresOf(error).length;
    if (context.platform === 'node') equal(attempts, 1, 'attempts');
    else if (context.platform === 'workerd' && attempts === 0) context.note('fetch does not know redirect: \'error\' here: https://github.com/cloudflare/workerd/pull/7452');
    else {
      equal(attempts, 2, 'attempts');
      context.note('tried again, as the error does not tell why');
    }
  },

  'gives HEAD no body': async ({ resilientFetch }, _testing, context) => {
    const response = await resilientFetch(context.url(503, 200), { method: 'HEAD', backoff: { base: 0 } });

    equal([response.status, await response.text()], [200, '']);
    equal((await context.log()).map(({ method }) => method), ['HEAD', 'HEAD']);
  },

  'hands over a 204, whose body is null as with fetch': (library, _testing, context) => same(context, async (fetch, url) => {
    const response = await fetch(url);
    return [response.status, response.body === null, await response.text()];
  }, library.resilientFetch, { status: 204 }),

  'gives a body in pieces, as they come': async ({ resilientFetch }, _testing, context) => {
    // Some engines hold a body back until there is enough of it to guess its type.
    const response = await resilientFetch(context.url({ how: 'flow', size: 2_000, headers: { 'content-type': 'text/event-stream' } }));
    const reader = response.body?.getReader();
    const first = await reader?.read();
    equal(new TextDecoder().decode(first?.value).slice(0, 13), 'the beginning');

    await context.release();

    let rest = '';
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) rest += new TextDecoder().decode(part.value);
    equal(rest.slice(-7), 'the end');
  },

  'gives a compressed body unpacked': async ({ resilientFetch }, _testing, context) => {
    equal(await textOf(resilientFetch(context.url({ headers: { 'content-encoding': 'gzip' } }))), 'answer 1');
  },

  'gives an opaque response in mode no-cors': async ({ resilientFetch }, _testing, context) => {
    if (!context.isBrowser) skip('no origins to keep apart outside of browsers');

    const { type, status } = await resilientFetch(context.url(503), { mode: 'no-cors' });

    equal([type, status], ['opaque', 0]);
    equal((await context.log()).length, 1, 'requests');
  },

  'is refused another origin in mode same-origin, and nothing is sent': async ({ resilientFetch }, _testing, context) => {
    if (!context.isBrowser) skip('no origins to keep apart outside of browsers');
    const init = { mode: 'same-origin' } as const;

    const error = await rejectionOf(resilientFetch(context.url(200), { ...init, retries: 1, backoff: { base: 0 } }));

    equal(shape(error), shape(await rejectionOf(context.fetch(context.url(200), init))));
    equal((await context.log()).length, 0, 'requests');
  },

  'resolves a relative address where there is a page': async ({ resilientFetch }, _testing, context) => {
    if (context.isBrowser) return equal(await textOf(resilientFetch('/hello')), 'hello');
    equal(shape(await rejectionOf(resilientFetch('/hello'))), shape(await rejectionOf(context.fetch('/hello'))));
    context.note('rejects it, as fetch does here');
  },

  'fetches data: and blob: addresses, as fetch does': async ({ resilientFetch }, _testing, context) => {
    const hasBlobs = context.platform !== 'workerd';
    if (!hasBlobs) context.note('blob: has no addresses here');
    for (const url of ['data:,some%20text', ...(hasBlobs ? [URL.createObjectURL(new Blob(['a blob']))] : [])]) {
      const outcomes = [];
      for (const fetch of [context.fetch, resilientFetch]) outcomes.push(await fetch(url).then((response) => response.text(), shape));
      equal(outcomes[1], outcomes[0], url);
      if (typeof outcomes[0] !== 'string') context.note(`rejects ${url.slice(0, 5)}, as fetch does here`);
    }
  },

  'sends keepalive, credentials and cache modes as fetch does': (library, _testing, context) => same(context, async (fetch, url) => {
    const outcomes = [];
    for (const init of [{ keepalive: true }, { credentials: 'omit' }, { cache: 'no-store' }] as const) {
      outcomes.push(await fetch(url, init).then(({ status }) => status, shape));
    }
    return outcomes;
  }, library.resilientFetch),
};

export const textOf = async (call: Promise<Response>): Promise<string> => (await call).text();
