import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that `npm run docs` writes. */
export const folder: string = fileURLToPath(new URL('../html/', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.svg': 'image/svg+xml', '.woff2': 'font/woff2',
};

/** The paths of the pages, except the one for a missing page. The playground has tests of its own. */
export async function pagesOf(): Promise<readonly string[]> {
  const files = await readdir(folder, { recursive: true });
  return files.filter((path) => path.endsWith('.html') && path !== '404.html' && !path.startsWith('playground')).sort();
}

export interface Site extends AsyncDisposable {
  readonly origin: string;
}

/** Serves the folder on loopback. */
export async function serveSite(): Promise<Site> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    readFile(join(folder, path)).then(
      (content) => response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' }).end(content),
      () => response.writeHead(404).end(),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  // A server that listens on a port has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose](): Promise<void> {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
