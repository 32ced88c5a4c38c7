import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import type { FakeClock } from '../../src/testing/index.ts';
import type { Certificate } from '../support/certificates.ts';
import { listen } from '../support/server.ts';

/** A request that a fault responds to; or a connection, for a fault that needs no request. */
export interface Exchange {
  readonly socket: Socket;
  /** The request line, the headers and an empty line, as received. */
  readonly head: string;
  readonly server: HostileServer;
  /** Marks the connection as idle: the response is complete. */
  becomeIdle(): void;
}

/** Acts once a request is complete; or earlier, once its head is, or at the connection. */
export interface Fault {
  (exchange: Exchange): void;
  readonly when?: 'connected' | 'head';
}

export interface HostileServerOptions {
  /** One fault for each attempt, the last one again and again. Requests for other paths than `/` belong to the attempt. */
  readonly script: readonly Fault[];
  readonly clock: FakeClock;
  /** The certificate of a server that speaks TLS. */
  readonly certificate?: Certificate | undefined;
  /** Called when the server sends nothing more until time moves on. */
  readonly onSilence: () => void;
}

/** A server of raw sockets on two loopback ports, with a log of its requests. */
export interface HostileServer {
  readonly origin: string;
  /** The same server on the other port. */
  readonly otherOrigin: string;
  readonly clock: FakeClock;
  readonly requests: readonly string[];
  /** The number of open connections that are not idle. */
  readonly busy: number;
  readonly onSilence: () => void;
}

/** Starts a server that closes when the test ends. */
export async function startHostileServer(t: TestContext, options: HostileServerOptions): Promise<HostileServer> {
  const { script, clock, certificate, onSilence } = options;
  const requests: string[] = [];
  const open = new Set<string>();
  const idle = new Set<string>();
  let attempts = 0;
  // A script has at least one fault.
  const faultOf = (attempt: number): Fault => script[Math.min(attempt, script.length) - 1] as Fault;

  const serve = (socket: Socket): void => {
    const name = nameOf(socket);
    const becomeIdle = (): void => void idle.add(name);
    const runFault = (head: string): void => {
      idle.delete(name);
      if (head === '' || isFirst(head)) attempts += 1;
      faultOf(attempts)({ socket, head, server, becomeIdle });
    };
    const isNextFaultWhen = (moment: Fault['when']): boolean => faultOf(attempts + 1).when === moment;
    socket.on('error', () => {});
    // A connection that the client has ended gets no further response.
    socket.on('end', () => socket.end());
    becomeIdle();
    const isDone = isNextFaultWhen('connected');
    if (isDone) runFault('');
    readRequests(socket, () => isNextFaultWhen('head'), (head) => {
      requests.push(head);
      if (!isDone) runFault(head);
    });
  };

  const start = async (): Promise<string> => {
    const door = certificate === undefined
      ? createServer({ allowHalfOpen: true }, serve)
      : createTlsServer(certificate, serve).on('tlsClientError', () => {});
    door.on('connection', (socket: Socket) => {
      const name = nameOf(socket);
      open.add(name);
      socket.on('close', () => open.delete(name));
      t.after(() => socket.destroy());
    });
    return `127.0.0.1:${await listen(t, door)}`;
  };
  const server = {
    origin: await start(), otherOrigin: await start(), clock, requests, onSilence,
    get busy() { return [...open].filter((name) => !idle.has(name)).length; },
  };
  return server;
}

const nameOf = ({ localPort, remotePort }: Socket): string => `${localPort} ${remotePort}`;

/** The first request of an attempt: a redirect leads to another path, and a TLS handshake has no path. */
export const isFirst = (head: string): boolean => / \/ HTTP/.test(head) || isHandshake(head);

/** A TLS handshake on a port that speaks HTTP. It counts as a request. */
const isHandshake = (data: string): boolean => data.startsWith('\x16');

/** Calls back for each request once it is complete, or once its head is, where that is enough. */
function readRequests(socket: Socket, isHeadEnough: () => boolean, onRequest: (head: string) => void): void {
  let data = '';
  let isInBody = false;
  socket.on('data', (chunk: Buffer) => {
    if (isInBody) return;
    data += chunk.toString('latin1');
    const isEarly = isHeadEnough();
    const headLength = isHandshake(data) ? data.length : data.indexOf('\r\n\r\n') + 4;
    if (headLength < 4) return;
    const head = data.slice(0, headLength);
    const length = headLength + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (data.length < length && !isEarly) return;
    isInBody = data.length < length;
    data = data.slice(length);
    onRequest(head);
  });
}
