import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A response of a service: a status, a body that is sent as JSON, and headers beside its content type. */
export interface JsonResponse {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Listens on the loopback interface alone, and resolves to the port. Port 0, the default, takes a free one. */
export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on an interface has an address with a port.
  return (server.address() as AddressInfo).port;
}

/** Stops listening and closes every connection, pending requests included. Does nothing for a closed server. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

export function sendJson(response: ServerResponse, { status, body, headers }: JsonResponse): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Sends the headers and the first half of the body, and then nothing until the connection is closed. */
export function sendHalf(response: ServerResponse, { status, body }: JsonResponse): void {
  const json = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': json.length }).write(json.slice(0, json.length / 2));
}
