import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createReadStream } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { storyOf, type Story } from './hostile.ts';
import { distribution, packageRoot } from './places.ts';
import type { Report } from './report.ts';

/** What the server that is not hostile needs to know. */
export interface Told {
  readonly api: string;
  readonly refused: string;
  readonly untrusted: string;
  /** Called with what a platform found. */
  report(column: string, report: Report): void;
}

/**
 * How long a log is waited for, in real milliseconds. What is there by then is the answer. Chromium reads on for up to 5 s
 * where a body is let go that it was not reading at that moment, before it closes the connection.
 */
const patience = 8_000;

/** The server of the page, the modules, the logs and the reports: what a platform asks of it has to work. */
export const controlServer = (told: Told): Server =>
  createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://control');
    // So that a worker or a runtime may ask as well.
    response.setHeader('access-control-allow-origin', '*').setHeader('cache-control', 'no-store');
    const listener = routes[url.pathname] ?? file;
    void Promise.resolve(listener(request, response, url, told)).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });

type Route = (request: IncomingMessage, response: ServerResponse, url: URL, told: Told) => unknown;

const json = (response: ServerResponse, value: unknown): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

const routes: Readonly<Record<string, Route>> = {
  '/servers': (_request, response, _url, { api, refused, untrusted }) => json(response, { api, refused, untrusted }),
  '/hello': (_request, response) => response.end('hello'),
  '/page': (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page),
  '/log': log,
  '/release': (_request, response, url) => {
    for (const body of storyOf(url.searchParams.get('key') ?? '').flowing) body.end('the end');
    json(response, null);
  },
  // So that no scenario is short of connections, which browsers allow six of, for what another left behind.
  '/end': (_request, response, url) => {
    for (const left of storyOf(url.searchParams.get('key') ?? '').open) left.destroy();
    json(response, null);
  },
  '/report': async (request, response, url, told) => {
    const text = Buffer.concat(await request.toArray() as Buffer[]).toString();
    json(response, null);
    // Posted by our own programs on the platform.
    told.report(url.searchParams.get('column') ?? '', JSON.parse(text) as Report);
  },
};

/** The page takes the library by its name, as a page without a bundler does. */
const page = `<!doctype html><meta charset="utf-8"><title>scenarios</title><link rel="icon" href="data:,">
<script type="importmap">{ "imports": {
  "resilient-fetch": "/package/dist/src/index.js",
  "resilient-fetch/testing": "/package/dist/src/testing/index.js"
} }</script>
<script type="module" src="/platforms/page.js"></script>`;

/** Answers as soon as a scenario's server has seen so much. */
async function log(_request: IncomingMessage, response: ServerResponse, { searchParams }: URL): Promise<void> {
  const story = storyOf(searchParams.get('key') ?? '');
  const isEnough = (): boolean =>
    story.seen.length >= Number(searchParams.get('requests')) && story.seen.filter(({ cut }) => cut).length >= Number(searchParams.get('cut'));
  const changedInTime = within(patience, story);
  while (!isEnough() && await changedInTime());
  json(response, story.seen);
}

/** Waits for the next change, until the time is up, and tells which it was. */
function within(ms: number, story: Story): () => Promise<boolean> {
  const deadline = performance.now() + ms;
  return () => new Promise((resolve) => {
    const timer = setTimeout(resolve, deadline - performance.now(), false);
    story.watchers.push(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.map': 'application/json', '.ts': 'text/plain' };

/** The package's files, under as many names as there are copies wanted, and those of the checks. */
const file: RequestListener = (request, response) => {
  const path = normalize(new URL(request.url ?? '', 'http://control').pathname);
  const [, from = '', rest = ''] = /^\/(package|fresh\/[^/]+|platforms)\/(.*)$/.exec(path) ?? [];
  if (from === '') return void response.writeHead(404).end();
  createReadStream(join(from === 'platforms' ? distribution : packageRoot, rest))
    .on('error', () => response.writeHead(404).end())
    .once('open', () => response.setHeader('content-type', types[extname(rest)] ?? 'application/octet-stream'))
    .pipe(response);
};
