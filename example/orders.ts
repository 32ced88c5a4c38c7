import { createServer } from 'node:http';
import { resilientFetch, TimeoutError, type Fetch, type ResilienceOptions } from 'resilient-fetch';
import { close, listen, sendAnswer, type Answer } from './server.ts';
import type { User } from './users.ts';

export interface Order {
  readonly id: number;
  /** The id of the user who ordered. */
  readonly user: number;
  readonly product: string;
}

/** What Orders says: whose orders they are and which, or why there is nothing to say. */
export type OrdersBody =
  | { readonly user: User | UnknownUser; readonly orders: readonly Order[] }
  | { readonly detail: string };

/** One whom Users does not know. */
export type UnknownUser = Pick<User, 'id'>;

/** Where Users is, and what it is asked with. */
export interface UsersApi {
  /** Without a slash at the end: `http://127.0.0.1:8200`. */
  readonly users: string;
  /** Default: `resilientFetch` with the tutorial's settings. */
  readonly fetch?: Fetch;
}

/** What Orders answers a request with. */
export type OrdersAnswer = Answer & { readonly body: OrdersBody };

/** An Orders service that listens. */
export interface OrdersService {
  readonly url: string;
  close(): Promise<void>;
}

/** What came of asking Users: a user, one of whom it knows no more than the id, or why neither could be had. */
export type Lookup = { readonly user: User | UnknownUser } | { readonly detail: string };

/**
 * The tutorial's retry settings: requests at 0, 0, 2, 6, 14 and 30 s where each fails at once, as the first retry does
 * not wait. A Users service that hangs is given up after 6 attempts of 4 s and 30 s of waits, 54 s in all.
 */
export const tutorialSettings: ResilienceOptions = {
  retries: 5,
  timeout: 4_000,
  // Bounds what Users may ask for with Retry-After, too.
  totalTimeout: 60_000,
  retryOn: { statuses: [404, 502, 503, 504], methods: ['GET', 'POST', 'OPTIONS'] },
  backoff: (retry) => (retry === 1 ? 0 : 1_000 * 2 ** (retry - 1)),
};

const tutorialFetch = resilientFetch.with(tutorialSettings);

const orders: readonly Order[] = [
  { id: 1, user: 1, product: 'Apple IPhone' },
  { id: 2, user: 2, product: 'Macbook' },
  { id: 3, user: 1, product: 'Wireless Charger' },
  { id: 4, user: 2, product: 'Book 1' },
];

const failed = (status: number, detail: string): OrdersAnswer => ({ status, body: { detail } });

/** Asks Users who this is. Rejects only where the signal aborts, or with what is no fault of Users. */
export async function findUser(id: number, { users, fetch = tutorialFetch }: UsersApi, signal?: AbortSignal): Promise<Lookup> {
  try {
    const response = await fetch(`${users}/users/${id}`, signal === undefined ? {} : { signal });
    // What Users answers a 200 with is a user.
    if (response.status === 200) return { user: await response.json() as User };
    await response.body?.cancel();
    return response.status === 404 ? { user: { id } } : { detail: 'User not found: User API failed' };
  } catch (error) {
    return { detail: `User not found: ${reasonOf(error)}` };
  }
}

/** What an error says of Users; thrown on where it says nothing, as an abort does. */
function reasonOf(error: unknown): string {
  if (error instanceof TimeoutError) return 'User API timed out';
  // The platform's fetch tells that there is no connection, or no longer, by a TypeError.
  if (error instanceof TypeError) return 'User service may be down';
  if (error instanceof SyntaxError) return 'User API failed';
  throw error;
}

/** The orders of a user, joined with who that is. Users is not asked about someone without orders. */
export async function joinOrders(userId: number, api: UsersApi, signal?: AbortSignal): Promise<OrdersAnswer> {
  const own = orders.filter(({ user }) => user === userId);
  if (own.length === 0) return failed(404, 'No orders found for this user ID');
  const lookup = await findUser(userId, api, signal);
  return 'detail' in lookup ? failed(404, lookup.detail) : { status: 200, body: { user: lookup.user, orders: own } };
}

/** What a request is answered with, `GET /orders/?user_id=1` being the only one that Orders knows. */
export async function answerOrders(method: string, url: string, api: UsersApi, signal?: AbortSignal): Promise<OrdersAnswer> {
  const [path, query] = url.split('?');
  if (path !== '/orders/' && path !== '/orders') return failed(404, 'Not Found');
  if (method !== 'GET') return { ...failed(405, 'Method Not Allowed'), headers: { allow: 'GET' } };
  const userId = new URLSearchParams(query).get('user_id') ?? '';
  if (!/^\d+$/.test(userId)) return failed(422, 'user_id must be a whole number');
  return joinOrders(Number(userId), api, signal);
}

/** Starts Orders on a free loopback port. A client that leaves takes the call to Users with it. */
export async function startOrders(api: UsersApi): Promise<OrdersService> {
  const server = createServer((request, response) => {
    const controller = new AbortController();
    response.once('close', () => controller.abort());
    void answerOrders(request.method ?? '', request.url ?? '', api, controller.signal)
      .catch(() => failed(500, 'Internal Server Error'))
      .then((answer) => sendAnswer(response, answer));
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, close: () => close(server) };
}
