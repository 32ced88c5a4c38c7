import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, type Failure, type Fetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { respondWith, startServer } from '../support/server.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { rejectionOf, waitFor } from '../support/wait.ts';

forbidUnhandledRejections();

const hang = (): Promise<never> => new Promise(() => {});

const reasons: Record<string, unknown> = {
  'an Error': new Error('the user left'),
  'a string': 'the user left',
  'a number': 0,
  'null': null,
  'a TimeoutError': new DOMException('out of time', 'TimeoutError'),
};

describe('an abort before the call', () => {
  for (const [name, reason] of Object.entries(reasons)) {
    it(`rejects with ${name} and sends nothing`, async (t) => {
      const server = await startServer(t, respondWith(200));

      const error = await rejectionOf(resilientFetch(server.url, { signal: AbortSignal.abort(reason) }));

      assert.equal(error, reason);
      assert.equal(server.connections.opened, 0);
    });
  }

  it('rejects with the reason of a Request\'s own signal', async () => {
    const request = new Request('http://users.test/', { signal: AbortSignal.abort('reason') });

    assert.equal(await rejectionOf(resilientFetch(request)), 'reason');
  });

  it('rejects with the reason when fetch ignores the signal', async () => {
    const fetch: Fetch = async () => new Response('ignored');

    assert.equal(await rejectionOf(resilientFetch('http://users.test/', { fetch, signal: AbortSignal.abort('reason') })), 'reason');
  });

  it('rejects bad arguments first, as fetch does', async () => {
    const badArguments = ['http://', { signal: AbortSignal.abort('reason') }] as const;

    const [ours, native] = [await rejectionOf(resilientFetch(...badArguments)), await rejectionOf(fetch(...badArguments))];

    assert.ok(ours instanceof TypeError);
    assert.deepEqual(ours, native);
  });

  it('records and reports no failure', async () => {
    const reason = new Error('the user left');
    const failures: Failure[] = [];

    await rejectionOf(resilientFetch('http://users.test/', { signal: AbortSignal.abort(reason), onFailure: (failure) => failures.push(failure) }));

    assert.deepEqual([failures, failuresOf(reason)], [[], []]);
  });
});

describe('an abort during an attempt', () => {
  const limits: Record<string, ResilientInit> = {
    'an attempt timeout': {},
    'an attempt and a total timeout': { totalTimeout: 60_000 },
    'a total timeout': { totalTimeout: 60_000, timeout: Infinity },
    'no timeout': { timeout: Infinity },
  };

  for (const [limit, init] of Object.entries(limits)) {
    for (const [name, reason] of Object.entries(reasons)) {
      it(`rejects with ${name}, under ${limit}`, async (t) => {
        const server = await startServer(t, () => {});
        const controller = new AbortController();
        const clock = new FakeClock();
        const call = rejectionOf(resilientFetch(server.url, { ...init, clock, signal: controller.signal }));
        await waitFor(() => server.requests.length === 1);

        controller.abort(reason);

        assert.equal(await call, reason);
        assert.equal(clock.pending, 0);
        await waitFor(() => server.connections.closedEarly === 1);
      });
    }
  }

  it('rejects with the reason of a Request\'s own signal', async (t) => {
    const server = await startServer(t, () => {});
    const controller = new AbortController();
    const request = new Request(server.url, { signal: controller.signal });
    const call = rejectionOf(resilientFetch(request));
    await waitFor(() => server.requests.length === 1);

    controller.abort('reason');

    assert.equal(await call, 'reason');
    assert.equal(request.signal.aborted, true);
  });

  it('rejects at once when fetch ignores the signal', async () => {
    const controller = new AbortController();
    const clock = new FakeClock();
    const call = rejectionOf(resilientFetch('http://users.test/', { fetch: hang, clock, signal: controller.signal }));
    await clock.settle();

    controller.abort('reason');

    assert.equal(await call, 'reason');
    assert.equal(clock.pending, 0);
  });

  it('rejects with the reason when fetch rejects with an error of its own', async () => {
    const controller = new AbortController();
    const fetch: Fetch = () => new Promise((_resolve, reject) => controller.signal.addEventListener('abort', () => reject(new Error('aborted'))));
    const call = rejectionOf(resilientFetch('http://users.test/', { fetch, timeout: Infinity, signal: controller.signal }));

    controller.abort('reason');

    assert.equal(await call, 'reason');
  });

  it('rejects though a response comes before the event, as a browser allows', async () => {
    const reason = new Error('the user left');
    const signal = Object.assign(new EventTarget(), { aborted: false, reason: undefined as unknown });
    const fetch: Fetch = async () => {
      Object.assign(signal, { aborted: true, reason });
      return new Response('x');
    };

    // The mock has only the members that an abort needs.
    const call = resilientFetch('http://users.test/', { fetch, signal: signal as unknown as AbortSignal });

    assert.equal(await call.catch((error: unknown) => error), reason);
  });

  it('records the failures before it', async (t) => {
    const server = await startServer(t, (response, request, number) => { if (number === 1) respondWith(503)(response, request, 1); });
    const controller = new AbortController();
    const reason = new Error('the user left');
    const call = rejectionOf(resilientFetch(server.url, { backoff: { base: 0 }, signal: controller.signal }));
    await waitFor(() => server.requests.length === 2);

    controller.abort(reason);

    assert.equal(await call, reason);
    assert.deepEqual(failuresOf(reason).map(({ attempt, status }) => [attempt, status]), [[1, 503]]);
  });

  it('has no effect on a Request whose signal init overrides with null', async (t) => {
    const server = await startServer(t, respondWith(200));
    const request = new Request(server.url, { signal: AbortSignal.abort('reason') });

    const responses = [await resilientFetch(request, { signal: null }), await fetch(request, { signal: null })];

    assert.deepEqual(responses.map(({ status }) => status), [200, 200]);
  });

  it('has no effect on the retries of a Request whose signal init overrides with null', async (t) => {
    const server = await startServer(t, respondWith(503, 200));
    const controller = new AbortController();
    const request = new Request(server.url, { signal: controller.signal });

    const response = await resilientFetch(request, { signal: null, backoff: { base: 0 }, onFailure: () => controller.abort() });

    assert.equal(await response.text(), 'answer 2');
  });

  it('rejects every call with the signal, and no other call', async (t) => {
    const server = await startServer(t, (response, { path }) => { if (path === '/other') response.end('ok'); });
    const [controller, other] = [new AbortController(), new AbortController()];
    const calls = [1, 2, 3].map(() => rejectionOf(resilientFetch(server.url, { signal: controller.signal })));
    await waitFor(() => server.requests.length === 3);

    controller.abort('reason');
    const response = await resilientFetch(`${server.url}other`, { signal: other.signal });

    assert.deepEqual(await Promise.all(calls), ['reason', 'reason', 'reason']);
    assert.equal(await response.text(), 'ok');
  });
});

describe('an abort between attempts', () => {
  for (const [name, reason] of Object.entries(reasons)) {
    it(`during the wait rejects with ${name}`, async (t) => {
      const server = await startServer(t, respondWith(503));
      const controller = new AbortController();
      const clock = new FakeClock();
      let isWaiting = false;
      const onFailure = (): void => { isWaiting = true; };
      const call = rejectionOf(resilientFetch(server.url, { clock, onFailure, signal: controller.signal }));
      await waitFor(() => isWaiting && clock.pending === 1);

      controller.abort(reason);

      assert.equal(await call, reason);
      assert.equal(clock.pending, 0);
      assert.equal(server.requests.length, 1);
    });

    it(`in onFailure rejects with ${name}`, async (t) => {
      const server = await startServer(t, respondWith(503));
      const controller = new AbortController();
      const clock = new FakeClock();

      const error = await rejectionOf(resilientFetch(server.url, { clock, onFailure: () => controller.abort(reason), signal: controller.signal }));

      assert.equal(error, reason);
      assert.equal(clock.pending, 0);
      assert.equal(server.requests.length, 1);
    });

    it(`in shouldRetry rejects with ${name}`, async (t) => {
      const server = await startServer(t, respondWith(503));
      const controller = new AbortController();
      const clock = new FakeClock();
      const shouldRetry = (): boolean => {
        controller.abort(reason);
        return true;
      };

      const error = await rejectionOf(resilientFetch(server.url, { clock, shouldRetry, signal: controller.signal }));

      assert.equal(error, reason);
      assert.equal(clock.pending, 0);
      assert.equal(server.requests.length, 1);
    });

    it(`while shouldRetry is pending rejects with ${name}`, async (t) => {
      const server = await startServer(t, respondWith(503));
      const controller = new AbortController();
      const clock = new FakeClock();
      let isPending = false;
      const shouldRetry = (): Promise<boolean> => {
        isPending = true;
        return hang();
      };
      const call = rejectionOf(resilientFetch(server.url, { clock, shouldRetry, signal: controller.signal }));
      await waitFor(() => isPending);

      controller.abort(reason);

      assert.equal(await call, reason);
      assert.equal(clock.pending, 0);
    });
  }

  it('in shouldRetry takes precedence over a successful response', async (t) => {
    const server = await startServer(t, respondWith(200));
    const controller = new AbortController();
    const shouldRetry = (): boolean => {
      controller.abort('reason');
      return false;
    };

    assert.equal(await rejectionOf(resilientFetch(server.url, { shouldRetry, signal: controller.signal })), 'reason');
  });

  it('in onFailure takes precedence over the last error', async () => {
    const controller = new AbortController();
    const fetch: Fetch = () => Promise.reject(new TypeError('reset'));
    const onFailure = (): void => controller.abort('reason');

    assert.equal(await rejectionOf(resilientFetch('http://users.test/', { fetch, retries: 0, onFailure, signal: controller.signal })), 'reason');
  });

  it('takes precedence over a later rejection of shouldRetry', async (t) => {
    const server = await startServer(t, respondWith(503));
    const controller = new AbortController();
    const shouldRetry = async (): Promise<boolean> => {
      controller.abort('reason');
      await new FakeClock().settle();
      throw new Error('too late');
    };

    const error = await rejectionOf(resilientFetch(server.url, { shouldRetry, signal: controller.signal }));
    await new FakeClock().settle();

    assert.equal(error, 'reason');
  });

  it('rejects while a body factory is pending', async () => {
    const controller = new AbortController();
    const call = rejectionOf(resilientFetch('http://users.test/', { method: 'PUT', body: hang, signal: controller.signal }));

    controller.abort('reason');

    assert.equal(await call, 'reason');
  });

  it('while a body factory is pending cancels the body that it creates later', async () => {
    const controller = new AbortController();
    const reason = new Error('the user left');
    const events: unknown[] = [];
    let resolveBody = (_body: ReadableStream): void => {};
    const body = (): Promise<ReadableStream> => new Promise((resolve) => { resolveBody = resolve; });
    const init = { method: 'PUT', body, duplex: 'half', fetch: hang, signal: controller.signal } as const;
    const call = resilientFetch('http://users.test/', init);
    controller.abort(reason);
    await call.catch((error: unknown) => events.push(error));

    resolveBody(new ReadableStream({ cancel: () => void events.push('cancelled') }));
    await new FakeClock().settle();

    assert.deepEqual(events, [reason, 'cancelled']);
  });

  it('during the wait rejects under a total timeout', async (t) => {
    const server = await startServer(t, respondWith(503));
    const controller = new AbortController();
    const clock = new FakeClock();
    let isWaiting = false;
    const onFailure = (): void => { isWaiting = true; };
    const call = rejectionOf(resilientFetch(server.url, { clock, onFailure, totalTimeout: 60_000, signal: controller.signal }));
    await waitFor(() => isWaiting && clock.pending === 2);

    controller.abort('reason');

    assert.equal(await call, 'reason');
    assert.equal(clock.pending, 0);
  });
});
