import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { failuresOf, resilientFetch, type ResilientInit } from '../../src/index.ts';
import { startServer, type ReceivedRequest, type RequestHandler } from '../support/server.ts';

const quick = { backoff: { base: 0 } };
const order: ResilientInit = { ...quick, method: 'POST', body: 'one order' };

/** Redirects what is sent to `/`, and responds elsewhere. */
const redirect = (status: number, location: string, answer: RequestHandler): RequestHandler => (response, request, number) => {
  if (request.path === '/') response.writeHead(status, { location }).end();
  else answer(response, request, number);
};

const ordersIn = (received: readonly ReceivedRequest[]): number => received.filter(({ method, path }) => method === 'POST' && path === '/').length;

/** A port at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a server that stops listening, as in a graceful restart, once it has redirected an order to itself. */
async function startRestartingServer(t: TestContext, status: number): Promise<{ url: string; orders: () => number }> {
  let orders = 0;
  const listener: RequestListener = async (request, response) => {
    await request.toArray();
    orders += 1;
    server.close(() => {});
    response.writeHead(status, { location: '/there', connection: 'close' }).end();
  };
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, orders: () => orders };
}

describe('a POST that a server has accepted with a redirect', () => {
  for (const redirected of [301, 302, 303, 307, 308]) {
    for (const [status, headers] of [[429, { 'retry-after': '0' }], [503, { 'retry-after': '0' }], [503, {}], [425, {}], [500, {}]] as const) {
      it(`is sent once, by ${redirected} to ${status}${'retry-after' in headers ? ' with Retry-After' : ''}`, async (t) => {
        const server = await startServer(t, redirect(redirected, '/there', (response) => response.writeHead(status, headers).end()));

        const response = await resilientFetch(server.url, order);

        assert.deepEqual([response.status, ordersIn(server.requests), server.requests.length], [status, 1, 2]);
        assert.ok(['not-repeatable', 'permanent'].includes(failuresOf(response)[0]?.stopped ?? ''));
      });
    }

    it(`is sent once, by ${redirected} to another server that responds with a 503 and Retry-After`, async (t) => {
      const target = await startServer(t, (response) => response.writeHead(503, { 'retry-after': '0' }).end());
      const server = await startServer(t, redirect(redirected, target.url, () => {}));

      const response = await resilientFetch(server.url, order);

      assert.deepEqual([response.status, ordersIn(server.requests), target.requests.length], [503, 1, 1]);
    });

    it(`is sent once, by ${redirected} to a port that refuses connections`, async (t) => {
      const server = await startServer(t, redirect(redirected, `http://127.0.0.1:${await closedPort()}/`, () => {}));

      await assert.rejects(resilientFetch(server.url, order), { name: 'TypeError' });

      assert.equal(ordersIn(server.requests), 1);
    });

    it(`is sent once, by ${redirected} to the same port, which refuses connections by then`, async (t) => {
      const server = await startRestartingServer(t, redirected);

      await assert.rejects(resilientFetch(server.url, order), { name: 'TypeError' });

      assert.equal(server.orders(), 1);
    });

    it(`is sent once, by ${redirected} to a connection that breaks`, async (t) => {
      const server = await startServer(t, redirect(redirected, '/there', (response) => response.destroy()));

      await assert.rejects(resilientFetch(server.url, order), { name: 'TypeError' });

      assert.equal(ordersIn(server.requests), 1);
    });

    it(`is sent once as a Request, by ${redirected} to 503 with Retry-After`, async (t) => {
      const server = await startServer(t, redirect(redirected, '/there', (response) => response.writeHead(503, { 'retry-after': '0' }).end()));

      const response = await resilientFetch(new Request(server.url, { method: 'POST', body: 'one order' }), quick);

      assert.deepEqual([response.status, ordersIn(server.requests)], [503, 1]);
    });
  }
});

describe('a POST that was refused without a redirect', () => {
  it('is sent again after a 429 and a 503 with Retry-After', async (t) => {
    const statuses = [429, 503, 201];
    const server = await startServer(t, (response) => response.writeHead(statuses.shift() ?? 500, { 'retry-after': '0' }).end());

    const response = await resilientFetch(server.url, order);

    assert.deepEqual([response.status, ordersIn(server.requests)], [201, 3]);
  });

  for (const redirect of ['manual', 'error'] as const) {
    it(`is sent again after refused connections, with redirect '${redirect}'`, async () => {
      const error = await resilientFetch(`http://127.0.0.1:${await closedPort()}/`, { ...order, redirect }).catch((reason: unknown) => reason);

      assert.deepEqual(failuresOf(error).map(({ stopped }) => stopped), [undefined, undefined, undefined, 'retries-spent']);
    });
  }

  it('is not sent again after a refused connection, which may be that of a redirect', async () => {
    const error = await resilientFetch(`http://127.0.0.1:${await closedPort()}/`, order).catch((reason: unknown) => reason);

    assert.deepEqual(failuresOf(error).map(({ stopped }) => stopped), ['not-repeatable']);
  });

  it("returns a redirect with redirect 'manual', though it has a Retry-After", async (t) => {
    const server = await startServer(t, (response) => response.writeHead(303, { 'location': '/there', 'retry-after': '0' }).end());

    const response = await resilientFetch(server.url, { ...order, redirect: 'manual' });

    assert.deepEqual([response.status, ordersIn(server.requests)], [303, 1]);
  });
});
