/** A server in a process of its own, in which about one request in twenty goes wrong, each run in the same way. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from '../../src/testing/index.ts';

const random = seededRandom(20);

/** How often one fault of a kind befalls a request: 5 % for all of them. */
const share = 0.05;

const kilobytes = (count: number): Buffer => Buffer.alloc(count * 1_024, '.');

const faults: readonly ((response: ServerResponse) => void)[] = [
  (response) => response.socket?.resetAndDestroy(),
  (response) => response.socket?.end('\x00 this is no HTTP\r\n\r\n'),
  (response) => response.writeHead(503).end('sorry'),
  (response) => response.writeHead(503).end(kilobytes(300)),
  (response) => response.writeHead(429, { 'retry-after': '0' }).end(),
  // Silent after the headers, so that it is dropped with its connection.
  (response) => response.writeHead(500).write(kilobytes(1)),
  (response) => response.writeHead(200, { 'content-length': 2_048 }).write(kilobytes(1), () => response.destroy()),
  // Silent: the timeout of an attempt ends it.
  () => {},
  // Silent: a body timeout ends it, which not every caller has.
  (response) => void (response.req.url === '/' ? response.writeHead(200).write(kilobytes(1)) : response.end()),
];

const answer = kilobytes(2);

/** A body of 1 GB, sent as fast as it is read. */
async function gigabyte(response: ServerResponse): Promise<void> {
  const chunk = kilobytes(64);
  response.writeHead(200, { 'content-length': 2 ** 30 });
  for (let left = 2 ** 30; left > 0; left -= chunk.length) if (!response.write(chunk)) await once(response, 'drain');
  response.end();
}

const server = createServer((request, response) => {
  request.resume();
  if (request.url === '/gigabyte') return void gigabyte(response);
  const draw = random();
  const fault = draw < share ? faults[Math.floor((draw / share) * faults.length)] : undefined;
  if (fault === undefined) response.writeHead(200).end(answer);
  else fault(response);
  return undefined;
});

let connections = 0;
server.on('connection', (socket) => {
  connections += 1;
  socket.on('close', () => { connections -= 1; }).on('error', () => {});
});

// Asked for the connections that are open, or told to end with its parent.
process.on('message', () => process.send?.(connections));
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
