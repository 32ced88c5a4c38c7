import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Seen, Step } from './scenarios/step.ts';

/** What is known of a scenario, by its key. */
export interface Story {
  readonly seen: Seen[];
  /** The bodies that wait to be told to go on. */
  readonly flowing: ServerResponse[];
  /** The answers that have not ended. */
  readonly open: Set<ServerResponse>;
  /** Called whenever something was seen. */
  watchers: (() => void)[];
}

const stories = new Map<string, Story>();

export function storyOf(key: string): Story {
  const story = stories.get(key) ?? { seen: [], flowing: [], open: new Set(), watchers: [] };
  stories.set(key, story);
  return story;
}

const connections = new WeakMap<Socket, number>();
let opened = 0;

/** The server that does what a script in the address says, good or bad. Another origin than the page's, which it allows. */
export const hostileServer = (): Server =>
  createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
    .on('connection', (socket: Socket) => {
      connections.set(socket, opened += 1);
      socket.on('error', () => {});
    });

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://hostile');
  if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
    return void response.writeHead(204, { ...crossOrigin, 'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '' }).end();
  }
  if (pathname === '/target') return void response.writeHead(200, crossOrigin).end(`target of ${request.method}`);
  if (pathname === '/loop') return void response.writeHead(302, { ...crossOrigin, location: '/loop' }).end();
  const story = storyOf(searchParams.get('key') ?? '');
  const record = await note(story, request, response);
  // What is in the address was put there by a scenario.
  const script = JSON.parse(searchParams.get('script') ?? '[]') as (Step | number)[];
  const turn = Number(searchParams.get('attempt') ?? story.seen.indexOf(record) + 1);
  const step = script[turn - 1] ?? script.at(-1) ?? 200;
  play(typeof step === 'number' ? { status: step } : step, turn, request, response, story);
}

const crossOrigin = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS, QUERY',
  'access-control-max-age': '600',
  'cache-control': 'no-store',
};

const exposed = { 'access-control-expose-headers': 'Retry-After, Date, X-Should-Retry' };

/** Writes down a request, whose end is seen later. */
async function note(story: Story, request: IncomingMessage, response: ServerResponse): Promise<Seen> {
  const at = performance.now();
  const body = Buffer.concat(await request.toArray() as Buffer[]);
  const record = {
    method: request.method ?? '',
    headers: request.headers as Record<string, string>,
    body: body.subarray(0, 1_000).toString(),
    bytes: body.length,
    hash: createHash('sha256').update(body).digest('hex'),
    at,
    connection: connections.get(request.socket) ?? 0,
    cut: false,
  };
  story.open.add(response);
  response.on('close', () => {
    story.open.delete(response);
    record.cut = !response.writableFinished;
    changed(story);
  });
  story.seen.push(record);
  changed(story);
  return record;
}

function changed(story: Story): void {
  const watchers = story.watchers;
  story.watchers = [];
  for (const watcher of watchers) watcher();
}

function play(step: Step, turn: number, request: IncomingMessage, response: ServerResponse, story: Story): void {
  const { how = 'whole', status = 200, headers = {}, size = 0, hidden = false } = step;
  if (how === 'hang') return;
  if (how === 'reset') return void request.socket.resetAndDestroy();
  if (how === 'garbage') return void request.socket.end('\x00\x01 this is no HTTP\r\n\r\n');
  const begun = response.writeHead(status, { ...crossOrigin, ...(hidden ? {} : exposed), ...headers });
  if (how === 'whole') return void begun.end(wholeBody(step, `answer ${turn}`));
  begun.write(`the beginning ${'.'.repeat(size)}`, () => {
    if (how === 'cut') request.socket.resetAndDestroy();
  });
  if (how === 'flow') story.flowing.push(response);
}

function wholeBody({ status = 200, headers = {}, size = 0 }: Step, words: string): Buffer | string | undefined {
  if (status === 204 || status === 304) return undefined;
  const text = words + '.'.repeat(size);
  return headers['content-encoding'] === 'gzip' ? gzipSync(text) : text;
}
