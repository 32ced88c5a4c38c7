import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commandPath, compiled, nodePath, packageRoot, platformsRoot } from '../lib/paths.ts';
import type { Workspace } from '../lib/workspace.ts';
import type { Engine } from '../scenarios/scenario.ts';
import type { Platform } from './platform.ts';
import { startProgram } from './program.ts';

/** The published package, or its TypeScript source. */
type Variant = 'source' | 'package';

interface Runtime extends Pick<Platform, 'id' | 'name' | 'versionParts'> {
  readonly engine: Engine;
  readonly variant: Variant;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A platform that is started by a command line. */
const runtime = ({ id, name, versionParts, engine, variant, command, env }: Runtime): Platform => ({
  id,
  name,
  ...(engine === 'node' ? {} : { variant }),
  isBrowser: false,
  versionParts,
  packages: [],
  async start(workspace, control) {
    const isSource = variant === 'source';
    const entry = isSource ? join(platformsRoot, 'matrix/entries/runtime.ts') : join(compiled, 'matrix/entries/runtime.js');
    const library = isSource ? sourceModules : packageModules;
    const copies = [1, 2, 3].map(() => copyModule(variant, workspace));
    return startProgram(workspace.directory(id), [...command, entry, engine, id, control, ...library, ...copies], env);
  },
});

const packageModules = ['resilient-fetch', 'resilient-fetch/testing', 'resilient-fetch/layers'];
const sourceModules = ['src/index.ts', 'src/testing/index.ts', 'src/layers/index.ts'].map((path) => pathToFileURL(join(packageRoot, path)).href);

/** Copies the library, because a platform loads each URL only once. Returns the URL of the copy. */
function copyModule(variant: Variant, workspace: Workspace): string {
  const copy = workspace.directory('copy');
  cpSync(join(packageRoot, variant === 'source' ? 'src' : 'dist/src'), copy, { recursive: true });
  writeFileSync(join(copy, 'package.json'), '{ "type": "module" }');
  return pathToFileURL(join(copy, variant === 'source' ? 'index.ts' : 'index.js')).href;
}

export const node = (version: number): Platform =>
  runtime({
    id: `node${version}`, name: 'Node', versionParts: 1, engine: 'node', variant: 'package',
    command: [nodePath(version), '--expose-gc', '--no-warnings'],
  });

export const deno = (variant: Variant): Platform =>
  runtime({
    id: `deno-${variant}`, name: 'Deno', versionParts: 2, engine: 'deno', variant,
    command: [
      commandPath('deno'), 'run', '--allow-net=127.0.0.1', '--allow-read', '--allow-env', '--allow-sys', '--no-check', '--no-lock', '--no-remote',
      '--node-modules-dir=manual', '--v8-flags=--expose-gc', '--quiet',
    ],
    env: { DENO_NO_UPDATE_CHECK: '1', DENO_NO_PACKAGE_JSON: variant === 'source' ? '1' : '' },
  });

export const bun = (variant: Variant): Platform =>
  runtime({
    id: `bun-${variant}`, name: 'Bun', versionParts: 2, engine: 'bun', variant,
    command: [commandPath('bun'), 'run', '--no-install', '--expose-gc'],
    env: { DO_NOT_TRACK: '1' },
  });
