import { existsSync } from 'node:fs';
import { launch, type Browser, type Page } from 'puppeteer-core';

export const browsers = ['chromium', 'firefox'] as const;

/** Starts a browser of Debian's packages, or of the paths in CHROMIUM and FIREFOX. */
export function launchBrowser(name: (typeof browsers)[number]): Promise<Browser> {
  const path = process.env[name.toUpperCase()] ?? `/usr/bin/${name}`;
  if (!existsSync(path)) throw new Error(`not installed: ${path}: apt-get update && apt-get install --no-install-recommends chromium firefox-esr`);
  return name === 'firefox'
    ? launch({ browser: name, executablePath: path, extraPrefsFirefox: { 'network.proxy.type': 0 }, timeout: 60_000 })
    : launch({ executablePath: path, args: ['--no-sandbox', '--disable-gpu', '--no-proxy-server', '--hide-scrollbars'], timeout: 60_000 });
}

export const widths = { wide: 1_280, narrow: 390 } as const;
export const themes = ['light', 'dark'] as const;

/** Events of a page that must not happen. */
interface Trace {
  readonly errors: string[];
  readonly foreignRequests: string[];
}

export interface TracedPage extends Page {
  readonly trace: Trace;
}

/** Opens a tab that records errors, and refuses and records each request that leaves loopback. */
export async function openPage(browser: Browser, origin: string): Promise<TracedPage> {
  const page = await browser.newPage();
  const trace: Trace = { errors: [], foreignRequests: [] };
  page.on('pageerror', (error) => trace.errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') trace.errors.push(message.text());
  });
  await page.setRequestInterception(true);
  page.on('request', async (request) => {
    if (/^(?:data|blob):/.test(request.url()) || new URL(request.url()).origin === origin) return request.continue();
    trace.foreignRequests.push(request.url());
    return request.abort();
  });
  return Object.assign(page, { trace });
}

/** Loads a page and waits until its script runs. Colors change at once, so that they can be measured. */
export async function load(page: Page, url: string): Promise<void> {
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForFunction(() => '__vue_app__' in (document.querySelector('#app') ?? {}));
  await page.addStyleTag({ content: '* { transition: none !important }' });
}

/** Sets the theme as the switch of the page does. */
export const setTheme = (page: Page, theme: (typeof themes)[number]): Promise<void> =>
  page.evaluate((isDark) => void document.documentElement.classList.toggle('dark', isDark), theme === 'dark');

export const setWidth = (page: Page, width: keyof typeof widths): Promise<void> =>
  page.setViewport({ width: widths[width], height: 900 });
