import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Replies } from './client.ts';

/** What becomes of one request: an answer, an error status, a stream, silence, or the end of its connection. */
export type Step = 'ok' | 'stream' | 'hang' | 'reset' | number;

/** A request as it came. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A script as it is played. */
export interface Play {
  readonly steps: readonly Step[];
  readonly seen: Seen[];
  /** How many answers the client gave up before their end. */
  cut: number;
  /** Sends the next chunk of a stream, or its end. */
  next(): void;
}

/** The other end: plays a script for each run. */
export interface Peer {
  readonly url: string;
  play(steps: readonly Step[]): Play;
  close(): Promise<void>;
}

/** What is said with an error status. */
export const refusal = JSON.stringify({ message: 'Not now' });

/** The step for a request that has just been seen. */
export const stepOf = ({ steps, seen }: Play): Step => steps[seen.length - 1] ?? 500;

/** Writes the chunks of a stream one by one, as it is told to: the next is sent when the one before has arrived. */
export function streaming(chunks: readonly string[], write: (chunk: string) => void, end: () => void): () => void {
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

/** Starts a server on the loopback interface. */
export async function startServer(replies: Replies): Promise<Peer> {
  let present: Play | undefined;
  const server = createServer((request, response) => {
    const play = present;
    if (play === undefined) return void response.destroy();
    receive(request).then((seen) => {
      play.seen.push(seen);
      answer(play, response, replies);
    }, () => {});
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    play: (steps) => present = { steps, seen: [], cut: 0, next: () => {} },
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

async function receive(request: IncomingMessage): Promise<Seen> {
  const body = Buffer.concat(await request.toArray() as Buffer[]).toString('latin1');
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
}

function answer(play: Play, response: ServerResponse, replies: Replies): void {
  const step = stepOf(play);
  response.sendDate = false;
  if (step === 'reset') return void response.destroy();
  response.on('close', () => { if (!response.writableFinished) play.cut += 1; });
  if (step === 'hang') return;
  if (step === 'ok') return void response.writeHead(200, { 'content-type': 'application/json' }).end(replies.ok);
  if (step !== 'stream') return void response.writeHead(step, { 'content-type': 'application/json' }).end(refusal);
  response.writeHead(200, { 'content-type': replies.stream.type });
  play.next = streaming(replies.stream.chunks, (chunk) => void response.write(chunk), () => void response.end());
}
