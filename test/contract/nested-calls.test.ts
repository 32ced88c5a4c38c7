import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, TimeoutError, type Failure, type Fetch } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { countAbortListeners } from '../support/abort-listeners.ts';

const url = 'http://users.test/1';
const reason = new Error('the reason');
const hang: Fetch = () => new Promise(() => {});

describe('a call made during another call', () => {
  it('is independent in an abort listener of the other\'s signal', async () => {
    const [aborted, other] = [new AbortController(), new AbortController()];
    const calls: Promise<Response>[] = [];
    aborted.signal.addEventListener('abort', () => {
      calls.push(resilientFetch(url, { fetch: async () => new Response('again'), signal: other.signal }));
      calls.push(resilientFetch(url, { fetch: async () => new Response('refused'), signal: aborted.signal }));
    });
    const call = resilientFetch(url, { fetch: hang, signal: aborted.signal });

    aborted.abort(reason);

    const [first, again, refused] = await Promise.allSettled([call, ...calls]);
    assert.deepEqual([first?.status, again?.status, refused?.status], ['rejected', 'fulfilled', 'rejected']);
  });

  it('is independent in onFailure of the other', async () => {
    const clock = new FakeClock();
    const calls: Promise<Response>[] = [];
    const statuses = [503, 200];
    const fetch: Fetch = async () => new Response(null, { status: statuses.shift() ?? 404 });
    const api = resilientFetch.with({ clock, fetch, backoff: { base: 0 } });
    const call = api(url, { onFailure: () => void calls.push(api(url)) });

    const responses = [await call, await calls[0]];

    assert.deepEqual(responses.map((response) => response?.status).sort(), [200, 404]);
    assert.equal(clock.pending, 0);
  });
});

describe('a call whose fetch is another resilientFetch', () => {
  it('aborts the inner call by the attempt timeout, which the inner call records as no failure', async () => {
    const clock = new FakeClock();
    const innerFailures: Failure[] = [];
    const inner = resilientFetch.with({ clock, fetch: hang, onFailure: (failure) => innerFailures.push(failure) });
    const call = resilientFetch(url, { clock, fetch: inner, timeout: 100, retries: 0 }).catch((error: unknown) => error);

    await clock.advance(100);

    const error = await call;
    assert.ok(error instanceof TimeoutError && error.scope === 'attempt');
    assert.deepEqual([innerFailures, failuresOf(error).map(({ stopped }) => stopped), clock.pending], [[], ['retries-spent'], 0]);
  });

  it('retries what the inner call has retried, until one abort ends both', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    let requests = 0;
    const inner = resilientFetch.with({ clock, retries: 1, backoff: { base: 0 }, fetch: () => {
      requests += 1;
      if (requests === 6) controller.abort(reason);
      return Promise.reject(new TypeError('reset'));
    } });
    const call = resilientFetch(url, { clock, fetch: inner, backoff: { base: 0 }, retries: 9, signal: controller.signal });

    assert.equal(await call.catch((error: unknown) => error), reason);

    assert.deepEqual([requests, clock.pending, countAbortListeners(controller.signal)], [6, 0, 0]);
  });
});
