import { execa } from 'execa';
import type { Browser } from 'puppeteer-core';
import { launchChromium, launchFirefox, programOf } from '../lib/browsers.ts';
import { run } from '../lib/command.ts';
import { isolatedEnvironment, type Workspace } from '../lib/workspace.ts';
import type { Engine } from '../scenarios/scenario.ts';
import type { Platform, RunningPlatform } from './platform.ts';
import { startProgram } from './program.ts';

const pageUrl = (control: string, engine: Engine): string => `${control}/page?platform=${engine}`;

export const chromium: Platform = {
  id: 'chromium',
  name: 'Chromium',
  isBrowser: true,
  versionParts: 1,
  packages: ['chromium'],
  start: async (workspace, control) => open(await launchChromium(workspace), pageUrl(control, 'chromium')),
};

export const firefox: Platform = {
  id: 'firefox',
  name: 'Firefox',
  isBrowser: true,
  versionParts: 1,
  packages: ['firefox-esr'],
  start: async (workspace, control) => open(await launchFirefox(workspace), pageUrl(control, 'firefox')),
};

/** Opens the page in a browser. The output is the page's errors. */
async function open(browser: Browser, url: string): Promise<RunningPlatform> {
  const errors: string[] = [];
  const page = await browser.newPage();
  page.on('pageerror', (error) => void errors.push(String(error)));
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  return {
    exited: new Promise((resolve) => void browser.once('disconnected', resolve)),
    async stop() {
      await browser.close();
      return errors.join('\n');
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
