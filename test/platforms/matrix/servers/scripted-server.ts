import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ReceivedRequest, Step } from '../../scenarios/script.ts';

/** The server's state of one scenario. */
export interface ScenarioState {
  readonly requests: ReceivedRequest[];
  /** The bodies that wait for `resume()`. */
  readonly paused: ServerResponse[];
  /** The responses that have not ended. */
  readonly open: Set<ServerResponse>;
  /** Are called once, at the next request or disconnect. */
  onChange: (() => void)[];
}

const states = new Map<string, ScenarioState>();

export function stateOf(key: string): ScenarioState {
  const state = states.get(key) ?? { requests: [], paused: [], open: new Set(), onChange: [] };
  states.set(key, state);
  return state;
}

const connections = new WeakMap<Socket, number>();
let connectionCount = 0;

/** A server that follows the script in the URL. Its origin is not the page's, and it allows every origin. */
export const createScriptedServer = (): Server =>
  createServer((request, response) => void respond(request, response).catch(() => response.destroy()))
    .on('connection', (socket: Socket) => {
      connections.set(socket, connectionCount += 1);
      socket.on('error', () => {});
    });

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://scripted');
  if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
    return void response.writeHead(204, { ...corsHeaders, 'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '' }).end();
  }
  if (pathname === '/target') return void response.writeHead(200, corsHeaders).end(`target of ${request.method}`);
  if (pathname === '/loop') return void response.writeHead(302, { ...corsHeaders, location: '/loop' }).end();
  const state = stateOf(searchParams.get('key') ?? '');
  const received = await record(state, request, response);
  // The script in the URL was written by a scenario.
  const script = JSON.parse(searchParams.get('script') ?? '[]') as (Step | number)[];
  const attempt = Number(searchParams.get('attempt') ?? state.requests.indexOf(received) + 1);
  const step = script[attempt - 1] ?? script.at(-1) ?? 200;
  follow(typeof step === 'number' ? { status: step } : step, attempt, request, response, state);
}

const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS, QUERY',
  'access-control-max-age': '600',
  'cache-control': 'no-store',
};

const exposingHeaders = { 'access-control-expose-headers': 'Retry-After, Date, X-Should-Retry' };

/** Records a request, and later a disconnect. */
async function record(state: ScenarioState, request: IncomingMessage, response: ServerResponse): Promise<ReceivedRequest> {
  const at = performance.now();
  const body = Buffer.concat(await request.toArray() as Buffer[]);
  const received = {
    method: request.method ?? '',
    headers: request.headers as Record<string, string>,
    body: body.subarray(0, 1_000).toString(),
    bytes: body.length,
    hash: createHash('sha256').update(body).digest('hex'),
    at,
    connection: connections.get(request.socket) ?? 0,
    isDisconnected: false,
  };
  state.open.add(response);
  response.on('close', () => {
    state.open.delete(response);
    received.isDisconnected = !response.writableFinished;
    notify(state);
  });
  state.requests.push(received);
  notify(state);
  return received;
}

function notify(state: ScenarioState): void {
  const callbacks = state.onChange;
  state.onChange = [];
  for (const callback of callbacks) callback();
}

function follow(step: Step, attempt: number, request: IncomingMessage, response: ServerResponse, state: ScenarioState): void {
  const { how = 'complete', status = 200, headers = {}, size = 0, exposed = true } = step;
  if (how === 'hang') return;
  if (how === 'reset') return void request.socket.resetAndDestroy();
  if (how === 'malformed') return void request.socket.end('\x00\x01 this is not HTTP\r\n\r\n');
  response.writeHead(status, { ...corsHeaders, ...(exposed ? exposingHeaders : {}), ...headers });
  if (how === 'complete') return void response.end(bodyOf(step, `response ${attempt}`));
  response.write(`the beginning ${'.'.repeat(size)}`, () => {
    if (how === 'reset-body') request.socket.resetAndDestroy();
  });
  if (how === 'pause') state.paused.push(response);
}

function bodyOf({ status = 200, headers = {}, size = 0 }: Step, start: string): Buffer | string | undefined {
  if (status === 204 || status === 304) return undefined;
  const text = start + '.'.repeat(size);
  return headers['content-encoding'] === 'gzip' ? gzipSync(text) : text;
}
