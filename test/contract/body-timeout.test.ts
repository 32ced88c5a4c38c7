import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, TimeoutError } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { eventually, rejectionOf, stall, startServer, statuses } from '../support/loopback.ts';

describe('bodyTimeout', () => {
  it('ends a body that stalls, and closes its connection', async (t) => {
    const server = await startServer(t, (response) => stall(response));
    const clock = new FakeClock();
    const response = await resilientFetch(server.url, { clock, bodyTimeout: 5_000 });
    const rejection = rejectionOf(response.text());
    // The beginning has been read, and what follows it is awaited.
    await clock.settle(() => clock.pending === 1 && response.bodyUsed);
    await clock.advance(4_999);
    const { cut } = server.seen;

    await clock.advance(1);

    const error = await rejection;
    assert.ok(error instanceof TimeoutError);
    assert.deepEqual([error.scope, error.timeout], ['body', 5_000]);
    assert.equal(cut, 0);
    await eventually(() => server.seen.cut === 1);
    assert.equal(clock.pending, 0);
  });

  it('ends the read of a predicate, with whose error the call rejects', async (t) => {
    const server = await startServer(t, (response) => stall(response, 503));
    const clock = new FakeClock();
    const shouldRetry = async ({ response }: { response?: Response | undefined }): Promise<boolean> => (await response?.text()) !== 'final';
    const call = rejectionOf(resilientFetch(server.url, { clock, timeout: Infinity, bodyTimeout: 5_000, shouldRetry }));
    await clock.settle(() => clock.pending === 1);

    await clock.advance(5_000);

    assert.ok(await call instanceof TimeoutError);
    assert.equal(server.received.length, 1);
    await eventually(() => server.seen.cut === 1);
  });

  it('lets a dropped response go as any other, and wraps the one that is handed over', async (t) => {
    const server = await startServer(t, statuses(503, 200));
    const clock = new FakeClock();
    const call = resilientFetch(server.url, { clock, bodyTimeout: 5_000 });
    await clock.settle(() => server.received.length === 1 && clock.pending === 1);
    await clock.advance(200);

    const response = await call;

    assert.equal(failuresOf(response).length, 1);
    assert.equal(await response.text(), 'answer 2');
    assert.equal(server.seen.opened, 1);
    assert.equal(clock.pending, 0);
  });

  it('never cuts a reader that blocks the program while the answer is on its way', async (t) => {
    const held: ServerResponse[] = [];
    const server = await startServer(t, (response) => {
      held.push(response);
      stall(response);
    });
    const reader = (await resilientFetch(server.url, { bodyTimeout: 20 })).body?.getReader();
    await reader?.read();
    const next = reader?.read();

    // Written through at once: it is on its way before the program blocks.
    await new Promise<unknown>((resolve) => held.pop()?.write('two', resolve));
    const until = performance.now() + 100;
    while (performance.now() < until);

    assert.equal(new TextDecoder().decode((await next)?.value), 'two');
  });
});
