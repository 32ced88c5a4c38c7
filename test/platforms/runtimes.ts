import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Children } from './children.ts';
import type { Column } from './column.ts';
import { distribution, packageRoot, platforms } from './places.ts';
import type { Platform } from './scenarios/scenario.ts';
import { startWorkerd } from './workerd.ts';

const bin = (name: string): string => join(platforms, 'node_modules', name);
const builtLibrary = ['resilient-fetch', 'resilient-fetch/testing'];
const sourceLibrary = ['src/index.ts', 'src/testing/index.ts'].map((path) => pathToFileURL(join(packageRoot, path)).href);

/** A copy of the library beside the first, as modules are loaded once for each address. */
function copyOf(id: string, name: string, kind: 'src' | 'dist', children: Children): string {
  const copy = children.directory(`${id}/${name}`);
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
    const copies = ['fresh', 'again', 'another'].map((name) => copyOf(id, name, isSource ? 'src' : 'dist', children));
    return children.start(id, [...command, entry, platform, id, control, ...library, ...copies], environment);
  },
});

export const node = (version: string): Column =>
  runtime(`node${version}`, 'Node', 'node', 'package', 1, [bin(`node${version}/bin/node`), '--expose-gc', '--no-warnings']);

export const deno = (from: 'source' | 'package'): Column =>
  runtime(`deno-${from}`, `Deno, ${from}`, 'deno', from, 2, [
    bin('.bin/deno'), 'run', '--allow-net=127.0.0.1', '--allow-read', '--allow-env', '--allow-sys', '--no-check', '--no-lock', '--no-remote', '--node-modules-dir=manual',
    '--v8-flags=--expose-gc', '--quiet',
  ], { DENO_NO_UPDATE_CHECK: '1', DENO_NO_PACKAGE_JSON: from === 'source' ? '1' : '' });

export const bun = (from: 'source' | 'package'): Column =>
  runtime(`bun-${from}`, `Bun, ${from}`, 'bun', from, 2, [bin('.bin/bun'), 'run', '--no-install', '--expose-gc'], { DO_NOT_TRACK: '1' });

export const workerd = (id: string, title: string, flags: readonly string[]): Column => ({
  id,
  title,
  digits: 1,
  version: () => [bin('.bin/workerd'), '--version'],
  needs: [],
  start: (children, control) => startWorkerd(id, flags, children, control),
});
