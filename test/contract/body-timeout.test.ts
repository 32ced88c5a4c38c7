import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, TimeoutError } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { respondWith, stall, startServer } from '../support/server.ts';
import { rejectionOf, waitFor } from '../support/wait.ts';

describe('bodyTimeout', () => {
  it('rejects the read of a stalled body and closes its connection', async (t) => {
    const server = await startServer(t, (response) => stall(response));
    const clock = new FakeClock();
    const response = await resilientFetch(server.url, { clock, bodyTimeout: 5_000 });
    const rejection = rejectionOf(response.text());
    // The beginning is read: the timer runs for the next chunk.
    await clock.settle(() => clock.pending === 1 && response.bodyUsed);
    await clock.advance(4_999);
    const { closedEarly } = server.connections;

    await clock.advance(1);

    const error = await rejection;
    assert.ok(error instanceof TimeoutError);
    assert.deepEqual([error.scope, error.timeout], ['body', 5_000]);
    assert.equal(closedEarly, 0);
    await waitFor(() => server.connections.closedEarly === 1);
    assert.equal(clock.pending, 0);
  });

  it('does not apply to a read in shouldRetry, which totalTimeout ends', async (t) => {
    const server = await startServer(t, (response) => stall(response, 503));
    const clock = new FakeClock();
    const shouldRetry = async ({ response }: { response?: Response | undefined }): Promise<boolean> => (await response?.text()) !== 'final';
    const call = rejectionOf(resilientFetch(server.url, { clock, timeout: Infinity, bodyTimeout: 5_000, totalTimeout: 60_000, shouldRetry }));
    await clock.settle(() => clock.pending === 1);

    await clock.advance(59_999);
    const { closedEarly } = server.connections;
    await clock.advance(1);

    const error = await call;
    assert.ok(error instanceof TimeoutError && error.scope === 'total');
    assert.deepEqual([closedEarly, server.requests.length, clock.pending], [0, 1, 0]);
    await waitFor(() => server.connections.closedEarly === 1);
  });

  it('reuses the connection of a discarded response, and wraps the returned one', async (t) => {
    const server = await startServer(t, respondWith(503, 200));
    const clock = new FakeClock();
    const call = resilientFetch(server.url, { clock, bodyTimeout: 5_000 });
    await clock.settle(() => server.requests.length === 1 && clock.pending === 1);
    await clock.advance(200);

    const response = await call;

    assert.equal(failuresOf(response).length, 1);
    assert.equal(await response.text(), 'answer 2');
    assert.equal(server.connections.opened, 1);
    assert.equal(clock.pending, 0);
  });

  it('does not expire for a chunk that arrived while the program was blocked', async (t) => {
    const responses: ServerResponse[] = [];
    const server = await startServer(t, (response) => {
      responses.push(response);
      stall(response);
    });
    const reader = (await resilientFetch(server.url, { bodyTimeout: 20 })).body?.getReader();
    await reader?.read();
    const next = reader?.read();

    // The chunk leaves the server before the program blocks.
    await new Promise<unknown>((resolve) => responses.pop()?.write('two', resolve));
    const end = performance.now() + 100;
    while (performance.now() < end);

    assert.equal(new TextDecoder().decode((await next)?.value), 'two');
  });
});
