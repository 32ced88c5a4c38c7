import { createServer } from 'node:http';
import { resilientFetch, TimeoutError, type Fetch, type ResilienceOptions } from 'resilient-fetch';
import { close, listen, sendJson, type JsonResponse } from './server.ts';
import type { User } from './users.ts';

export interface Order {
  readonly id: number;
  /** The id of the user. */
  readonly user: number;
  readonly product: string;
}

/** The body of a response of Orders: the orders of a user, or the reason for none. */
export type OrdersBody = FoundOrders | { readonly detail: string };

export interface FoundOrders {
  readonly user: User | UnknownUser;
  readonly orders: readonly Order[];
}

/** A user that Users does not have. */
export type UnknownUser = Pick<User, 'id'>;

/** The address of Users, and the fetch to call it with. */
export interface UsersApi {
  /** A URL without a slash at the end: `http://127.0.0.1:8200`. */
  readonly users: string;
  /** Default: `resilientFetch` with the tutorial's settings. */
  readonly fetch?: Fetch;
}

/** A response of Orders. */
export type OrdersResponse = JsonResponse & { readonly body: OrdersBody };

/** An Orders service that listens. */
export interface OrdersService {
  readonly url: string;
  close(): Promise<void>;
}

/** The result of a call to Users: a user, the id alone of an unknown user, or the reason of a failure. */
export type Lookup = { readonly user: User | UnknownUser } | { readonly detail: string };

/**
 * The tutorial's retry settings: requests at 0, 0, 2, 6, 14 and 30 s if each fails at once, because the first retry has
 * no delay. If Users hangs, a call ends after 6 attempts of 4 s and 30 s of backoff, 54 s in all. If Users sends half a body,
 * a call ends 4 s after the last byte.
 */
export const tutorialSettings: ResilienceOptions = {
  retries: 5,
  timeout: 4_000,
  // The timeout of an attempt ends with the response headers.
  bodyTimeout: 4_000,
  // Limits the Retry-After of Users too.
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

const errorResponse = (status: number, detail: string): OrdersResponse => ({ status, body: { detail } });

/** Gets a user from Users. Rejects only with the abort reason, or with an error that Users did not cause. */
export async function findUser(id: number, { users, fetch = tutorialFetch }: UsersApi, signal?: AbortSignal): Promise<Lookup> {
  try {
    const response = await fetch(`${users}/users/${id}`, signal === undefined ? {} : { signal });
    // The body of a 200 of Users is a user.
    if (response.status === 200) return { user: await response.json() as User };
    await response.body?.cancel();
    return response.status === 404 ? { user: { id } } : { detail: 'User not found: User API failed' };
  } catch (error) {
    return { detail: `User not found: ${detailOf(error)}` };
  }
}

/** Returns the text for an error that Users caused. Throws any other error: an abort reason, for one. */
function detailOf(error: unknown): string {
  if (error instanceof TimeoutError) return 'User API timed out';
  // The platform's fetch rejects with a TypeError if a connection fails or is lost.
  if (error instanceof TypeError) return 'User service may be down';
  if (error instanceof SyntaxError) return 'User API failed';
  throw error;
}

/** Returns the orders of a user, joined with the user. Does not call Users for a user without orders. */
export async function joinOrders(userId: number, api: UsersApi, signal?: AbortSignal): Promise<OrdersResponse> {
  const own = orders.filter(({ user }) => user === userId);
  if (own.length === 0) return errorResponse(404, 'No orders found for this user ID');
  const lookup = await findUser(userId, api, signal);
  return 'detail' in lookup ? errorResponse(404, lookup.detail) : { status: 200, body: { user: lookup.user, orders: own } };
}

/** Returns the response to a request. Orders has one route: `GET /orders/?user_id=1`. */
export async function respondWithOrders(method: string, url: string, api: UsersApi, signal?: AbortSignal): Promise<OrdersResponse> {
  const [path, query] = url.split('?');
  if (path !== '/orders/' && path !== '/orders') return errorResponse(404, 'Not Found');
  if (method !== 'GET') return { ...errorResponse(405, 'Method Not Allowed'), headers: { allow: 'GET' } };
  const userId = new URLSearchParams(query).get('user_id') ?? '';
  if (!/^\d+$/.test(userId)) return errorResponse(422, 'user_id must be a whole number');
  return joinOrders(Number(userId), api, signal);
}

/** Starts Orders on a loopback port, by default a free one. When a client disconnects, its call to Users is aborted. */
export async function startOrders(api: UsersApi, port = 0): Promise<OrdersService> {
  const server = createServer((request, response) => {
    const controller = new AbortController();
    response.once('close', () => controller.abort());
    void respondWithOrders(request.method ?? '', request.url ?? '', api, controller.signal)
      .catch(() => errorResponse(500, 'Internal Server Error'))
      .then((result) => sendJson(response, result));
  });
  const url = `http://127.0.0.1:${await listen(server, port)}`;
  return { url, close: () => close(server) };
}
