import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { resilientFetch, type Fetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { collectGarbage } from '../support/garbage-collection.ts';
import { respondWith, stall, startServer, type RequestHandler } from '../support/server.ts';
import { rejectionOf, waitFor } from '../support/wait.ts';

const megabyte = Buffer.alloc(1_000_000);

/** Fails each odd request, and responds to each even one with `ok`. */
const failOddRequests = (fail: (response: ServerResponse) => void): RequestHandler => (response, _request, number) => {
  if (number % 2 === 1) fail(response);
  else response.end('ok');
};

/** A fetch that keeps a reference to each Response: the platform cancels one that is garbage-collected. */
function retainingFetch(): Fetch {
  const responses: Response[] = [];
  return async (input, init) => {
    const response = await fetch(input, init);
    responses.push(response);
    return response;
  };
}

/** Makes a call whose first attempt fails. `waiting` resolves when the wait before the retry has begun. */
function failingCall(url: string, init: ResilientInit = {}): { clock: FakeClock; call: Promise<Response>; waiting: Promise<void> } {
  const clock = new FakeClock();
  let hasFailed = false;
  const onFailure = (): void => { hasFailed = true; };
  const call = resilientFetch(url, { backoff: { jitter: 'none' }, ...init, clock, onFailure });
  return { clock, call, waiting: waitFor(() => hasFailed && clock.pending === 1) };
}

describe('a discarded response', () => {
  it('frees its connection for reuse when its body comes with the headers', async (t) => {
    const server = await startServer(t, failOddRequests((response) => response.writeHead(503).end('sorry')));

    for (let round = 0; round < 50; round += 1) {
      const { clock, call, waiting } = failingCall(server.url);
      await waiting;
      await clock.advance(200);
      await (await call).text();
    }

    assert.equal(server.requests.length, 100);
    assert.ok(server.connections.opened <= 2, `opened ${server.connections.opened} connections`);
  });

  it('frees its connection for reuse when its body comes after the headers', async (t) => {
    const responses: ServerResponse[] = [];
    const server = await startServer(t, failOddRequests((response) => {
      response.writeHead(503).flushHeaders();
      responses.push(response);
    }));

    for (let round = 0; round < 50; round += 1) {
      const { clock, call, waiting } = failingCall(server.url);
      await waiting;
      responses.pop()?.end('sorry, and late');
      await clock.advance(200);
      await (await call).text();
    }

    assert.equal(server.requests.length, 100);
    assert.ok(server.connections.opened <= 2, `opened ${server.connections.opened} connections`);
  });

  it('frees its connection for reuse when its body is 50 kB long', async (t) => {
    const server = await startServer(t, failOddRequests((response) => response.writeHead(503).end(megabyte.subarray(0, 50_000))));

    for (let round = 0; round < 20; round += 1) {
      const { clock, call, waiting } = failingCall(server.url);
      await waiting;
      await clock.advance(200);
      await (await call).text();
    }

    assert.ok(server.connections.opened <= 4, `opened ${server.connections.opened} connections`);
  });

  it('leaves no connection open when its body is large', async (t) => {
    const server = await startServer(t, failOddRequests((response) => response.writeHead(503).end(megabyte)));

    for (let round = 0; round < 50; round += 1) {
      const { clock, call, waiting } = failingCall(server.url);
      await waiting;
      await clock.advance(200);
      await (await call).text();
    }

    await waitFor(() => server.connections.open <= 2);
  });

  it('is cancelled during the wait once 64 KiB are read', async (t) => {
    const server = await startServer(t, failOddRequests((response) => {
      response.writeHead(503).write(megabyte.subarray(0, 100_000));
    }));
    const { clock, call, waiting } = failingCall(server.url);
    await waiting;

    await waitFor(() => server.connections.closedEarly === 1);

    assert.equal(clock.pending, 1);
    await clock.advance(200);
    assert.equal(await (await call).text(), 'ok');
  });

  it('is cancelled at the end of the wait when its body stalls', async (t) => {
    const server = await startServer(t, failOddRequests((response) => stall(response, 503)));
    const { clock, call, waiting } = failingCall(server.url);
    await waiting;
    await clock.advance(199);
    const { closedEarly } = server.connections;

    await clock.advance(1);

    assert.equal(closedEarly, 0);
    assert.equal(await (await call).text(), 'ok');
    await waitFor(() => server.connections.closedEarly === 1);
  });

  it('is cancelled when the caller aborts during the wait', async (t) => {
    const server = await startServer(t, (response) => stall(response, 503));
    const controller = new AbortController();
    const { clock, call, waiting } = failingCall(server.url, { signal: controller.signal });
    await waiting;

    controller.abort('reason');

    assert.equal(await rejectionOf(call), 'reason');
    await waitFor(() => server.connections.closedEarly === 1);
    assert.equal(clock.pending, 0);
  });

  it('is cancelled when the total timeout expires in shouldRetry', async (t) => {
    const server = await startServer(t, (response) => stall(response, 503));
    const clock = new FakeClock();
    let isPending = false;
    const shouldRetry = (): Promise<boolean> => {
      isPending = true;
      return new Promise(() => {});
    };
    const call = rejectionOf(resilientFetch(server.url, { clock, totalTimeout: 1_000, shouldRetry }));
    await waitFor(() => isPending);

    await clock.advance(1_000);

    assert.equal((await call as DOMException).name, 'TimeoutError');
    await waitFor(() => server.connections.closedEarly === 1);
  });

  const thrown = new Error('no');
  const throwError = (): never => { throw thrown; };
  const callbacks: Record<string, ResilientInit> = {
    'shouldRetry throws': { shouldRetry: throwError },
    'shouldRetry rejects': { shouldRetry: () => Promise.reject(thrown) },
    'onFailure throws': { onFailure: throwError },
    'retryAfter throws': { retryAfter: throwError },
    'backoff throws': { backoff: throwError },
    'random throws': { random: throwError },
  };
  for (const timeout of [10_000, Infinity]) {
    for (const [name, init] of Object.entries(callbacks)) {
      it(`is cancelled when ${name}, with a timeout of ${timeout}`, async (t) => {
        const server = await startServer(t, (response) => stall(response, 503));
        const retaining = retainingFetch();
        // A reference to the end of the test.
        t.after(() => retaining);

        const error = await rejectionOf(resilientFetch(server.url, { ...init, timeout, fetch: retaining }));

        assert.equal(error, thrown);
        await waitFor(() => server.connections.closedEarly === 1);
      });
    }
  }

  it('is cancelled when shouldRetry throws after a success', async (t) => {
    const server = await startServer(t, (response) => stall(response));

    const error = await rejectionOf(resilientFetch(server.url, { shouldRetry: throwError }));

    assert.equal(error, thrown);
    await waitFor(() => server.connections.closedEarly === 1);
  });

  const aborts: Record<string, (controller: AbortController) => ResilientInit> = {
    'in shouldRetry': (controller) => ({ shouldRetry: () => { controller.abort('reason'); return true; } }),
    'in onFailure': (controller) => ({ onFailure: () => controller.abort('reason') }),
    'in retryAfter': (controller) => ({ retryAfter: () => { controller.abort('reason'); return 0; } }),
  };
  for (const [name, init] of Object.entries(aborts)) {
    it(`is cancelled when the caller aborts ${name}`, async (t) => {
      const server = await startServer(t, (response) => stall(response, 503));
      const controller = new AbortController();

      const error = await rejectionOf(resilientFetch(server.url, { ...init(controller), signal: controller.signal }));

      assert.equal(error, 'reason');
      await waitFor(() => server.connections.closedEarly === 1);
    });
  }

  const uses: Record<string, (response: Response | undefined) => unknown> = {
    'read': (response) => response?.text(),
    'locked': (response) => response?.body?.getReader(),
    'cancelled': (response) => response?.body?.cancel(),
    'cloned and read': (response) => response?.clone().text(),
    'teed': (response) => response?.body?.tee(),
  };
  for (const [name, use] of Object.entries(uses)) {
    it(`causes no error when shouldRetry has ${name} it`, async (t) => {
      const server = await startServer(t, respondWith(503, 200));
      const shouldRetry = async ({ response }: { response?: Response | undefined }): Promise<boolean> => {
        if (response?.status !== 503) return false;
        await use(response);
        return true;
      };

      const response = await resilientFetch(server.url, { shouldRetry, backoff: { base: 0 } });

      assert.equal(await response.text(), 'answer 2');
    });
  }

  it('causes no error when its connection closes in the body', async (t) => {
    const server = await startServer(t, failOddRequests((response) => {
      response.writeHead(503, { 'content-length': 100 }).write('sorry', () => response.destroy());
    }));
    const { clock, call, waiting } = failingCall(server.url);
    await waiting;
    await waitFor(() => server.connections.closedEarly === 1);

    await clock.advance(200);

    assert.equal(await (await call).text(), 'ok');
  });

  it('can be garbage-collected during the wait, and its request too', async () => {
    const clock = new FakeClock();
    const references: (WeakRef<object> | undefined)[] = [];
    const fetch: Fetch = async (_input, init) => {
      if (references.length > 0) return new Response('ok');
      const response = new Response('sorry', { status: 503 });
      references.push(...[response, response.body, init?.signal].map((part) => part ? new WeakRef(part) : undefined));
      return response;
    };
    const call = resilientFetch('http://users.test/', { clock, fetch, totalTimeout: 60_000, signal: new AbortController().signal });
    await clock.settle(() => clock.pending === 2 && references.length > 0);
    await collectGarbage();

    const reachable = references.map((part) => part?.deref());

    assert.deepEqual(reachable, [undefined, undefined, undefined]);
    assert.ok(references.every((part) => part !== undefined));
    await clock.advance(1_000);
    assert.equal(await (await call).text(), 'ok');
  });

  it('is cancelled when the caller aborts during its drain', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const events: unknown[] = [];
    const body = new ReadableStream({ cancel: () => void events.push('cancelled') });
    const fetch: Fetch = async () => new Response(body, { status: 503 });
    const call = resilientFetch('http://users.test/', { clock, fetch, signal: controller.signal }).catch((error: unknown) => error);
    await clock.settle(() => clock.pending === 1 && body.locked);

    controller.abort(thrown);

    assert.equal(await call, thrown);
    await clock.settle();
    assert.deepEqual(events, ['cancelled']);
  });

  const discards: readonly { when: string; init: ResilientInit }[] = [
    { when: 'before a retry without a wait', init: { backoff: { base: 0 } } },
    { when: 'at the end of a wait', init: {} },
    { when: 'when onFailure throws', init: { onFailure: throwError } },
  ];
  for (const { when, init } of discards) {
    it(`aborts its request ${when}, because some platforms close a connection only on an abort`, async () => {
      const clock = new FakeClock();
      const signals: (AbortSignal | null | undefined)[] = [];
      const fetch: Fetch = async (_input, request) => {
        signals.push(request?.signal);
        return signals.length > 1 ? new Response('ok') : new Response(new ReadableStream(), { status: 503 });
      };
      const call = resilientFetch('http://users.test/', { clock, fetch, ...init }).catch((error: unknown) => error);

      await clock.advance(1_000);

      const result = await call;
      assert.ok(result === thrown || await (result as Response).text() === 'ok');
      assert.deepEqual(signals.map((signal) => signal?.aborted), result === thrown ? [true] : [true, false]);
    });
  }
});
