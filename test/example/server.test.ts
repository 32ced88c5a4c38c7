import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { close, listen, sendJson } from '../../example/server.ts';

describe('listen', () => {
  it('takes a free port of the loopback interface alone', async (t) => {
    const server = createServer();
    t.after(() => close(server));

    const port = await listen(server);

    assert.deepEqual(server.address(), { address: '127.0.0.1', family: 'IPv4', port } satisfies AddressInfo);
  });

  it('rejects if the port is taken', async (t) => {
    const [first, second] = [createServer(), createServer()];
    t.after(() => close(first));
    const port = await listen(first);

    await assert.rejects(listen(second, port), { code: 'EADDRINUSE' });
  });
});

describe('sendJson', () => {
  it('sends a status, headers and JSON', async (t) => {
    const server = createServer((_request, response) => sendJson(response, { status: 405, body: { detail: 'No' }, headers: { allow: 'GET' } }));
    t.after(() => close(server));
    const port = await listen(server);

    const response = await fetch(`http://127.0.0.1:${port}/`);

    assert.deepEqual(
      [response.status, response.headers.get('allow'), response.headers.get('content-type'), await response.text()],
      [405, 'GET', 'application/json', '{"detail":"No"}'],
    );
  });
});
