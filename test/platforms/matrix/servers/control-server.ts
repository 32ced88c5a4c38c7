import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { compiled, packageRoot } from '../../lib/paths.ts';
import type { PlatformReport } from '../platform.ts';
import { stateOf, type ScenarioState } from './scripted-server.ts';

/** The addresses of the other servers, and the receiver of the reports. */
export interface ControlOptions {
  /** The origin of the scripted server. */
  readonly scripted: string;
  readonly refusedUrl: string;
  readonly untrustedUrl: string;
  onReport(platform: string, report: PlatformReport): void;
}

/**
 * The longest time to wait for requests and disconnects, in real milliseconds. Afterwards the present state is the response.
 * Chromium reads on for up to 5 s before it closes a connection whose body was cancelled outside of a read.
 */
const waitLimit = 8_000;

/** The server of the pages, the modules, the recorded requests and the reports. It never fails on purpose. */
export const createControlServer = (options: ControlOptions): Server =>
  createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://control');
    // Workers and runtimes have another origin.
    response.setHeader('access-control-allow-origin', '*').setHeader('cache-control', 'no-store');
    const route = routes[url.pathname] ?? sendFile;
    void Promise.resolve(route(request, response, url, options)).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });

type Route = (request: IncomingMessage, response: ServerResponse, url: URL, options: ControlOptions) => unknown;

const sendJson = (response: ServerResponse, value: unknown): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

const routes: Readonly<Record<string, Route>> = {
  '/servers': (_request, response, _url, { scripted, refusedUrl, untrustedUrl }) => sendJson(response, { scripted, refusedUrl, untrustedUrl }),
  '/hello': (_request, response) => response.end('hello'),
  '/page': (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page),
  '/requests': sendRequests,
  '/resume': (_request, response, url) => {
    for (const paused of stateOf(url.searchParams.get('key') ?? '').paused) paused.end('the end');
    sendJson(response, null);
  },
  // Browsers allow six connections to a server, so those of a finished scenario must not stay open.
  '/end': (_request, response, url) => {
    for (const open of stateOf(url.searchParams.get('key') ?? '').open) open.destroy();
    sendJson(response, null);
  },
  '/report': async (request, response, url, options) => {
    const text = Buffer.concat(await request.toArray() as Buffer[]).toString();
    sendJson(response, null);
    // The reports come from our own programs on the platforms.
    options.onReport(url.searchParams.get('platform') ?? '', JSON.parse(text) as PlatformReport);
  },
};

/** The page imports the library by name, like a page without a bundler. */
const page = `<!doctype html><meta charset="utf-8"><title>scenarios</title><link rel="icon" href="data:,">
<script type="importmap">{ "imports": {
  "resilient-fetch": "/package/dist/src/index.js",
  "resilient-fetch/testing": "/package/dist/src/testing/index.js",
  "resilient-fetch/layers": "/package/dist/src/layers/index.js"
} }</script>
<script type="module" src="/platforms/matrix/entries/page.js"></script>`;

/** Responds when the scripted server has seen so many requests and disconnects. */
async function sendRequests(_request: IncomingMessage, response: ServerResponse, { searchParams }: URL): Promise<void> {
  const state = stateOf(searchParams.get('key') ?? '');
  const [requests, disconnects] = [Number(searchParams.get('requests')), Number(searchParams.get('disconnects'))];
  const isReached = (): boolean =>
    state.requests.length >= requests && state.requests.filter(({ isDisconnected }) => isDisconnected).length >= disconnects;
  const deadline = performance.now() + waitLimit;
  while (!isReached() && await isChangedBefore(deadline, state));
  sendJson(response, state.requests);
}

/** Resolves to true at the next change, or to false at the deadline. */
const isChangedBefore = (deadline: number, state: ScenarioState): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, deadline - performance.now(), false);
    state.onChange.push(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });

const contentTypes: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.map': 'application/json', '.ts': 'text/plain' };

/** Sends a file of the package, of one of its copies, or of these checks. */
function sendFile(_request: IncomingMessage, response: ServerResponse, url: URL): void {
  const [, root = '', path = ''] = /^\/(package|copies\/[^/]+|platforms)\/(.*)$/.exec(normalize(url.pathname)) ?? [];
  if (root === '') return void response.writeHead(404).end();
  createReadStream(join(root === 'platforms' ? compiled : packageRoot, path))
    .on('error', () => response.writeHead(404).end())
    .once('open', () => response.setHeader('content-type', contentTypes[extname(path)] ?? 'application/octet-stream'))
    .pipe(response);
}
