import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { failuresOf, resilientFetch, TimeoutError, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { collectGarbage } from '../support/garbage-collection.ts';
import { respondWith, stall, startServer } from '../support/server.ts';
import { rejectionOf, waitFor } from '../support/wait.ts';

/** Runs a program of `test/contract/programs` in a process of its own. */
async function run(name: string, ...args: string[]): Promise<string> {
  const path = fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...args], { timeout: 20_000 });
  return stdout;
}

describe('totalTimeout', () => {
  for (const [name, read] of [
    ['json()', (response: Response) => response.json()],
    ['text()', (response: Response) => response.text()],
    ['arrayBuffer()', (response: Response) => response.arrayBuffer()],
    ['blob()', (response: Response) => response.blob()],
    ['clone()', (response: Response) => response.clone().text()],
    ['for await', async (response: Response) => { for await (const chunk of response.body ?? []) void chunk; }],
    ['a BYOB reader', async (response: Response) => {
      const reader = response.body?.getReader({ mode: 'byob' });
      for (;;) await reader?.read(new Uint8Array(100));
    }],
  ] as const) {
    it(`ends a body that stalls, read by ${name}, and closes its connection`, async (t) => {
      const server = await startServer(t, (response) => stall(response));
      const clock = new FakeClock();
      const response = await resilientFetch(server.url, { clock, totalTimeout: 5_000 });
      const rejection = rejectionOf(read(response) as Promise<unknown>);

      await clock.advance(5_000);

      const error = await rejection;
      assert.ok(error instanceof TimeoutError && error.scope === 'total', String(error));
      assert.equal(error.message, `GET ${server.url}: not complete within 5000 ms`);
      await waitFor(() => server.connections.closedEarly === 1);
      assert.equal(clock.pending, 0);
    });
  }

  it('ends a body that trickles', async (t) => {
    const clock = new FakeClock();
    const server = await startServer(t, (response) => {
      stall(response);
      const trickle = (): void => {
        if (!response.writable) return;
        response.write('.');
        clock.setTimeout(trickle, 100);
      };
      trickle();
    });
    const response = await resilientFetch(server.url, { clock, totalTimeout: 5_000, bodyTimeout: 1_000 });
    const rejection = rejectionOf(response.text());

    await clock.advance(6_000);

    assert.equal((await rejection as TimeoutError).scope, 'total');
    await waitFor(() => server.connections.closedEarly === 1);
  });

  it('closes the connection of a body that nobody reads', async (t) => {
    const server = await startServer(t, (response) => stall(response));
    const clock = new FakeClock();
    const response = await resilientFetch(server.url, { clock, totalTimeout: 5_000 });

    await clock.advance(5_000);

    await waitFor(() => server.connections.closedEarly === 1);
    assert.equal((await rejectionOf(response.text()) as TimeoutError).scope, 'total');
  });

  it('covers the body of a failed response that the call ends with', async (t) => {
    const server = await startServer(t, (response) => stall(response, 503));
    const clock = new FakeClock();
    const response = await resilientFetch(server.url, { clock, totalTimeout: 5_000, retries: 0 });
    const rejection = rejectionOf(response.text());

    await clock.advance(5_000);

    assert.equal((await rejection as TimeoutError).scope, 'total');
    assert.deepEqual(failuresOf(response).map(({ status, stopped }) => [status, stopped]), [[503, 'retries-spent']]);
  });

  for (const limits of [{ totalTimeout: 60_000 }, { bodyTimeout: 60_000 }, { totalTimeout: 60_000, bodyTimeout: 60_000 }]) {
    const names = Object.keys(limits).join(' and ');

    it(`leaves no timer and no listener, once the body has ended, with ${names}`, async (t) => {
      const server = await startServer(t, respondWith(200));
      const clock = new FakeClock();
      const { signal } = new AbortController();

      const response = await resilientFetch(server.url, { clock, signal, ...limits });
      await response.text();
      await clock.settle();

      assert.deepEqual([clock.pending, getEventListeners(signal, 'abort').length], [0, 0]);
    });

    it(`leaves no timer and no listener where there is no body, with ${names}`, async (t) => {
      const server = await startServer(t, respondWith(204));
      const clock = new FakeClock();
      const { signal } = new AbortController();

      await resilientFetch(server.url, { clock, signal, ...limits });

      assert.deepEqual([clock.pending, getEventListeners(signal, 'abort').length], [0, 0]);
    });

    it(`leaves no timer and no listener after an abort, wherever the body was, with ${names}`, async (t) => {
      const server = await startServer(t, (response, { path }) => {
        if (path === '/all') response.end('all');
        else stall(response);
      });
      const clock = new FakeClock();
      for (const path of ['all', 'part']) {
        const controller = new AbortController();
        const reader = (await resilientFetch(server.url + path, { clock, signal: controller.signal, ...limits })).body?.getReader();
        await reader?.read();
        const reading = reader?.read().catch(() => {});
        await clock.settle();

        controller.abort();
        await reading;
        await clock.settle();

        assert.deepEqual([path, clock.pending, getEventListeners(controller.signal, 'abort').length], [path, 0, 0]);
      }
    });

    it(`reports an abort as fetch does, on the reader, its closed and a second read, with ${names}`, async (t) => {
      const server = await startServer(t, (response) => stall(response));
      const play = async (call: (init: ResilientInit) => Promise<Response>): Promise<unknown[]> => {
        const controller = new AbortController();
        const response = await call({ signal: controller.signal });
        const clone = response.clone();
        const reader = clone.body!.getReader();
        const texts = [rejectionOf(response.text()), rejectionOf(reader.closed)];
        await new FakeClock().settle();
        controller.abort();
        const errors = [...await Promise.all(texts), await rejectionOf(reader.read()), await rejectionOf(response.text())];
        return [...errors.map(nameAndMessage), response.bodyUsed];
      };
      const nameAndMessage = (error: unknown): string => `${(error as Error).name}: ${(error as Error).message}`;

      assert.deepEqual(await play((init) => resilientFetch(server.url, { ...init, ...limits })), await play((init) => fetch(server.url, init as RequestInit)));
    });

    it(`reports an abort before the first read as the standard has it, with ${names}`, async (t) => {
      const server = await startServer(t, (response) => stall(response));
      const controller = new AbortController();
      const response = await resilientFetch(server.url, { signal: controller.signal, ...limits });
      controller.abort();
      await new FakeClock().settle();

      const errors = [await rejectionOf(response.text()), await rejectionOf(response.text())];

      // Fetch of Node 20 and 22 goes on with an AbortError, those of Node 24 and of browsers do not.
      assert.deepEqual(errors.map((error) => (error as Error).name), ['AbortError', 'TypeError']);
    });

    it(`gives a Response that can be imitated and changed as fetch's can, with ${names}`, async (t) => {
      const server = await startServer(t, (response) => response.writeHead(200, { 'x-name': 'value', 'set-cookie': ['a=1', 'b=2'] }).end('a body'));
      const response = await resilientFetch(server.url, limits);
      const native = await fetch(server.url);

      // As fetch-cookie does.
      Object.defineProperty(response, 'redirected', { value: true });

      const withoutDate = (headers: Headers): string[][] => [...headers].filter(([name]) => name !== 'date');
      assert.deepEqual(withoutDate(response.headers), withoutDate(native.headers));
      assert.throws(() => response.headers.set('x-name', 'other'), TypeError);
      assert.deepEqual([response.redirected, response.url, response.type, response.status], [true, server.url, native.type, 200]);
    });
  }

  it('releases a body that nobody reads when it is collected', async (t) => {
    const server = await startServer(t, respondWith(200));
    const clock = new FakeClock();
    const { signal } = new AbortController();
    await (async () => void await resilientFetch(server.url, { clock, signal, totalTimeout: 60_000 }))();
    const before = clock.pending;

    await collectGarbage();

    assert.deepEqual([before, clock.pending, getEventListeners(signal, 'abort').length], [1, 0, 0]);
  });
});

describe('a program', () => {
  it('ends although a body under totalTimeout and bodyTimeout is unread', async (t) => {
    const server = await startServer(t, respondWith(200));
    const started = performance.now();

    assert.equal(await run('unread-body', server.url), '200\n');

    // The limits are ten minutes.
    assert.ok(performance.now() - started < 15_000);
  });

  it('that was busy while a response arrived makes one request', async (t) => {
    const server = await startServer(t, (response) => setTimeout(() => response.end('in time'), 300));

    assert.equal(await run('busy-program', server.url), 'in time\n');

    assert.equal(server.requests.length, 1);
  });

  it('reads bodies though it has added members of sources and strategies to Object.prototype', async (t) => {
    const server = await startServer(t, respondWith(200));

    assert.equal(await run('polluted-prototype', server.url), 'answer 1 answer 2\n');
  });

  for (const name of ['fetch', 'Request', 'Response', 'DOMException', 'FinalizationRegistry', 'WeakRef', 'MessageChannel', 'AbortSignal', 'process']) {
    it(`works where there is no ${name}`, async () => {
      assert.equal(await run('without-global', name), 'AbortError TimeoutError 200 after 1 failure\n');
    });
  }
});
