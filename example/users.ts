import { createServer } from 'node:http';
import type { Clock } from 'resilient-fetch';
import { close, listen, sendHalf, sendJson, type JsonResponse } from './server.ts';

export interface User {
  readonly id: number;
  readonly name: string;
  readonly phone: string;
}

/**
 * The behaviour of Users: it responds, accepts requests and never responds, sends half a body and then nothing, fails the next
 * few and then responds, or is down and does not listen on its port.
 */
export type Behaviour = 'respond' | 'hang' | 'stall' | 'down' | FailingBehaviour;

export interface FailingBehaviour {
  /** The number of requests that fail. With `Infinity` Users never recovers. */
  readonly failures: number;
  readonly status: number;
  /** The seconds of a `Retry-After` header. Default: no such header. */
  readonly retryAfter?: number;
}

/** A request that Users received. */
export interface ReceivedRequest {
  /** The time it was received, on the clock of Users. */
  readonly at: number;
  /** The status of the response; absent without one. */
  readonly status?: number;
}

/** A Users service that listens. */
export interface UsersService {
  readonly url: string;
  /** The requests since the last change of behaviour, oldest first. */
  readonly requests: readonly ReceivedRequest[];
  /** Changes the behaviour from now on, and clears `requests`. */
  setBehaviour(behaviour: Behaviour): Promise<void>;
  close(): Promise<void>;
}

const users: readonly User[] = [{ id: 1, name: 'Aaron Apple', phone: '99992222' }];

/** Returns the response to `GET /users/1`. */
export function respondWithUser(url: string): JsonResponse {
  const user = users.find(({ id }) => url === `/users/${id}`);
  return user === undefined ? { status: 404, body: { detail: 'User not found' } } : { status: 200, body: user };
}

/** Returns the response under a behaviour, after `previous` requests; `undefined` for no response. */
export function respondAs(behaviour: Behaviour, previous: number, url: string): JsonResponse | undefined {
  if (behaviour === 'hang') return undefined;
  if (typeof behaviour !== 'object' || previous >= behaviour.failures) return respondWithUser(url);
  const { status, retryAfter } = behaviour;
  return { status, body: { detail: 'Users is failing' }, ...(retryAfter !== undefined && { headers: { 'retry-after': String(retryAfter) } }) };
}

/** The settings of a Users service. */
export interface UsersOptions {
  /** Default: a free port. */
  readonly port?: number;
  /** Called with each request that Users receives. Default: none. */
  readonly onRequest?: (request: ReceivedRequest) => void;
}

/** Starts Users on the loopback interface. It responds until its behaviour is changed. */
export async function startUsers(clock: Clock, { port: wanted = 0, onRequest }: UsersOptions = {}): Promise<UsersService> {
  let behaviour: Behaviour = 'respond';
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    const result = respondAs(behaviour, requests.length, request.url ?? '');
    const received = { at: clock.now(), ...(result && { status: result.status }) };
    requests.push(received);
    onRequest?.(received);
    if (result === undefined) return;
    if (behaviour === 'stall') sendHalf(response, result);
    else sendJson(response, result);
  });
  const port = await listen(server, wanted);

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async setBehaviour(next) {
      behaviour = next;
      requests.length = 0;
      if (next === 'down') await close(server);
      else if (!server.listening) await listen(server, port);
    },
    close: () => close(server),
  };
}
