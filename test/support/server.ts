import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import type { TestContext } from 'node:test';

/** A request as the server received it, its body read to the end. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Responds to a request. The first request has number 1. */
export type RequestHandler = (response: ServerResponse, request: ReceivedRequest, number: number) => void;

/** A server on the loopback interface, with counts of its connections. */
export interface TestServer {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** `closedEarly` counts the connections that closed before the response was complete. */
  readonly connections: { opened: number; open: number; closedEarly: number };
}

/** Listens on a free loopback port until the test ends. Resolves to the port. */
export async function listen(t: TestContext, server: Server & { closeAllConnections?(): void }): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections?.();
    server.close();
  });
  // The address of a server that listens on a port is an object.
  return (server.address() as AddressInfo).port;
}

/** Starts an HTTP server that closes when the test ends. */
export async function startServer(t: TestContext, handle: RequestHandler): Promise<TestServer> {
  const requests: ReceivedRequest[] = [];
  const connections = { opened: 0, open: 0, closedEarly: 0 };
  const receive = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.on('close', () => { if (!response.writableFinished) connections.closedEarly += 1; });
    const { method = '', url: path = '', headers } = incoming;
    const request = { method, path, headers, body: Buffer.concat(await incoming.toArray() as Buffer[]) };
    handle(response, request, requests.push(request));
  };
  // A request that is aborted in its body rejects, and has no response.
  const server = createServer((incoming, response) => void receive(incoming, response).catch(() => {}));
  server.on('connection', (socket) => {
    connections.opened += 1;
    connections.open += 1;
    socket.on('close', () => { connections.open -= 1; });
  });
  return { url: `http://127.0.0.1:${await listen(t, server)}/`, requests, connections };
}

/** Responds with these statuses in turn, then with the last one again. The body is `answer <number>`. */
export const respondWith = (...statuses: readonly number[]): RequestHandler => (response, _request, number) => {
  response.writeHead(statuses[number - 1] ?? statuses.at(-1) ?? 200).end(`answer ${number}`);
};

/** Sends the headers and the beginning of a body, and never its end. */
export function stall(response: ServerResponse, status = 200): void {
  response.writeHead(status).write('the beginning');
}
