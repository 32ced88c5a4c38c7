import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Child, Children } from './children.ts';
import { programOf } from './browsers.ts';
import { distribution, packageRoot, platforms } from './places.ts';
import type { Platform } from './scenarios/scenario.ts';
import { startWorkerd } from './workerd.ts';

/** One platform, and one way to load the library there. */
export interface Column {
  /** Short, without spaces: it tells requests apart. */
  readonly id: string;
  /** What heads the column, before the version. */
  readonly title: string;
  /** What of the version is worth a column's width. */
  readonly digits: number;
  /** What prints the version, where the platform does not tell it to what it runs. */
  readonly version?: () => readonly string[];
  /** The Debian packages without which it is left out. */
  readonly needs: readonly string[];
  /** Starts the platform, which reports by itself. */
  start(children: Children, control: string): Child | Promise<Child>;
}

const bin = (name: string): string => join(platforms, 'node_modules', name);
const builtLibrary = ['resilient-fetch', 'resilient-fetch/testing'];
const sourceLibrary = ['src/index.ts', 'src/testing/index.ts'].map((path) => pathToFileURL(join(packageRoot, path)).href);

/** A copy of the library beside the first, as modules are loaded once for each address. */
function copyOf(id: string, kind: 'src' | 'dist', children: Children): string {
  const copy = children.directory(`${id}/copy`);
  cpSync(join(packageRoot, kind), copy, { recursive: true });
  writeFileSync(join(copy, 'package.json'), '{ "type": "module" }');
  return pathToFileURL(join(copy, kind === 'src' ? 'index.ts' : 'src/index.js')).href;
}

/** A runtime with a command line, on the package as it is published, or on the source as it is. */
const runtime = (id: string, title: string, platform: Platform, from: 'source' | 'package', digits: number, command: readonly string[], environment: Record<string, string> = {}): Column => ({
  id,
  title,
  digits,
  needs: [],
  start(children, control) {
    const isSource = from === 'source';
    const entry = isSource ? join(platforms, 'entry.ts') : join(distribution, 'entry.js');
    const library = isSource ? sourceLibrary : builtLibrary;
    const copy = copyOf(id, isSource ? 'src' : 'dist', children);
    return children.start(id, [...command, entry, platform, id, control, ...library, copy], environment);
  },
});

const node = (version: string): Column =>
  runtime(`node${version}`, 'Node', 'node', 'package', 1, [bin(`node${version}/bin/node`), '--expose-gc', '--no-warnings']);

const deno = (from: 'source' | 'package'): Column =>
  runtime(`deno-${from}`, `Deno, ${from}`, 'deno', from, 2, [
    bin('.bin/deno'), 'run', '--allow-net=127.0.0.1', '--allow-read', '--allow-env', '--allow-sys', '--no-check', '--no-lock', '--no-remote', '--node-modules-dir=manual',
    '--v8-flags=--expose-gc', '--quiet',
  ], { DENO_NO_UPDATE_CHECK: '1', DENO_NO_PACKAGE_JSON: from === 'source' ? '1' : '' });

const bun = (from: 'source' | 'package'): Column =>
  runtime(`bun-${from}`, `Bun, ${from}`, 'bun', from, 2, [bin('.bin/bun'), 'run', '--no-install', '--expose-gc'], { DO_NOT_TRACK: '1' });

const workerd = (id: string, title: string, flags: readonly string[]): Column => ({
  id,
  title,
  digits: 1,
  version: () => [bin('.bin/workerd'), '--version'],
  needs: [],
  start: (children, control) => startWorkerd(id, flags, children, control),
});

const browser = (platform: Platform, title: string, needs: readonly string[], start: (children: Children, url: string) => Child | Promise<Child>): Column => ({
  id: platform,
  title,
  digits: 1,
  needs,
  start: (children, control) => start(children, `${control}/page?platform=${platform}&column=${platform}`),
});

/** What keeps Chromium from calling home, and from asking. */
const chromiumFlags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--no-default-browser-check', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-default-apps', '--disable-extensions', '--disable-crash-reporter', '--disable-breakpad',
  '--disable-domain-reliability', '--disable-client-side-phishing-detection', '--metrics-recording-only', '--no-pings', '--no-proxy-server',
  '--disable-features=OptimizationHints,MediaRouter,Translate,NetworkTimeServiceQuerying', '--password-store=basic', '--use-mock-keychain',
  '--disable-dev-shm-usage', '--js-flags=--expose-gc',
];

/** What keeps Firefox from calling home, and lets a page have what it left collected. */
const firefoxPreferences: Readonly<Record<string, unknown>> = {
  'app.update.enabled': false,
  'app.normandy.enabled': false,
  'browser.aboutConfig.showWarning': false,
  'browser.newtabpage.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.safebrowsing.blockedURIs.enabled': false,
  'browser.search.update': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage': 'about:blank',
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.topsites.contile.enabled': false,
  'browser.region.update.enabled': false,
  'browser.region.network.url': '',
  'captivedetect.canonicalURL': '',
  'datareporting.healthreport.uploadEnabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.push.connection.enabled': false,
  'dom.testing.testutils.enabled': true,
  'extensions.blocklist.enabled': false,
  'extensions.getAddons.cache.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'extensions.update.enabled': false,
  'geo.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'media.gmp-manager.url': '',
  'messaging-system.rsexperimentloader.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.dns.disablePrefetch': true,
  'network.prefetch-next': false,
  'network.proxy.type': 0,
  'network.trr.mode': 5,
  'security.OCSP.enabled': 0,
  'services.settings.server': 'data:,',
  'signon.management.page.breach-alerts.enabled': false,
  'toolkit.telemetry.enabled': false,
  'toolkit.telemetry.server': '',
  'toolkit.telemetry.unified': false,
};

function startFirefox(children: Children, url: string): Child {
  const profile = children.directory('firefox/profile');
  const lines = Object.entries(firefoxPreferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  return children.start('firefox', [programOf('firefox-esr') ?? '', '--headless', '--no-remote', '--profile', profile, url], { MOZ_CRASHREPORTER_DISABLE: '1' });
}

export const columns: readonly Column[] = [
  node('20'),
  node('22'),
  node('24'),
  node('26'),
  deno('source'),
  deno('package'),
  bun('source'),
  bun('package'),
  workerd('workerd', 'workerd', []),
  // As it is without the flag that workers of before May 2025 lack: there is no FinalizationRegistry.
  workerd('workerd-weakless', 'workerd, no weak refs', ['disable_weak_ref']),
  browser('chromium', 'Chromium', ['chromium'], (children, url) => children.start('chromium', [
    programOf('chromium') ?? '', ...chromiumFlags, `--user-data-dir=${children.directory('chromium/profile')}`, url,
  ])),
  browser('firefox', 'Firefox', ['firefox-esr'], startFirefox),
  {
    ...browser('webkit', 'WebKitGTK', ['webkit2gtk-driver', 'xvfb'], startWebKit),
    digits: 2,
    version: () => ['dpkg-query', '-W', '-f', '${Version}', 'webkit2gtk-driver'],
  },
];

/** WebKit's small browser has no headless mode: it gets a screen that nobody sees. */
async function startWebKit(children: Children, url: string): Promise<Child> {
  return children.start('webkit', ['sh', '-c', screenThen, 'sh', programOf('xvfb') ?? '', programOf('webkit2gtk-driver') ?? '', url], {
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', JSC_useDollarVM: '1', WEBKIT_DISABLE_COMPOSITING_MODE: '1', LIBGL_ALWAYS_SOFTWARE: '1', GDK_BACKEND: 'x11',
  });
}

/** Waits until the screen says which number it took. */
const screenThen = `mkfifo "$TMPDIR/screen" && { "$1" -displayfd 3 -screen 0 800x600x24 -nolisten tcp 3>"$TMPDIR/screen" & }
read -r number <"$TMPDIR/screen" && DISPLAY=":$number" exec "$2" "$3"`;
