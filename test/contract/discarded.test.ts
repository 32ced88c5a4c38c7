import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { resilientFetch, type Fetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { collect, eventually, rejectionOf, stall, startServer, statuses, type Answer } from '../support/loopback.ts';

const megabyte = Buffer.alloc(1_000_000);

/** Answers each first request with a failure, and each second one well. */
const inTurn = (fail: (response: ServerResponse) => void): Answer => (response, _request, number) => {
  if (number % 2 === 1) fail(response);
  else response.end('well');
};

/** Fetches, and holds what came, as the platform cancels a Response that is collected. */
function holdingFetch(): Fetch {
  const held: Response[] = [];
  return async (input, init) => {
    const response = await fetch(input, init);
    held.push(response);
    return response;
  };
}

/** A call, and what shows that it waits for its retry. */
function callWaiting(url: string, init: ResilientInit = {}): { clock: FakeClock; call: Promise<Response>; waits: Promise<void> } {
  const clock = new FakeClock();
  let isFailed = false;
  const onFailure = (): void => { isFailed = true; };
  const call = resilientFetch(url, { backoff: { jitter: 'none' }, ...init, clock, onFailure });
  return { clock, call, waits: eventually(() => isFailed && clock.pending === 1) };
}

describe('a dropped response', () => {
  it('gives its connection back when its body comes with the headers', async (t) => {
    const server = await startServer(t, inTurn((response) => response.writeHead(503).end('sorry')));

    for (let round = 0; round < 50; round += 1) {
      const { clock, call, waits } = callWaiting(server.url);
      await waits;
      await clock.advance(200);
      await (await call).text();
    }

    assert.equal(server.received.length, 100);
    assert.ok(server.seen.opened <= 2, `opened ${server.seen.opened} connections`);
  });

  it('gives its connection back when its body comes after the headers', async (t) => {
    const held: ServerResponse[] = [];
    const server = await startServer(t, inTurn((response) => {
      response.writeHead(503).flushHeaders();
      held.push(response);
    }));

    for (let round = 0; round < 50; round += 1) {
      const { clock, call, waits } = callWaiting(server.url);
      await waits;
      held.pop()?.end('sorry, and late');
      await clock.advance(200);
      await (await call).text();
    }

    assert.equal(server.received.length, 100);
    assert.ok(server.seen.opened <= 2, `opened ${server.seen.opened} connections`);
  });

  it('gives its connection back when its body is some 10 kB long', async (t) => {
    const server = await startServer(t, inTurn((response) => response.writeHead(503).end(megabyte.subarray(0, 50_000))));

    for (let round = 0; round < 20; round += 1) {
      const { clock, call, waits } = callWaiting(server.url);
      await waits;
      await clock.advance(200);
      await (await call).text();
    }

    assert.ok(server.seen.opened <= 4, `opened ${server.seen.opened} connections`);
  });

  it('leaves no socket open when its body is large', async (t) => {
    const server = await startServer(t, inTurn((response) => response.writeHead(503).end(megabyte)));

    for (let round = 0; round < 50; round += 1) {
      const { clock, call, waits } = callWaiting(server.url);
      await waits;
      await clock.advance(200);
      await (await call).text();
    }

    await eventually(() => server.seen.open <= 2);
  });

  it('is cancelled beyond 64 KiB while the wait lasts', async (t) => {
    const server = await startServer(t, inTurn((response) => {
      response.writeHead(503).write(megabyte.subarray(0, 100_000));
    }));
    const { clock, call, waits } = callWaiting(server.url);
    await waits;

    await eventually(() => server.seen.cut === 1);

    assert.equal(clock.pending, 1);
    await clock.advance(200);
    assert.equal(await (await call).text(), 'well');
  });

  it('is left alone while the wait lasts, and cancelled when that ends, where its body stalls', async (t) => {
    const server = await startServer(t, inTurn((response) => stall(response, 503)));
    const { clock, call, waits } = callWaiting(server.url);
    await waits;
    await clock.advance(199);
    const cutBefore = server.seen.cut;

    await clock.advance(1);

    assert.equal(cutBefore, 0);
    assert.equal(await (await call).text(), 'well');
    await eventually(() => server.seen.cut === 1);
  });

  it('is cancelled when the caller aborts the wait', async (t) => {
    const server = await startServer(t, (response) => stall(response, 503));
    const controller = new AbortController();
    const { clock, call, waits } = callWaiting(server.url, { signal: controller.signal });
    await waits;

    controller.abort('reason');

    assert.equal(await rejectionOf(call), 'reason');
    await eventually(() => server.seen.cut === 1);
    assert.equal(clock.pending, 0);
  });

  it('is cancelled when the total timeout ends the call', async (t) => {
    const server = await startServer(t, (response) => stall(response, 503));
    const clock = new FakeClock();
    let isAsked = false;
    const shouldRetry = (): Promise<boolean> => {
      isAsked = true;
      return new Promise(() => {});
    };
    const call = rejectionOf(resilientFetch(server.url, { clock, totalTimeout: 1_000, shouldRetry }));
    await eventually(() => isAsked);

    await clock.advance(1_000);

    assert.equal((await call as DOMException).name, 'TimeoutError');
    await eventually(() => server.seen.cut === 1);
  });

  const thrown = new Error('no');
  const throwing = (): never => { throw thrown; };
  const endings: Record<string, ResilientInit> = {
    'shouldRetry throws': { shouldRetry: throwing },
    'shouldRetry rejects': { shouldRetry: () => Promise.reject(thrown) },
    'onFailure throws': { onFailure: throwing },
    'retryAfter throws': { retryAfter: throwing },
    'backoff throws': { backoff: throwing },
    'random throws': { random: throwing },
  };
  for (const timeout of [10_000, Infinity]) {
    for (const [name, init] of Object.entries(endings)) {
      it(`is cancelled when ${name}, under a timeout of ${timeout}`, async (t) => {
        const server = await startServer(t, (response) => stall(response, 503));
        const holding = holdingFetch();
        t.after(() => holding);

        const error = await rejectionOf(resilientFetch(server.url, { ...init, timeout, fetch: holding }));

        assert.equal(error, thrown);
        await eventually(() => server.seen.cut === 1);
      });
    }
  }

  it('is cancelled when shouldRetry throws over a good response', async (t) => {
    const server = await startServer(t, (response) => stall(response));

    const error = await rejectionOf(resilientFetch(server.url, { shouldRetry: throwing }));

    assert.equal(error, thrown);
    await eventually(() => server.seen.cut === 1);
  });

  const aborting: Record<string, (controller: AbortController) => ResilientInit> = {
    'in shouldRetry': (controller) => ({ shouldRetry: () => { controller.abort('reason'); return true; } }),
    'in onFailure': (controller) => ({ onFailure: () => controller.abort('reason') }),
    'in retryAfter': (controller) => ({ retryAfter: () => { controller.abort('reason'); return 0; } }),
  };
  for (const [name, init] of Object.entries(aborting)) {
    it(`is cancelled when the caller aborts ${name}`, async (t) => {
      const server = await startServer(t, (response) => stall(response, 503));
      const controller = new AbortController();

      const error = await rejectionOf(resilientFetch(server.url, { ...init(controller), signal: controller.signal }));

      assert.equal(error, 'reason');
      await eventually(() => server.seen.cut === 1);
    });
  }

  const peeking: Record<string, (response: Response | undefined) => unknown> = {
    'read': (response) => response?.text(),
    'locked': (response) => response?.body?.getReader(),
    'cancelled': (response) => response?.body?.cancel(),
    'cloned and read': (response) => response?.clone().text(),
    'teed': (response) => response?.body?.tee(),
  };
  for (const [name, peek] of Object.entries(peeking)) {
    it(`causes no error when the predicate has ${name} it`, async (t) => {
      const server = await startServer(t, statuses(503, 200));
      const shouldRetry = async ({ response }: { response?: Response | undefined }): Promise<boolean> => {
        if (response?.status !== 503) return false;
        await peek(response);
        return true;
      };

      const response = await resilientFetch(server.url, { shouldRetry, backoff: { base: 0 } });

      assert.equal(await response.text(), 'answer 2');
    });
  }

  it('causes no error when its body breaks off', async (t) => {
    const server = await startServer(t, inTurn((response) => {
      response.writeHead(503, { 'content-length': 100 }).write('sorry', () => response.destroy());
    }));
    const { clock, call, waits } = callWaiting(server.url);
    await waits;
    await eventually(() => server.seen.cut === 1);

    await clock.advance(200);

    assert.equal(await (await call).text(), 'well');
  });

  it('is not held while the call waits, nor is its request', async () => {
    const clock = new FakeClock();
    const dropped: (WeakRef<object> | undefined)[] = [];
    const fetch: Fetch = async (_input, init) => {
      if (dropped.length > 0) return new Response('well');
      const response = new Response('sorry', { status: 503 });
      dropped.push(...[response, response.body, init?.signal].map((part) => part ? new WeakRef(part) : undefined));
      return response;
    };
    const call = resilientFetch('http://users.test/', { clock, fetch, totalTimeout: 60_000, signal: new AbortController().signal });
    await clock.settle(() => clock.pending === 2 && dropped.length > 0);
    await collect();

    const held = dropped.map((part) => part?.deref());

    assert.deepEqual(held, [undefined, undefined, undefined]);
    assert.ok(dropped.every((part) => part !== undefined));
    await clock.advance(1_000);
    assert.equal(await (await call).text(), 'well');
  });
});
