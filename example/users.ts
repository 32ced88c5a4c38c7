import { createServer } from 'node:http';
import type { Clock } from 'resilient-fetch';
import { close, listen, sendAnswer, type Answer } from './server.ts';

export interface User {
  readonly id: number;
  readonly name: string;
  readonly phone: string;
}

/**
 * How Users behaves: it answers, takes requests and never answers, fails the next few with a status and then answers, or
 * is down, with nobody listening on its port. `failures: Infinity` fails for good.
 */
export type Behaviour = 'answer' | 'hang' | 'down' | { readonly failures: number; readonly status: number };

/** A request as Users saw it. */
export interface SeenRequest {
  /** When it came, on the clock of Users. */
  readonly at: number;
  /** What it was answered with; absent where it was left to hang. */
  readonly status?: number;
}

/** A Users service that listens. */
export interface UsersService {
  readonly url: string;
  /** The requests since it last changed its behaviour, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Behaves like this from now on, and forgets what it saw. */
  behave(behaviour: Behaviour): Promise<void>;
  close(): Promise<void>;
}

const users: readonly User[] = [{ id: 1, name: 'Aaron Apple', phone: '99992222' }];

/** What `GET /users/1` is answered with. */
export function answerUser(url: string): Answer {
  const user = users.find(({ id }) => url === `/users/${id}`);
  return user === undefined ? { status: 404, body: { detail: 'User not found' } } : { status: 200, body: user };
}

/** The answer to a request, given how many came before it; `undefined` leaves it to hang. */
export function answerAs(behaviour: Behaviour, before: number, url: string): Answer | undefined {
  if (behaviour === 'hang') return undefined;
  const isFailing = typeof behaviour === 'object' && before < behaviour.failures;
  return isFailing ? { status: behaviour.status, body: { detail: 'Users is not well' } } : answerUser(url);
}

/** Starts Users on a free loopback port. It answers until it is told to behave otherwise. */
export async function startUsers(clock: Clock): Promise<UsersService> {
  let behaviour: Behaviour = 'answer';
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const answer = answerAs(behaviour, requests.length, request.url ?? '');
    requests.push({ at: clock.now(), ...(answer && { status: answer.status }) });
    if (answer !== undefined) sendAnswer(response, answer);
  });
  const port = await listen(server);

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async behave(next) {
      behaviour = next;
      requests.length = 0;
      if (next === 'down') await close(server);
      else if (!server.listening) await listen(server, port);
    },
    close: () => close(server),
  };
}
