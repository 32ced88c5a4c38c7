import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

/** The browsers, and what shows them a screen, by the Debian package that has them. */
const programs: Readonly<Record<string, () => string | undefined>> = {
  'chromium': () => inPath('chromium'),
  'firefox-esr': () => inPath('firefox-esr'),
  'webkit2gtk-driver': miniBrowser,
  'xvfb': () => inPath('Xvfb'),
};

const inPath = (name: string): string | undefined => ['/usr/bin', '/usr/local/bin'].map((place) => `${place}/${name}`).find((path) => existsSync(path));

/** In a directory that names the machine and the version of WebKit, the newest last. */
function miniBrowser(): string | undefined {
  const machines = childrenOf('/usr/lib').filter((path) => path.endsWith('-linux-gnu'));
  const versions = machines.flatMap(childrenOf).filter((path) => /\/webkit2gtk-4[^/]*$/.test(path)).sort();
  return versions.map((path) => `${path}/MiniBrowser`).filter((path) => existsSync(path)).at(-1);
}

const childrenOf = (path: string): string[] => existsSync(path) ? readdirSync(path).map((name) => `${path}/${name}`) : [];

/** Where a package's program is, if it is here. */
export const programOf = (name: string): string | undefined => programs[name]?.();

export const isDebian: boolean = existsSync('/etc/debian_version');

/** Installs the browsers that are missing, where that can be done. Tells why not, where it cannot. */
export function installBrowsers(): string | undefined {
  const missing = Object.keys(programs).filter((name) => programOf(name) === undefined);
  if (missing.length === 0) return undefined;
  if (!isDebian) return 'not installed, and installed by this command on Debian alone';
  if (process.getuid?.() !== 0) return `not installed: apt-get install ${missing.join(' ')} wants root`;
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${missing.join(' ')}`],
    { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, encoding: 'utf8', timeout: 300_000 },
  );
  return status === 0 ? undefined : `could not be installed: ${stderr.trim().split('\n').at(-1)}`;
}
