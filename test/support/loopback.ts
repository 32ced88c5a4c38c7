import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FakeClock } from '../../src/testing/index.ts';

/** A request as it reached the server, its body read to the end. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What the server does about a request: the first request has number 1. */
export type Answer = (response: ServerResponse, request: Received, number: number) => void;

/** A server on the loopback interface, and what it has seen. */
export interface Loopback {
  readonly url: string;
  readonly received: readonly Received[];
  /** How many connections were ever opened, how many still are, and how many requests lost theirs before the answer's end. */
  readonly seen: { opened: number; open: number; cut: number };
}

/** Starts a server that is gone with its test. */
export async function startServer(t: TestContext, answer: Answer): Promise<Loopback> {
  const received: Received[] = [];
  const seen = { opened: 0, open: 0, cut: 0 };
  const listener: RequestListener = async (request, response) => {
    response.on('close', () => { if (!response.writableFinished) seen.cut += 1; });
    const body = Buffer.concat(await request.toArray() as Buffer[]);
    const { method = '', url = '', headers } = request;
    answer(response, { method, path: url, headers, body }, received.push({ method, path: url, headers, body }));
  };
  const server = createServer((request, response) => void Promise.resolve(listener(request, response)).catch(() => {}));
  server.on('connection', (socket) => {
    seen.opened += 1;
    seen.open += 1;
    socket.on('close', () => { seen.open -= 1; });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, received, seen };
}

/** Answers with these statuses in turn, the last one again and again, each with the text `answer <number>` where it may have one. */
export const statuses = (...codes: readonly number[]): Answer => (response, _request, number) => {
  response.writeHead(codes[number - 1] ?? codes.at(-1) ?? 200).end(`answer ${number}`);
};

/** Sends the headers and the beginning of a body, and never its end. */
export function stall(response: ServerResponse, status = 200): void {
  response.writeHead(status).write('the beginning');
}

/** How long, in real milliseconds, a test waits for what never comes. */
const patience = 20_000;

/** Waits for what the platform's I/O leads to, and fails rather than wait for ever. */
export async function eventually(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + patience;
  await new FakeClock().settle(() => condition() || performance.now() > deadline);
  assert.ok(condition(), `never came true: ${condition}`);
}

/** What a promise rejects with. One that never settles fails its test. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  const rejection = promise.then((value) => assert.fail(`fulfilled with ${value}`), (error: unknown) => error);
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(reject, patience, new Error('never settled'));
  });
  return Promise.race([rejection, never]).finally(() => clearTimeout(timer));
}

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Collects what nobody holds, and lets finalizers run: they take turns of the event loop, and several rounds. */
export async function collect(): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    gc();
    await new FakeClock({ turns: 3 }).settle();
  }
}
