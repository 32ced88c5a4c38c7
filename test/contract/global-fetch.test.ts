import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { resilientFetch, type Fetch, type ResilientFetch } from '../../src/index.ts';
import { respondWith, startServer } from '../support/server.ts';

const platformFetch = globalThis.fetch;

/** Replaces the global fetch until the test ends. */
function replaceFetch(t: TestContext, replacement: Fetch): void {
  t.after(() => { globalThis.fetch = platformFetch; });
  globalThis.fetch = replacement;
}

const packages = await mkdtemp(join(tmpdir(), 'copies-'));
after(() => rm(packages, { recursive: true }));
let copies = 0;

/** Loads another copy of the package, as an application has it whose dependencies bring their own. */
async function loadCopy(): Promise<ResilientFetch> {
  const directory = join(packages, String(copies += 1));
  await cp(fileURLToPath(new URL('../../src', import.meta.url)), join(directory, 'src'), { recursive: true });
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
  // The copy has the same exports as the entry.
  const entry = await import(pathToFileURL(join(directory, 'src', `index${extname(import.meta.url)}`)).href) as { resilientFetch: ResilientFetch };
  assert.notEqual(entry.resilientFetch, resilientFetch);
  return entry.resilientFetch;
}

const early = await loadCopy();

/** Wraps a fetch as programs do. Some of them change the arguments. */
const wrappers: Record<string, (next: Fetch) => Fetch> = {
  'itself': (next) => next,
  'a sync wrapper': (next) => (input, init) => next(input, init),
  'an async wrapper': (next) => async (input, init) => {
    await new Promise((resolve) => setImmediate(resolve));
    return next(input, init);
  },
  'an async wrapper that adds a header': (next) => async (input, init) => {
    await undefined;
    return next(input, { ...init, headers: { ...init?.headers, authorization: 'Bearer token' } });
  },
  'an async wrapper that adds a query': (next) => async (input, init) => {
    await undefined;
    const url = new URL(String(input));
    url.searchParams.set('token', 'secret');
    return next(url, init);
  },
  'a sync wrapper that creates a Request': (next) => (input, init) => next(new Request(input, init)),
  'a sync wrapper that drops the signal': (next) => (input) => next(input, {}),
  'a wrapper that logs each response': (next) => async (input, init) => {
    const response = await next(input, init);
    assert.ok(response.status);
    return response;
  },
  'two wrappers': (next) => {
    const inner: Fetch = async (input, init) => next(input, { ...init });
    return async (input, init) => inner(input, { ...init });
  },
};

/** The functions inside the wrappers. All retry 3 times, except for the last. */
const bases: Record<string, () => Fetch | Promise<Fetch>> = {
  'resilientFetch': () => resilientFetch,
  'a copy by with()': () => resilientFetch.with({ timeout: 5_000 }),
  'a copy of the package': () => early,
  'a copy without retries and limits': () => resilientFetch.with({ retries: 0, timeout: Infinity }),
};

const backoff = { base: 0 };

describe('a call, where the global fetch is replaced', () => {
  for (const [wrapperName, wrap] of Object.entries(wrappers)) {
    for (const [baseName, base] of Object.entries(bases)) {
      const dropsSignal = wrapperName.endsWith('drops the signal') || wrapperName.endsWith('creates a Request');
      // Each copy of the package knows its own attempts alone by the moment.
      if (dropsSignal && baseName === 'a copy of the package') continue;

      it(`makes 4 requests, and each is seen once: by ${wrapperName} around ${baseName}`, async (t) => {
        const server = await startServer(t, respondWith(503));
        const wrapped = wrap(await base());
        let calls = 0;
        replaceFetch(t, (input, init) => {
          calls += 1;
          return wrapped(input, init);
        });

        const response = await resilientFetch(server.url.slice(0, -1), { backoff });

        assert.deepEqual([response.status, server.requests.length, calls], [503, 4, 4]);
      });
    }

    it(`makes 4 requests when the caller calls ${wrapperName} around resilientFetch`, async (t) => {
      const server = await startServer(t, respondWith(503));
      replaceFetch(t, wrap(resilientFetch.with({ backoff })));

      const response = await fetch(server.url, { signal: new AbortController().signal });

      assert.deepEqual([response.status, server.requests.length], [503, 4]);
    });
  }

  it('takes the options off that a wrapper adds to one of our own attempts', async (t) => {
    const inits: (RequestInit | undefined)[] = [];
    const api = resilientFetch.with({ fetch: async (_input, init) => { inits.push(init); return new Response(); } });
    replaceFetch(t, (input, init) => api(input, { ...init, retries: 5, redirect: 'error' }));

    await resilientFetch('http://users.test/1');

    assert.deepEqual(inits.map((init) => Object.keys(init ?? {}).sort()), [['redirect', 'signal']]);
  });

  it('makes 4 requests through a wrapper around a wrapper that came before resilientFetch', async (t) => {
    const server = await startServer(t, respondWith(503));
    const seen: string[] = [];
    replaceFetch(t, async (input, init) => {
      seen.push('inner');
      return resilientFetch(input, init);
    });
    const { fetch: instrumented } = globalThis;
    globalThis.fetch = async (input, init) => {
      seen.push('outer');
      return instrumented(input, init);
    };

    await resilientFetch(server.url, { backoff });

    assert.equal(server.requests.length, 4);
    assert.deepEqual(seen, Array.from({ length: 4 }, () => ['outer', 'inner']).flat());
  });

  for (const [name, wrap] of Object.entries(wrappers)) {
    if (name.endsWith('drops the signal') || name.endsWith('creates a Request')) continue;

    it(`makes 4 requests by a copy of the package that is loaded after ${name} around resilientFetch`, async (t) => {
      const server = await startServer(t, respondWith(503));
      let calls = 0;
      const wrapped = wrap(resilientFetch);
      replaceFetch(t, (input, init) => {
        calls += 1;
        return wrapped(input, init);
      });
      const late = await loadCopy();

      const response = await late(server.url, { backoff });

      assert.deepEqual([response.status, server.requests.length, calls], [503, 4, 4]);
    });
  }

  it("keeps the platform's fetch where copies of other versions look for it", () => {
    assert.equal((globalThis as { [key: symbol]: unknown })[Symbol.for('resilient-fetch')], platformFetch);
  });

  it('makes 4 requests by two copies of the package around each other', async (t) => {
    const server = await startServer(t, respondWith(503));
    replaceFetch(t, (input, init) => early(input, init));
    const late = await loadCopy();
    const { fetch: outer } = globalThis;
    globalThis.fetch = async (input, init) => late(input, { ...init });

    for (const call of [resilientFetch, early, late]) await call(server.url, { backoff });

    assert.equal(outer === globalThis.fetch, false);
    assert.equal(server.requests.length, 12);
  });

  it('ends with the abort of the caller', async (t) => {
    const server = await startServer(t, () => {});
    replaceFetch(t, async (input, init) => resilientFetch(input, init));
    const controller = new AbortController();
    const call = resilientFetch(server.url, { signal: controller.signal });

    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
  });

  it('retries each of two calls with one signal, since the signal of the caller is never marked', async (t) => {
    const server = await startServer(t, respondWith(503));
    replaceFetch(t, async (input, init) => resilientFetch(input, init));
    const { signal } = new AbortController();

    for (const options of [{}, { timeout: Infinity }, { retries: 3, timeout: Infinity, totalTimeout: Infinity }]) await resilientFetch(server.url, { backoff, signal, ...options });

    assert.equal(server.requests.length, 12);
  });
});

describe('a mock in the place of the global fetch', () => {
  /** A mock whose handler makes a request of its own, and which nothing may bypass. */
  const mocks: Record<string, (request: Fetch, url: string) => Fetch> = {
    'without its signal': (request, url) => async (input) => (String(input) === url ? request(`${url}inner`) : new Response(`mock of ${String(input).slice(url.length)}`)),
    'with its signal': (request, url) => async (input, init) =>
      (String(input) === url ? request(`${url}inner`, init) : new Response(`mock of ${String(input).slice(url.length)}`)),
    'later, with its signal': (request, url) => async (input, init) => {
      await undefined;
      return String(input) === url ? request(`${url}inner`, init) : new Response(`mock of ${String(input).slice(url.length)}`);
    },
  };
  for (const [name, create] of Object.entries(mocks)) {
    for (const [way, request] of Object.entries({ 'resilientFetch': resilientFetch, 'a copy of the package': early })) {
      it(`responds to what its handler requests ${name}, by ${way}`, async (t) => {
        const server = await startServer(t, respondWith(200));
        replaceFetch(t, create(request, server.url));

        const response = await resilientFetch(server.url);

        assert.equal(await response.text(), 'mock of inner');
        assert.equal(server.requests.length, 0);
      });
    }
  }

  it('may take a relative URL', async (t) => {
    const seen: unknown[] = [];
    replaceFetch(t, async (input) => {
      seen.push(input);
      return new Response(null, { status: seen.length < 2 ? 503 : 200 });
    });

    const response = await resilientFetch('/users/1', { backoff });

    assert.deepEqual([response.status, seen], [200, ['/users/1', '/users/1']]);
  });

  it('may request another relative URL', async (t) => {
    replaceFetch(t, async (input, init) => (input === '/outer' ? resilientFetch('/inner', init) : new Response(`mock of ${String(input)}`)));

    const response = await resilientFetch('/outer');

    assert.equal(await response.text(), 'mock of /inner');
  });

  it('gives what its handler requests attempts of its own', async (t) => {
    const server = await startServer(t, respondWith(200));
    const seen: string[] = [];
    replaceFetch(t, async (input, init) => {
      const path = String(input).slice(server.url.length);
      seen.push(path);
      if (path === 'inner') return new Response(null, { status: seen.length < 4 ? 503 : 200 });
      return resilientFetch(`${server.url}inner`, { ...init, backoff });
    });

    const response = await resilientFetch(`${server.url}outer`, { backoff });

    assert.deepEqual([response.status, seen], [200, ['outer', 'inner', 'inner', 'inner']]);
    assert.equal(server.requests.length, 0);
  });
});
