import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Replies } from './adapter.ts';

/** The response to one request: a success, a stream, silence, a connection reset, or an error status. */
export type Step = 'ok' | 'stream' | 'hang' | 'reset' | number;

/** A request as the server received it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** The state of a script while the server follows it. */
export interface ScriptRun {
  readonly steps: readonly Step[];
  readonly requests: ReceivedRequest[];
  /** The number of responses that the client left before their end. */
  disconnects: number;
  /** Sends the next chunk of a stream, or its end. */
  sendNext(): void;
}

/** A server that follows a script. */
export interface MockServer {
  readonly url: string;
  start(steps: readonly Step[]): ScriptRun;
  close(): Promise<void>;
}

export const startOf = (steps: readonly Step[]): ScriptRun => ({ steps, requests: [], disconnects: 0, sendNext: () => {} });

/** The body of a response with an error status. */
export const errorBody = JSON.stringify({ message: 'Not now' });

/** The step for the latest request. */
export const stepOf = ({ steps, requests }: ScriptRun): Step => steps[requests.length - 1] ?? 500;

/** Writes the first chunk, and returns a function that writes the next one: it is called when a chunk has arrived. */
export function chunkSender(chunks: readonly string[], write: (chunk: string) => void, end: () => void): () => void {
  let sent = 0;
  const next = (): void => {
    const chunk = chunks[sent];
    sent += 1;
    if (chunk !== undefined) write(chunk);
    else if (sent === chunks.length + 1) end();
  };
  next();
  return next;
}

/** Starts an HTTP server on the loopback interface. */
export async function startServer(replies: Replies): Promise<MockServer> {
  let current: ScriptRun | undefined;
  const server = createServer((request, response) => {
    const run = current;
    if (run === undefined) return void response.destroy();
    receive(request).then((received) => {
      run.requests.push(received);
      respond(run, response, replies);
    }, () => {});
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    start: (steps) => current = startOf(steps),
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

async function receive(request: IncomingMessage): Promise<ReceivedRequest> {
  const body = Buffer.concat(await request.toArray() as Buffer[]).toString('latin1');
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
}

function respond(run: ScriptRun, response: ServerResponse, replies: Replies): void {
  const step = stepOf(run);
  response.sendDate = false;
  if (step === 'reset') return void response.destroy();
  response.on('close', () => { if (!response.writableFinished) run.disconnects += 1; });
  if (step === 'hang') return;
  if (step === 'ok') return void response.writeHead(200, { 'content-type': 'application/json' }).end(replies.ok);
  if (step !== 'stream') return void response.writeHead(step, { 'content-type': 'application/json' }).end(errorBody);
  response.writeHead(200, { 'content-type': replies.stream.type });
  run.sendNext = chunkSender(replies.stream.chunks, (chunk) => void response.write(chunk), () => void response.end());
}
