import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { isDebian, programOf } from './browsers.ts';
import { run } from './command.ts';
import { withTemporary } from './temporary.ts';

/** Whether there is a Chromium, after the matrix has installed it where it could. Where it must be there, its absence is a failure. */
export function findChromium(): 'found' | 'left out' | 'missing' {
  if (programOf('chromium') !== undefined) return 'found';
  return isDebian && process.env.CI ? 'missing' : 'left out';
}

/** The page of a bundle: a call of it, whose first attempt fails, and what came of that. */
const page = `<!doctype html><script type="module">
  import './bundle.js';
  const post = (body) => fetch('result', { method: 'POST', body });
  const call = async () => {
    const response = await resilientFetch('flaky', { backoff: { base: 1 } });
    return response.status + ' ' + await response.text();
  };
  call().then(post, post);
</script>`;

/** The first page, which holds the others. */
const frames = (names: readonly string[]): string => `<!doctype html>${names.map((name) => `<iframe src="/${name}/"></iframe>`).join('')}`;

/** Runs each bundle in one Chromium, and resolves to what each of them posted; nothing where that did not come in time. */
export function runInChromium(bundles: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  return withTemporary(async (profile) => {
    const results = new Map<string, string>();
    const closing = new AbortController();
    const answer = site(bundles, (name, result) => {
      if (results.set(name, result).size === bundles.size) closing.abort();
    });
    const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
    try {
      await listen(server);
      await open(server, profile, closing.signal);
      return results;
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
}

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

/** Keeps the page open until the signal says otherwise. */
function open(server: Server, profile: string, signal: AbortSignal): Promise<unknown> {
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  const flags = [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', `--user-data-dir=${profile}`,
  ];
  // Its parent's death is its own, even where that had no time to see to it.
  const command = [programOf('chromium') ?? '', ...flags, `http://127.0.0.1:${port}/`];
  return run('setpriv', ['--pdeathsig', 'KILL', ...command], { signal, limit: 60_000, environment: { HOME: profile, TMPDIR: profile } });
}

/** What is served under each bundle's name: its page, the bundle, an endpoint that fails once, and one that takes the result. */
function site(bundles: ReadonlyMap<string, string>, report: (name: string, result: string) => void) {
  const failed = new Set<string>();
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, name = '', file = ''] = request.url?.split('/') ?? [];
    const send = (type: string, content: string): unknown => response.writeHead(200, { 'content-type': type }).end(content);
    if (file === 'bundle.js') return void send('text/javascript', bundles.get(name) ?? '');
    if (file === 'result') {
      report(name, await text(request));
      return void response.end();
    }
    if (file !== 'flaky') return void send('text/html', name === '' ? frames([...bundles.keys()]) : page);
    if (failed.has(name)) return void send('text/plain', 'answered');
    failed.add(name);
    response.writeHead(503).end();
  };
}
