import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from '../support/certificates.ts';
import { FakeClock } from '../../src/testing/index.ts';

/** A request that a server is about to do something about; or a connection, before there is one. */
export interface Visit {
  readonly socket: Socket;
  /** As it came: the request line, the headers and an empty line. */
  readonly head: string;
  readonly server: HostileServer;
  /** Tells that the answer is whole: from now on the connection waits for the next request. */
  rest(): void;
}

/** What a server does once a request is whole; or earlier, when it has its head or is just connected. */
export interface Fault {
  (visit: Visit): void;
  readonly when?: 'connected' | 'head';
}

/** What becomes of a server, besides what it does. */
export interface HostileServerOptions {
  /** What it does about each attempt in turn, the last again and again. Requests for other paths than `/` are part of one. */
  readonly script: readonly Fault[];
  readonly clock: FakeClock;
  /** Speaks TLS, with this certificate. */
  readonly certificate?: Certificate | undefined;
  /** Told when nothing more will come until time moves on. */
  readonly onSilence: () => void;
}

/** A server of raw sockets on the loopback interface, with two ports, and what it has seen. */
export interface HostileServer {
  readonly origin: string;
  /** The same server on another port. */
  readonly elsewhere: string;
  readonly clock: FakeClock;
  readonly requests: readonly string[];
  /** How many connections are open, and do not wait for a request. */
  readonly busy: number;
  readonly onSilence: () => void;
}

/** Starts a server that is gone with its test. */
export async function startHostileServer(t: TestContext, options: HostileServerOptions): Promise<HostileServer> {
  const { script, clock, certificate, onSilence } = options;
  const requests: string[] = [];
  const open = new Set<string>();
  const resting = new Set<string>();
  let attempts = 0;
  // A script has at least one fault.
  const faultOf = (attempt: number): Fault => script[Math.min(attempt, script.length) - 1] as Fault;

  const serve = (socket: Socket): void => {
    const name = nameOf(socket);
    const rest = (): void => void resting.add(name);
    const play = (head: string): void => {
      resting.delete(name);
      if (head === '' || isFirst(head)) attempts += 1;
      faultOf(attempts)({ socket, head, server, rest });
    };
    const isDoneWhen = (moment: Fault['when']): boolean => faultOf(attempts + 1).when === moment;
    socket.on('error', () => {});
    // What the client has closed is of no use any more.
    socket.on('end', () => socket.end());
    rest();
    const isDone = isDoneWhen('connected');
    if (isDone) play('');
    listen(socket, () => isDoneWhen('head'), (head) => {
      requests.push(head);
      if (!isDone) play(head);
    });
  };

  const doors = [0, 1].map(() => certificate === undefined
    ? createServer({ allowHalfOpen: true }, serve)
    : createTlsServer(certificate, serve).on('tlsClientError', () => {}));
  for (const door of doors) {
    door.on('connection', (socket: Socket) => {
      const name = nameOf(socket);
      open.add(name);
      socket.on('close', () => open.delete(name));
      t.after(() => socket.destroy());
    });
    await new Promise<void>((resolve) => void door.listen(0, '127.0.0.1', resolve));
    t.after(() => door.close());
  }
  const [origin = '', elsewhere = ''] = doors.map(originOf);
  const server = {
    origin, elsewhere, clock, requests, onSilence,
    get busy() { return [...open].filter((name) => !resting.has(name)).length; },
  };
  return server;
}

const nameOf = ({ localPort, remotePort }: Socket): string => `${localPort} ${remotePort}`;

// A server that listens on a port has an address with one.
const originOf = (server: Server): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Redirects lead elsewhere than to `/`, and a handshake has no path. */
const isFirst = (head: string): boolean => / \/ HTTP/.test(head) || isHandshake(head);

/** TLS where HTTP is spoken: all that is known of the request is that it is one. */
const isHandshake = (data: string): boolean => data.startsWith('\x16');

/** Calls back for each request, when all of it has come, or its head alone where that is enough. */
function listen(socket: Socket, isHeadEnough: () => boolean, onRequest: (head: string) => void): void {
  let data = '';
  let isBodyLeft = false;
  socket.on('data', (chunk: Buffer) => {
    if (isBodyLeft) return;
    data += chunk.toString('latin1');
    const isEarly = isHeadEnough();
    const end = isHandshake(data) ? data.length : data.indexOf('\r\n\r\n') + 4;
    if (end < 4) return;
    const head = data.slice(0, end);
    const length = end + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (data.length < length && !isEarly) return;
    isBodyLeft = data.length < length;
    data = data.slice(length);
    onRequest(head);
  });
}

/** Does the same, but earlier. */
export const atOnce = (fault: Fault): Fault => Object.assign((visit: Visit) => fault(visit), { when: 'connected' as const });
export const atHead = (fault: Fault): Fault => Object.assign((visit: Visit) => fault(visit), { when: 'head' as const });

/** Breaks the connection off. */
export const reset: Fault = ({ socket }) => void socket.resetAndDestroy();

/** Closes the connection. */
export const destroy: Fault = ({ socket }) => void socket.destroy();

/** Closes its own half of the connection, and goes on to listen. */
export const halfClose: Fault = ({ socket }) => void socket.end();

/** Does nothing more, and leaves the client to wait. */
export const silence: Fault = ({ server }) => server.onSilence();

/** Does nothing more, and leaves it to the client to see that. */
export const nothing: Fault = () => {};

/** Does something when so much time has passed. */
export const later = (ms: number, then: Fault): Fault => (visit) => void visit.server.clock.setTimeout(() => then(visit), ms);

/** Reads nothing more, until the client has had the time to give up. */
export const pause: Fault = (visit) => {
  visit.socket.pause();
  later(10_000, ({ socket }) => socket.resume())(visit);
};

/** Sends bytes as they are; and when they have arrived, does something else. */
export const send = (data: string | Buffer, then: Fault): Fault => (visit) =>
  void visit.socket.write(data, () => void new FakeClock().settle().then(() => then(visit)));

/** Sends the same bytes again and again, for as long as someone takes them. */
export const flood = (data: string | Buffer): Fault => ({ socket }) => {
  const pour = (error?: Error | null): void => {
    if (!error && socket.writable) socket.write(data, (failure) => void setImmediate(pour, failure));
  };
  pour();
};

/** Does two things at once. */
export const both = (first: Fault, second: Fault): Fault => (visit) => {
  first(visit);
  second(visit);
};

/** Sends one byte a second. */
export const drip = (data: string): Fault => ({ socket, server }) => {
  const sendFrom = (index: number): void => {
    const timer = server.clock.setTimeout(() => {
      socket.write(data.charAt(index));
      sendFrom(index + 1);
    }, 1_000);
    socket.once('close', () => server.clock.clearTimeout(timer));
  };
  sendFrom(0);
  server.onSilence();
};

/** The status line, headers, and the empty line after them. */
export const head = (status: number, ...headers: readonly string[]): string =>
  [`HTTP/1.1 ${status} Any`, ...headers, '', ''].join('\r\n');

/** A whole and proper answer. */
export const answer = (status: number, body: string | Buffer, ...headers: readonly string[]): Fault => ({ socket, rest }) => {
  rest();
  socket.write(head(status, `content-length: ${body.length}`, ...headers));
  socket.write(body);
};

export const well: Fault = answer(200, 'well');

/** Sends the client to another path, here or on another origin, and does something else there. */
export const redirect = (status: number, location: (server: HostileServer) => string, then: Fault): Fault => (visit) => {
  if (isFirst(visit.head)) answer(status, '', `location: ${location(visit.server)}`)(visit);
  else then(visit);
};

/** Answers well, but breaks off at any byte, twice out of three times. */
export const dieAtRandom = (random: () => number): Fault => (visit) => {
  const whole = `${head(200, 'content-length: 4')}well`;
  const part = whole.slice(0, Math.floor(random() * whole.length * 1.5));
  const deaths = [reset, destroy, halfClose];
  // Chance is below 1.
  send(part, deaths[Math.floor(random() * deaths.length)] as Fault)(visit);
};
