import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { launch as launchBrowser, type Browser as PuppeteerBrowser, type LaunchOptions } from 'puppeteer-core';

/** A browser with one page. */
export interface Browser {
  open(url: string): Promise<void>;
  /** Runs the body of an async function in the page. */
  evaluate(body: string): Promise<unknown>;
  close(): Promise<void>;
}

export const launchChromium = (): Promise<PuppeteerBrowser> =>
  launch('chromium', { browser: 'chrome', args: ['--no-sandbox', '--disable-gpu', '--no-proxy-server'] });

const launchFirefox = (): Promise<PuppeteerBrowser> =>
  launch('firefox-esr', { browser: 'firefox', extraPrefsFirefox: { 'network.proxy.type': 0 } });

const launch = (program: string, options: LaunchOptions): Promise<PuppeteerBrowser> =>
  launchBrowser({ ...options, executablePath: pathOf(program), timeout: 60_000, protocolTimeout: 300_000 });

/** The path of a program from a Debian package. Throws if the package is not installed. */
function pathOf(program: string): string {
  const path = join('/usr/bin', program);
  if (!existsSync(path)) throw new Error(`${program} is not installed: apt-get install chromium firefox-esr webkit2gtk-driver xvfb`);
  return path;
}

async function withPuppeteer(launched: Promise<PuppeteerBrowser>): Promise<Browser> {
  const browser = await launched;
  const page = await browser.newPage();
  return {
    open: async (url) => void await page.goto(url),
    evaluate: (body) => page.evaluate(`(async () => { ${body} })()`),
    close: () => browser.close(),
  };
}

/** The newest MiniBrowser: its directory is named after the machine and the version of WebKit. */
function miniBrowser(): string {
  const childrenOf = (path: string): string[] => (existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : []);
  const machines = childrenOf('/usr/lib').filter((path) => path.endsWith('-linux-gnu'));
  return machines.flatMap(childrenOf).filter((path) => /\/webkit2gtk-4[^/]*$/.test(path)).sort().map((path) => join(path, 'MiniBrowser')).findLast(existsSync) ?? '';
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** WebKitGTK by its WebDriver, which Puppeteer does not speak, on a virtual screen, because it has no headless mode. */
async function startWebKit(): Promise<Browser> {
  const home = mkdtempSync(join(tmpdir(), 'playground-'));
  const screen = spawn(pathOf('Xvfb'), ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const [display] = await once(screen.stdio[3] as NodeJS.ReadableStream, 'data') as [Buffer];
  const port = await freePort();
  const driver = spawn(pathOf('WebKitWebDriver'), [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH, HOME: home, DISPLAY: `:${display.toString().trim()}`, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1',
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', WEBKIT_DISABLE_COMPOSITING_MODE: '1',
    },
  });
  const send = async (method: string, path: string, body?: object): Promise<never> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    const { value } = await response.json() as { value: never };
    if (!response.ok) throw new Error(JSON.stringify(value));
    return value;
  };
  await untilListening(() => send('GET', '/status'));
  const { sessionId } = await send('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] } } },
  }) as { sessionId: string };
  const session = `/session/${sessionId}`;
  await send('POST', `${session}/timeouts`, { script: 300_000, pageLoad: 60_000 });
  return {
    open: (url) => send('POST', `${session}/url`, { url }),
    async evaluate(body) {
      const script = `const done = arguments[0]; (async () => { ${body} })().then((value) => done({ value }), (error) => done({ error: String(error) }))`;
      const { value, error } = await send('POST', `${session}/execute/async`, { script, args: [] }) as { value?: unknown; error?: string };
      if (error !== undefined) throw new Error(error);
      return value;
    },
    async close() {
      await send('DELETE', session).catch(() => {});
      for (const child of [driver, screen]) {
        child.kill();
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Waits for a program that does not say when it listens. */
async function untilListening(connect: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await connect().then(() => true, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('WebKitWebDriver does not listen');
}

/** The start of each browser, by its engine. */
export const engines: Readonly<Record<string, () => Promise<Browser>>> = {
  chromium: () => withPuppeteer(launchChromium()),
  firefox: () => withPuppeteer(launchFirefox()),
  webkit: startWebKit,
};

const root = new URL('../../../../', import.meta.url);
export const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The page, with a script before all others that keeps every error, because WebKit's driver has no console. */
export const page = new URL(`../../page-with-errors-${process.pid}.html`, import.meta.url);
const keepErrors = `<script>
  window.errors = [];
  addEventListener('error', ({ message }) => errors.push(message));
  addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)));
  for (const name of ['error', 'warn']) console[name] = (...texts) => errors.push(texts.join(' '));
</script>`;
process.on('exit', () => rmSync(page, { force: true }));
writeFileSync(page, read('playground/dist/index.html').replace('<head>', () => `<head>${keepErrors}`));

/** Shows a state of the page, and returns a value once nothing is busy. */
export const show = (hash: string, expression: string): string => `
  const hash = ${JSON.stringify(hash)};
  const shown = location.hash.slice(1) === hash ? undefined : new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
  location.hash = hash;
  await shown;
  await new Promise((resolve) => setTimeout(resolve));
  while (document.querySelector('section:not([aria-busy=true])') === null) await new Promise((resolve) => setTimeout(resolve, 20));
  return ${expression};`;

/** The page in one engine, for its tests. */
interface OpenPage {
  readonly engine: string;
  evaluate(body: string): Promise<unknown>;
  /** Shows a state of the page, and returns the value of an expression. */
  get(hash: string, expression: string): Promise<unknown>;
}

/** Describes the page in each engine. */
export function describeInEachEngine(subject: string, define: (open: OpenPage) => void): void {
  for (const [engine, start] of Object.entries(engines)) {
    describe(`${subject} in ${engine}`, () => {
      let browser: Browser;

      before(async () => {
        browser = await start();
        await browser.open(page.href);
      });
      after(() => browser.close());

      const evaluate = (body: string): Promise<unknown> => browser.evaluate(body);
      define({ engine, evaluate, get: (hash, expression) => evaluate(show(hash, expression)) });
    });
  }
}

/** The cells of the first table, row by row. */
export const table = "[...document.querySelectorAll('table tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText.trim()))";
export const messages = "[...document.querySelectorAll('.field .message')].map((element) => element.textContent).filter(Boolean)";
export const codeUnder = (title: string): string => `[...document.querySelectorAll('.code')].find((figure) => figure.textContent.startsWith(${JSON.stringify(title)})).querySelector('code').textContent`;

/** Runs a module in a folder from which the package finds itself. Rejects with what the module throws. */
export async function runInNode(name: string, code: string): Promise<Record<string, unknown>> {
  mkdirSync(new URL('dist/playground/', root), { recursive: true });
  const file = new URL(`dist/playground/${name}.mjs`, root);
  writeFileSync(file, code);
  return await import(file.href) as Record<string, unknown>;
}
