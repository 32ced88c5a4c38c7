import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'puppeteer-core';
import { launchChromium } from '../lib/browsers.ts';
import type { Workspace } from '../lib/workspace.ts';

/** Runs each bundle in a page of one Chromium, and resolves to the result of its call by the bundler's name. */
export async function runInChromium(bundles: ReadonlyMap<string, string>, workspace: Workspace): Promise<ReadonlyMap<string, string>> {
  const server = createServer(handlerOf(bundles)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  const browser = await launchChromium(workspace);
  try {
    const results = new Map<string, string>();
    for (const name of bundles.keys()) results.set(name, await call(browser, `http://127.0.0.1:${port}/${name}/`));
    return results;
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

/** Calls the bundled function in a page. The first attempt fails. */
async function call(browser: Browser, url: string): Promise<string> {
  const page = await browser.newPage();
  try {
    await page.goto(url);
    return await page.evaluate(async () => {
      const { resilientFetch } = globalThis as unknown as typeof import('resilient-fetch');
      const response = await resilientFetch('flaky', { backoff: { base: 1 } });
      return `${response.status} ${await response.text()}`;
    });
  } catch (error) {
    return String(error);
  }
}

/** Serves below each bundler's name: a page, the bundle, and an endpoint that fails once. */
function handlerOf(bundles: ReadonlyMap<string, string>) {
  const failed = new Set<string>();
  return ({ url = '' }: IncomingMessage, response: ServerResponse): void => {
    const [, name = '', file = ''] = url.split('/');
    const send = (type: string, content: string): void => void response.writeHead(200, { 'content-type': type }).end(content);
    if (file === '') return send('text/html', '<!doctype html><script type="module" src="bundle.js"></script>');
    if (file === 'bundle.js') return send('text/javascript', bundles.get(name) ?? '');
    if (file !== 'flaky') return void response.writeHead(404).end();
    if (failed.has(name)) return send('text/plain', 'recovered');
    failed.add(name);
    response.writeHead(503).end();
  };
}
