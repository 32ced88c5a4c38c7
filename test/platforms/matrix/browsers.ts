import { once } from 'node:events';
import { execa } from 'execa';
import type { Browser } from 'puppeteer-core';
import { launchChromium, launchFirefox, programOf, type DebianPackage } from '../lib/browsers.ts';
import { run } from '../lib/command.ts';
import { isolatedEnvironment, type Workspace } from '../lib/workspace.ts';
import type { Engine } from '../scenarios/scenario.ts';
import type { Platform, RunningPlatform } from './platform.ts';
import { startProgram } from './program.ts';

const pageUrl = (control: string, engine: Engine): string => `${control}/page?platform=${engine}`;

/** A browser that Puppeteer starts. */
const browser = (engine: Engine, name: string, debianPackage: DebianPackage, launch: (workspace: Workspace) => Promise<Browser>): Platform => ({
  id: engine,
  name,
  isBrowser: true,
  versionParts: 1,
  packages: [debianPackage],
  start: async (workspace, control) => openPage(await launch(workspace), pageUrl(control, engine)),
});

export const chromium: Platform = browser('chromium', 'Chromium', 'chromium', launchChromium);
export const firefox: Platform = browser('firefox', 'Firefox', 'firefox-esr', launchFirefox);

/** Opens a page and disconnects Puppeteer, because its network events make Firefox's fetch half as fast. */
async function openPage(browser: Browser, url: string): Promise<RunningPlatform> {
  const child = browser.process();
  if (child === null) throw new Error('Puppeteer did not start the browser');
  const exited = once(child, 'exit');
  const page = await browser.newPage();
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  await browser.disconnect();
  return {
    exited,
    async stop() {
      child.kill('SIGKILL');
      await exited;
      return '';
    },
  };
}

export const webkit: Platform = {
  id: 'webkit',
  name: 'WebKitGTK',
  isBrowser: true,
  versionParts: 2,
  readVersion: async () => (await run('dpkg-query', ['-W', '-f', '${Version}', 'webkit2gtk-driver'])).stdout,
  packages: ['webkit2gtk-driver', 'xvfb'],
  start: startMiniBrowser,
};

/** MiniBrowser has no headless mode, so it gets a virtual screen. */
async function startMiniBrowser(workspace: Workspace, control: string): Promise<RunningPlatform> {
  const directory = workspace.directory('webkit');
  const screen = execa(programOf('xvfb'), ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], {
    env: isolatedEnvironment(directory),
    extendEnv: false,
    reject: false,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  // Xvfb writes the number of its screen when the screen is ready.
  const { value: display } = await screen.iterable({ from: 'fd3' }).next();
  return startProgram(directory, [programOf('webkit2gtk-driver'), pageUrl(control, 'webkit')], {
    DISPLAY: `:${String(display)}`,
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', WEBKIT_DISABLE_COMPOSITING_MODE: '1', LIBGL_ALWAYS_SOFTWARE: '1', GDK_BACKEND: 'x11',
  });
}
