/** A server in its own process. About one request in twenty meets a fault, by the same random sequence in each run. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from '../../src/testing/index.ts';

const random = seededRandom(20);

/** The share of requests that meet a fault. */
const faultShare = 0.05;

const kilobytes = (count: number): Buffer => Buffer.alloc(count * 1_024, '.');

const faults: readonly ((response: ServerResponse) => void)[] = [
  (response) => response.socket?.resetAndDestroy(),
  (response) => response.socket?.end('\x00 not HTTP\r\n\r\n'),
  (response) => response.writeHead(503).end('sorry'),
  (response) => response.writeHead(503).end(kilobytes(300)),
  (response) => response.writeHead(429, { 'retry-after': '0' }).end(),
  // Stalls in the body of a response that the client discards, with its connection.
  (response) => response.writeHead(500).write(kilobytes(1)),
  (response) => response.writeHead(200, { 'content-length': 2_048 }).write(kilobytes(1), () => response.destroy()),
  // Sends nothing: the attempt timeout expires.
  () => {},
  // Stalls in the body, only for the calls with a body timeout.
  (response) => void (response.req.url === '/' ? response.writeHead(200).write(kilobytes(1)) : response.end()),
];

const body = kilobytes(2);

/** Sends a body of 1 GB as fast as the client reads it. */
async function sendGigabyte(response: ServerResponse): Promise<void> {
  const chunk = kilobytes(64);
  response.writeHead(200, { 'content-length': 2 ** 30 });
  for (let left = 2 ** 30; left > 0; left -= chunk.length) if (!response.write(chunk)) await once(response, 'drain');
  response.end();
}

const server = createServer((request, response) => {
  request.resume();
  if (request.url === '/gigabyte') return void sendGigabyte(response);
  const draw = random();
  const fault = draw < faultShare ? faults[Math.floor((draw / faultShare) * faults.length)] : undefined;
  if (fault === undefined) response.writeHead(200).end(body);
  else fault(response);
  return undefined;
});

let connections = 0;
server.on('connection', (socket) => {
  connections += 1;
  socket.on('close', () => { connections -= 1; }).on('error', () => {});
});

// Replies to each message with the number of open connections. Exits with its parent.
process.on('message', () => process.send?.(connections));
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
