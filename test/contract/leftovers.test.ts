import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { resilientFetch, type Fetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { collect, eventually, rejectionOf, startServer, statuses } from '../support/loopback.ts';

const url = 'http://users.test/';
const well: Fetch = async () => new Response('well');

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;
const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

/** Finalizers run when the collector has found the time. */
async function collectUntil(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 20 && !condition(); round += 1) await collect();
  assert.ok(condition(), `never came true: ${condition}`);
}

describe('calls that share a signal', () => {
  const layers: Record<string, ResilientInit> = {
    'with the defaults': {},
    'with a total timeout': { totalTimeout: 60_000 },
    'with a predicate': { shouldRetry: ({ transient }) => transient },
    'with no timeout': { timeout: Infinity },
    'with a body timeout': { bodyTimeout: 60_000 },
  };

  for (const [name, layer] of Object.entries(layers)) {
    it(`leave no listener and no timer, ten thousand of them ${name}`, async () => {
      const { signal } = new AbortController();
      const clock = new FakeClock();
      const api = resilientFetch.with({ ...layer, clock, fetch: well });

      for (let call = 0; call < 10_000; call += 1) await api(url, { signal });

      assert.equal(clock.pending, 0);
      await collectUntil(() => listenersOf(signal) === 0);
    });
  }

  it('leave no listener and no timer where they fail', async () => {
    const { signal } = new AbortController();
    const clock = new FakeClock();
    const api = resilientFetch.with({ clock, retries: 1, backoff: { base: 0 }, fetch: () => Promise.reject(new TypeError('reset')) });

    for (let call = 0; call < 1_000; call += 1) await rejectionOf(api(url, { signal }));

    assert.deepEqual([clock.pending, listenersOf(signal)], [0, 0]);
  });

  it('leave no listener at once where there is no body', async () => {
    const { signal } = new AbortController();

    await resilientFetch(url, { signal, totalTimeout: 60_000, fetch: async () => new Response(null, { status: 204 }) });

    assert.equal(listenersOf(signal), 0);
  });

  it('leave no timer of the platform\'s', async () => {
    const before = timers();
    const { signal } = new AbortController();

    for (let call = 0; call < 100; call += 1) await resilientFetch(url, { signal, totalTimeout: 60_000, fetch: well });

    assert.equal(timers(), before);
  });

  it('leave no listener where they are sent over a network', async (t) => {
    const server = await startServer(t, statuses(200));
    const { signal } = new AbortController();

    for (let call = 0; call < 200; call += 1) await (await resilientFetch(server.url, { signal })).text();

    await collectUntil(() => listenersOf(signal) === 0);
  });

  it('leave no listener where a response was dropped before its end', async (t) => {
    const server = await startServer(t, (response, request, number) => statuses(503, 200)(response, request, 2 - number % 2));
    const { signal } = new AbortController();

    for (let call = 0; call < 50; call += 1) await (await resilientFetch(server.url, { signal, backoff: { base: 0 } })).text();

    assert.equal(server.received.length, 100);
    await collectUntil(() => listenersOf(signal) === 0);
  });

  it('have one listener between them', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const calls = Array.from({ length: 200 }, () => rejectionOf(resilientFetch(url, { signal, fetch: () => new Promise(() => {}) })));
    await new FakeClock().settle();

    const listeners = listenersOf(signal);
    controller.abort('reason');

    assert.equal(listeners, 1);
    assert.deepEqual(new Set(await Promise.all(calls)), new Set(['reason']));
    assert.equal(listenersOf(signal), 0);
  });

  it('cause no warning, two hundred of them in every phase at once', async (t) => {
    const server = await startServer(t, (response, { path }) => {
      if (path === '/flight') return;
      if (path === '/body') response.writeHead(200).write('the beginning');
      else response.writeHead(503).end();
    });
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    t.after(() => process.off('warning', note));
    const controller = new AbortController();
    const clock = new FakeClock();
    const api = resilientFetch.with({ clock, totalTimeout: 60_000 });
    const calls = Array.from({ length: 200 }, async (_, index) => {
      const response = await api(server.url + ['flight', 'body', 'wait'][index % 3], { signal: controller.signal });
      return response.text();
    });
    const ends = Promise.all(calls.map(rejectionOf));
    await eventually(() => server.received.length === 200);
    await clock.settle();

    controller.abort('reason');

    assert.deepEqual(new Set(await ends), new Set(['reason']));
    await new FakeClock().settle();
    assert.deepEqual(warnings, []);
    assert.equal(clock.pending, 0);
  });

  it('leave a timer to none that is aborted, though its fetch takes no notice', async () => {
    const controller = new AbortController();
    const clock = new FakeClock();
    const calls = [{}, { totalTimeout: 60_000 }, { timeout: Infinity, totalTimeout: 60_000 }].map((init) =>
      rejectionOf(resilientFetch(url, { ...init, clock, signal: controller.signal, fetch: () => new Promise(() => {}) })));
    await clock.settle();

    controller.abort('reason');

    assert.deepEqual(await Promise.all(calls), ['reason', 'reason', 'reason']);
    assert.equal(clock.pending, 0);
  });

  it('leave no listener to one that timed out, though its fetch takes no notice', async () => {
    const { signal } = new AbortController();
    const clock = new FakeClock();
    const call = rejectionOf(resilientFetch(url, { clock, signal, retries: 0, fetch: () => new Promise(() => {}) }));

    await clock.advance(10_000);

    assert.equal((await call as DOMException).name, 'TimeoutError');
    assert.equal(listenersOf(signal), 0);
  });

  for (const [name, layer] of Object.entries(layers)) {
    it(`hold nothing of the last of them ${name}`, async () => {
      const { signal } = new AbortController();
      const last = async (): Promise<WeakRef<Response>> => new WeakRef(await resilientFetch(url, { ...layer, signal, fetch: well }));

      const response = await last();
      await collect();

      assert.equal(response.deref(), undefined);
    });

    it(`keep no memory between them ${name}`, async () => {
      const { signal } = new AbortController();
      const api = resilientFetch.with({ ...layer, fetch: well });
      const callOften = async (times: number): Promise<number> => {
        for (let call = 0; call < times; call += 1) await api(url, { signal });
        await collect();
        return process.memoryUsage().heapUsed;
      };

      const before = await callOften(2_000);
      const after = await callOften(10_000);

      // A link alone would be 700 bytes, a Response 2 kB.
      assert.ok((after - before) / 10_000 < 200, `${(after - before) / 10_000} bytes a call`);
    });
  }
});

describe('a program that makes a call', () => {
  const run = async (name: string, argument: string): Promise<string> => {
    const path = fileURLToPath(new URL(`../support/${name}.js`, import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [path, argument], { timeout: 20_000 });
    return stdout;
  };

  it('ends when it has its answer', async (t) => {
    const server = await startServer(t, statuses(200));
    const started = performance.now();

    const output = await run('one-call', server.url);

    assert.equal(output, 'answer 1\n');
    // The keep-alive of the server is 5 s, our timeouts are a minute and more.
    assert.ok(performance.now() - started < 4_500);
  });

  it('ends when it has its answer after a retry', async (t) => {
    const server = await startServer(t, statuses(503, 200));
    const started = performance.now();

    const output = await run('one-call', server.url);

    assert.equal(output, 'answer 2\n');
    assert.ok(performance.now() - started < 4_500);
  });

  it('works where there is no FinalizationRegistry', async (t) => {
    const server = await startServer(t, statuses(200));

    assert.equal(await run('without-finalization-registry', server.url), 'undefined reason\nanswer 1\n');
  });
});
