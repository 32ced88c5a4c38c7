import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import puppeteer, { type Browser, type LaunchOptions } from 'puppeteer-core';
import { isolatedEnvironment, type Workspace } from './workspace.ts';

/** The Debian packages of the browsers, and of the screen for a browser that has no headless mode. */
export type DebianPackage = 'chromium' | 'firefox-esr' | 'webkit2gtk-driver' | 'xvfb';

const programs: Readonly<Record<DebianPackage, () => string | undefined>> = {
  'chromium': () => inPath('chromium'),
  'firefox-esr': () => inPath('firefox-esr'),
  'webkit2gtk-driver': miniBrowser,
  'xvfb': () => inPath('Xvfb'),
};

const inPath = (name: string): string | undefined => ['/usr/bin', '/usr/local/bin'].map((folder) => join(folder, name)).find(existsSync);

/** The newest MiniBrowser: its directory is named after the machine and the version of WebKit. */
function miniBrowser(): string | undefined {
  const machines = childrenOf('/usr/lib').filter((path) => path.endsWith('-linux-gnu'));
  const versions = machines.flatMap(childrenOf).filter((path) => /\/webkit2gtk-4[^/]*$/.test(path)).sort();
  return versions.map((path) => join(path, 'MiniBrowser')).filter(existsSync).at(-1);
}

const childrenOf = (path: string): string[] => existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : [];

/** The path of a package's program. Throws if the package is not installed. */
export function programOf(name: DebianPackage): string {
  const path = programs[name]();
  if (path === undefined) throw new Error(howToInstall([name]));
  return path;
}

/** The packages that are not installed. */
export const missingOf = (names: readonly DebianPackage[]): readonly DebianPackage[] => names.filter((name) => programs[name]() === undefined);

export const howToInstall = (names: readonly DebianPackage[]): string =>
  `not installed: apt-get update && apt-get install --no-install-recommends ${names.join(' ')}`;

/** Is true where a missing browser is a failure: in CI, on the system whose packages are known here. */
export const isBrowserRequired: boolean = existsSync('/etc/debian_version') && (process.env.CI ?? '') !== '';

/** Starts Chromium with a profile of its own. */
export const launchChromium = (workspace: Workspace): Promise<Browser> =>
  launch(workspace, {
    browser: 'chrome',
    executablePath: programOf('chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-proxy-server', '--js-flags=--expose-gc'],
  });

/** Starts Firefox with a profile of its own. Its pages can collect garbage by `TestUtils.gc()`. */
export const launchFirefox = (workspace: Workspace): Promise<Browser> =>
  launch(workspace, {
    browser: 'firefox',
    executablePath: programOf('firefox-esr'),
    extraPrefsFirefox: { 'dom.testing.testutils.enabled': true, 'network.proxy.type': 0 },
  });

/** The watcher handles signals: see workspace.ts. A first start may take long on a busy machine. */
const launch = (workspace: Workspace, options: LaunchOptions): Promise<Browser> =>
  puppeteer.launch({
    ...options,
    env: isolatedEnvironment(workspace.directory('browser')),
    timeout: 60_000,
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
  });
