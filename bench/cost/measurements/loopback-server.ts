import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves small JSON, 1 MB at `/big`, and at `/script` the steps of the query, one a request. Runs in a process of its own. */
const small = Buffer.from(JSON.stringify({ id: 1, name: 'Ada', roles: ['admin', 'author'] }));
const big = Buffer.alloc(1_000_000, 'x');

const stepsPlayed = new Map<string, number>();

function nextStep(query: string): string | undefined {
  const step = stepsPlayed.get(query) ?? 0;
  stepsPlayed.set(query, step + 1);
  return query.split(',')[step];
}

const server = createServer((request, response) => {
  const [path, query] = request.url?.split('?') ?? [];
  if (path === '/script' && query !== undefined) {
    const step = nextStep(query);
    return void (step === 'hang' ? undefined : response.writeHead(Number(step)).end('{}'));
  }
  const body = path === '/big' ? big : small;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());
