import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programOf } from './browsers.ts';
import type { Child, Children } from './children.ts';
import type { Column } from './column.ts';
import { firefoxPreferences } from './firefox-preferences.ts';
import type { Platform } from './scenarios/scenario.ts';

const browser = (platform: Platform, title: string, needs: readonly string[], start: (children: Children, url: string) => Child | Promise<Child>): Column => ({
  id: platform,
  title,
  digits: 1,
  needs,
  start: (children, control) => start(children, `${control}/page?platform=${platform}&column=${platform}`),
});

export const chromium: Column = browser('chromium', 'Chromium', ['chromium'], (children, url) =>
  children.start('chromium', [programOf('chromium') ?? '', ...chromiumFlags, `--user-data-dir=${children.directory('chromium/profile')}`, url]));

/** What keeps Chromium from calling home, and from asking. */
const chromiumFlags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--no-default-browser-check', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-default-apps', '--disable-extensions', '--disable-crash-reporter', '--disable-breakpad',
  '--disable-domain-reliability', '--disable-client-side-phishing-detection', '--metrics-recording-only', '--no-pings', '--no-proxy-server',
  '--disable-features=OptimizationHints,MediaRouter,Translate,NetworkTimeServiceQuerying', '--password-store=basic', '--use-mock-keychain',
  '--disable-dev-shm-usage', '--js-flags=--expose-gc',
];

export const firefox: Column = browser('firefox', 'Firefox', ['firefox-esr'], (children, url) => startFirefox(children, url));

function startFirefox(children: Children, url: string): Child {
  const profile = children.directory('firefox/profile');
  const lines = Object.entries(firefoxPreferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  return children.start('firefox', [programOf('firefox-esr') ?? '', '--headless', '--no-remote', '--profile', profile, url], { MOZ_CRASHREPORTER_DISABLE: '1' });
}

export const webkit: Column = {
  ...browser('webkit', 'WebKitGTK', ['webkit2gtk-driver', 'xvfb'], (children, url) => startWebKit(children, url)),
  digits: 2,
  version: () => ['dpkg-query', '-W', '-f', '${Version}', 'webkit2gtk-driver'],
};

/** WebKit's small browser has no headless mode: it gets a screen that nobody sees. */
function startWebKit(children: Children, url: string): Child {
  return children.start('webkit', ['sh', '-c', screenThen, 'sh', programOf('xvfb') ?? '', programOf('webkit2gtk-driver') ?? '', url], {
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', WEBKIT_DISABLE_COMPOSITING_MODE: '1', LIBGL_ALWAYS_SOFTWARE: '1', GDK_BACKEND: 'x11',
  });
}

/** Waits until the screen says which number it took. */
const screenThen = `mkfifo "$TMPDIR/screen" && { "$1" -displayfd 3 -screen 0 800x600x24 -nolisten tcp 3>"$TMPDIR/screen" & }
read -r number <"$TMPDIR/screen" && DISPLAY=":$number" exec "$2" "$3"`;
