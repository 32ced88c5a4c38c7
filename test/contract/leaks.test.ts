import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { resilientFetch, type Fetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { countAbortListeners } from '../support/abort-listeners.ts';
import { collectGarbage, collectGarbageUntil } from '../support/garbage-collection.ts';
import { respondWith, startServer } from '../support/server.ts';
import { rejectionOf, waitFor } from '../support/wait.ts';

const url = 'http://users.test/';
const succeed: Fetch = async () => new Response('ok');
const hang: Fetch = () => new Promise(() => {});

const countTimers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('calls that share a signal', () => {
  const optionSets: Record<string, ResilientInit> = {
    'with the defaults': {},
    'with a total timeout': { totalTimeout: 60_000 },
    'with shouldRetry': { shouldRetry: ({ transient }) => transient },
    'with no timeout': { timeout: Infinity },
    'with a body timeout': { bodyTimeout: 60_000 },
  };

  for (const [name, options] of Object.entries(optionSets)) {
    it(`leave no listener and no timer, ten thousand calls ${name}`, async () => {
      const { signal } = new AbortController();
      const clock = new FakeClock();
      const api = resilientFetch.with({ ...options, clock, fetch: succeed });

      for (let call = 0; call < 10_000; call += 1) await api(url, { signal });

      // The total limits a body that nobody reads, until the body is collected.
      if (options.totalTimeout === undefined) assert.equal(clock.pending, 0);
      await collectGarbageUntil(() => countAbortListeners(signal) + clock.pending === 0);
    });
  }

  it('leave no listener and no timer when they fail', async () => {
    const { signal } = new AbortController();
    const clock = new FakeClock();
    const api = resilientFetch.with({ clock, retries: 1, backoff: { base: 0 }, fetch: () => Promise.reject(new TypeError('reset')) });

    for (let call = 0; call < 1_000; call += 1) await rejectionOf(api(url, { signal }));

    assert.deepEqual([clock.pending, countAbortListeners(signal)], [0, 0]);
  });

  it('leave no listener without a garbage collection when there is no body', async () => {
    const { signal } = new AbortController();

    await resilientFetch(url, { signal, totalTimeout: 60_000, fetch: async () => new Response(null, { status: 204 }) });

    assert.equal(countAbortListeners(signal), 0);
  });

  it('leave no timer of the platform', async () => {
    const before = countTimers();
    const { signal } = new AbortController();

    for (let call = 0; call < 100; call += 1) await resilientFetch(url, { signal, totalTimeout: 60_000, fetch: succeed });

    assert.equal(countTimers(), before);
  });

  it('leave no listener with the platform\'s fetch', async (t) => {
    const server = await startServer(t, respondWith(200));
    const { signal } = new AbortController();

    for (let call = 0; call < 200; call += 1) await (await resilientFetch(server.url, { signal })).text();

    await collectGarbageUntil(() => countAbortListeners(signal) === 0);
  });

  it('leave no listener when a response was discarded', async (t) => {
    const server = await startServer(t, (response, request, number) => respondWith(503, 200)(response, request, 2 - number % 2));
    const { signal } = new AbortController();

    for (let call = 0; call < 50; call += 1) await (await resilientFetch(server.url, { signal, backoff: { base: 0 } })).text();

    assert.equal(server.requests.length, 100);
    await collectGarbageUntil(() => countAbortListeners(signal) === 0);
  });

  it('all reject with the abort reason, ten thousand concurrent calls, and leave no listener and no timer', async () => {
    const clock = new FakeClock({ turns: 1 });
    const controller = new AbortController();
    const reason = new Error('the reason');
    const api = resilientFetch.with({ clock, totalTimeout: 60_000 });
    const fetches: Fetch[] = [hang, async () => new Response(null, { status: 503 }), async () => { throw new TypeError('reset'); }];
    const calls = Array.from({ length: 10_000 }, (_, index) => api(url, { fetch: fetches[index % 3] ?? hang, signal: controller.signal }));
    const results = Promise.allSettled(calls);
    await clock.settle();
    const listeners = countAbortListeners(controller.signal);

    controller.abort(reason);

    assert.ok((await results).every((result) => result.status === 'rejected' && result.reason === reason));
    assert.deepEqual([listeners, countAbortListeners(controller.signal), clock.pending], [1, 0, 0]);
  });

  it('share one listener', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const calls = Array.from({ length: 200 }, () => rejectionOf(resilientFetch(url, { signal, fetch: hang })));
    await new FakeClock().settle();

    const listeners = countAbortListeners(signal);
    controller.abort('reason');

    assert.equal(listeners, 1);
    assert.deepEqual(new Set(await Promise.all(calls)), new Set(['reason']));
    assert.equal(countAbortListeners(signal), 0);
  });

  it('cause no warning, two hundred concurrent calls in every phase', async (t) => {
    const server = await startServer(t, (response, { path }) => {
      if (path === '/headers') return;
      if (path === '/body') response.writeHead(200).write('the beginning');
      else response.writeHead(503).end();
    });
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    t.after(() => process.off('warning', onWarning));
    const controller = new AbortController();
    const clock = new FakeClock();
    const api = resilientFetch.with({ clock, totalTimeout: 60_000 });
    const calls = Array.from({ length: 200 }, async (_, index) => {
      const response = await api(server.url + ['headers', 'body', 'wait'][index % 3], { signal: controller.signal });
      return response.text();
    });
    const reasons = Promise.all(calls.map(rejectionOf));
    await waitFor(() => server.requests.length === 200);
    await clock.settle();

    controller.abort('reason');

    assert.deepEqual(new Set(await reasons), new Set(['reason']));
    await new FakeClock().settle();
    assert.deepEqual(warnings, []);
    assert.equal(clock.pending, 0);
  });

  it('leave no timer after an abort that fetch ignores', async () => {
    const controller = new AbortController();
    const clock = new FakeClock();
    const calls = [{}, { totalTimeout: 60_000 }, { timeout: Infinity, totalTimeout: 60_000 }].map((init) =>
      rejectionOf(resilientFetch(url, { ...init, clock, signal: controller.signal, fetch: hang })));
    await clock.settle();

    controller.abort('reason');

    assert.deepEqual(await Promise.all(calls), ['reason', 'reason', 'reason']);
    assert.equal(clock.pending, 0);
  });

  it('leave no listener after a timeout that fetch ignores', async () => {
    const { signal } = new AbortController();
    const clock = new FakeClock();
    const call = rejectionOf(resilientFetch(url, { clock, signal, retries: 0, fetch: hang }));

    await clock.advance(10_000);

    assert.equal((await call as DOMException).name, 'TimeoutError');
    assert.equal(countAbortListeners(signal), 0);
  });

  for (const [name, options] of Object.entries(optionSets)) {
    it(`keep no reference to the last response ${name}`, async () => {
      const { signal } = new AbortController();
      const lastCall = async (): Promise<WeakRef<Response>> => new WeakRef(await resilientFetch(url, { ...options, signal, fetch: succeed }));

      const response = await lastCall();
      await collectGarbage();

      assert.equal(response.deref(), undefined);
    });

    it(`do not grow the heap ${name}`, async () => {
      const { signal } = new AbortController();
      const api = resilientFetch.with({ ...options, fetch: succeed });
      const heapAfter = async (calls: number): Promise<number> => {
        for (let call = 0; call < calls; call += 1) await api(url, { signal });
        await collectGarbage();
        return process.memoryUsage().heapUsed;
      };

      const before = await heapAfter(2_000);
      const after = await heapAfter(10_000);

      // A link to a body alone takes 700 bytes, a Response 2 kB.
      assert.ok((after - before) / 10_000 < 200, `${(after - before) / 10_000} bytes a call`);
    });
  }
});

describe('a program that makes a call', () => {
  /** Runs a program. Resolves to its output, and to the time from the first output to the exit, in milliseconds. */
  const run = async (name: string, argument: string): Promise<{ output: string; timeToExit: number }> => {
    const path = fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url));
    const running = promisify(execFile)(process.execPath, [path, argument], { timeout: 20_000 });
    let printed = NaN;
    running.child.stdout?.once('data', () => { printed = performance.now(); });
    const { stdout } = await running;
    return { output: stdout, timeToExit: performance.now() - printed };
  };

  it('exits when it has its response', async (t) => {
    const server = await startServer(t, respondWith(200));

    const { output, timeToExit } = await run('one-call', server.url);

    assert.equal(output, 'answer 1\n');
    // The server's keep-alive timeout is 5 s, the timeouts of the call are a minute and more.
    assert.ok(timeToExit < 4_500);
  });

  it('exits when it has its response after a retry', async (t) => {
    const server = await startServer(t, respondWith(503, 200));

    const { output, timeToExit } = await run('one-call', server.url);

    assert.equal(output, 'answer 2\n');
    assert.ok(timeToExit < 4_500);
  });

  it('works without FinalizationRegistry', async (t) => {
    const server = await startServer(t, respondWith(200));

    const { output } = await run('without-finalization-registry', server.url);

    assert.equal(output, 'undefined reason\nanswer 1\n');
  });

  it('rejects each call with the reason of its signal where fetch came after the library', async () => {
    const { output } = await run('with-late-fetch', '');

    assert.equal(output, 'reason\nreason\n200\n');
  });

  it('leaves the body of a Request unread in Deno, which would send it without its length', async (t) => {
    const server = await startServer(t, respondWith(503, 200));

    const { output } = await run('in-deno', server.url);

    assert.equal(output, '200 0\n');
    assert.equal(server.requests.length, 2);
  });
});
