import { FakeClock } from '../../src/testing/index.ts';
import { isFirst, type Exchange, type Fault, type HostileServer } from './server.ts';

/** Acts at the connection, before any request. */
export const atConnection = (fault: Fault): Fault => Object.assign((exchange: Exchange) => fault(exchange), { when: 'connected' as const });

/** Acts once the head of the request is received, before its body. */
export const atHead = (fault: Fault): Fault => Object.assign((exchange: Exchange) => fault(exchange), { when: 'head' as const });

/** Resets the connection. */
export const reset: Fault = ({ socket }) => void socket.resetAndDestroy();

/** Closes the connection. */
export const destroy: Fault = ({ socket }) => void socket.destroy();

/** Closes the server's half of the connection, and continues to read. */
export const halfClose: Fault = ({ socket }) => void socket.end();

/** Sends nothing until the client aborts. */
export const silence: Fault = ({ server }) => server.onSilence();

/** Does nothing more: the client sees that the response is wrong or endless. */
export const nothing: Fault = () => {};

/** Acts after a delay, in virtual milliseconds. */
export const later = (delay: number, then: Fault): Fault => (exchange) => void exchange.server.clock.setTimeout(() => then(exchange), delay);

/** Reads nothing more until the client has had the time to abort. */
export const pause: Fault = (exchange) => {
  exchange.socket.pause();
  later(10_000, ({ socket }) => socket.resume())(exchange);
};

/** Sends raw bytes, then acts once they have arrived. */
export const send = (data: string | Buffer, then: Fault): Fault => (exchange) =>
  void exchange.socket.write(data, () => void new FakeClock().settle().then(() => then(exchange)));

/** Sends the same bytes again and again, as fast as the client reads them. */
export const flood = (data: string | Buffer): Fault => ({ socket }) => {
  const sendAgain = (error?: Error | null): void => {
    if (!error && socket.writable) socket.write(data, (failure) => void setImmediate(sendAgain, failure));
  };
  sendAgain();
};

/** Runs two faults, one right after the other. */
export const both = (first: Fault, second: Fault): Fault => (exchange) => {
  first(exchange);
  second(exchange);
};

/** Sends one byte a second. */
export const drip = (data: string): Fault => ({ socket, server: { clock, onSilence } }) => {
  let sent = 0;
  const sendByte = (): void => {
    socket.write(data.charAt(sent));
    sent += 1;
    timer = clock.setTimeout(sendByte, 1_000);
  };
  let timer = clock.setTimeout(sendByte, 1_000);
  socket.once('close', () => clock.clearTimeout(timer));
  onSilence();
};

/** The status line, the headers, and the empty line after them. */
export const head = (status: number, ...headers: readonly string[]): string =>
  [`HTTP/1.1 ${status} Any`, ...headers, '', ''].join('\r\n');

/** Sends a complete, valid response. */
export const respond = (status: number, body: string | Buffer, ...headers: readonly string[]): Fault => ({ socket, becomeIdle }) => {
  becomeIdle();
  socket.write(head(status, `content-length: ${body.length}`, ...headers));
  socket.write(body);
};

export const succeed: Fault = respond(200, 'text');

/** Redirects the client to another path, on this or another origin, and acts there. */
export const redirect = (status: number, location: (server: HostileServer) => string, then: Fault): Fault => (exchange) => {
  if (isFirst(exchange.head)) respond(status, '', `location: ${location(exchange.server)}`)(exchange);
  else then(exchange);
};

/** Sends a valid response, but breaks the connection at a random byte, twice out of three times. */
export const breakAtRandom = (random: () => number): Fault => (exchange) => {
  const response = `${head(200, 'content-length: 4')}text`;
  const part = response.slice(0, Math.floor(random() * response.length * 1.5));
  const breaks = [reset, destroy, halfClose];
  // random() is below 1, so that the index is in the list.
  send(part, breaks[Math.floor(random() * breaks.length)] as Fault)(exchange);
};
