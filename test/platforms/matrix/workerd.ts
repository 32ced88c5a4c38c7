import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../lib/command.ts';
import { commandPath, compiled, packageRoot } from '../lib/paths.ts';
import type { Platform } from './platform.ts';
import { startProgram } from './program.ts';

/** Cloudflare's runtime. The package and the scenarios are embedded modules, and the worker's test plays the scenarios. */
export const workerd = (id: string, flags: readonly string[], variant?: string): Platform => ({
  id,
  name: 'workerd',
  ...(variant === undefined ? {} : { variant }),
  isBrowser: false,
  versionParts: 1,
  readVersion: async () => (await run(commandPath('workerd'), ['--version'])).stdout,
  packages: [],
  async start(workspace, control) {
    const modules = workspace.directory(`${id}-modules`);
    for (const copy of ['package', 'copy1', 'copy2', 'copy3']) cpSync(join(packageRoot, 'dist/src'), join(modules, copy), { recursive: true });
    cpSync(join(compiled, 'scenarios'), join(modules, 'scenarios'), { recursive: true });
    cpSync(join(compiled, 'matrix/entries/workerd.js'), join(modules, 'main.js'));
    const configuration = join(modules, 'config.capnp');
    writeFileSync(configuration, configurationOf(modules, flags, { platform: id, control }));
    return startProgram(workspace.directory(id), [commandPath('workerd'), 'test', configuration]);
  },
});

/** The configuration of a worker that can connect to the loopback interface only. */
function configurationOf(directory: string, flags: readonly string[], bindings: Readonly<Record<string, string>>): string {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
  // The first module is the worker.
  const modules = ['main.js', ...files.filter((file) => file !== 'main.js')].map((file) => `( name = "${file}", esModule = embed "${file}" )`);
  const texts = Object.entries(bindings).map(([name, text]) => `( name = "${name}", text = ${JSON.stringify(text)} )`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ( name = "main", worker = (
      modules = [ ${modules.join(',\n        ')} ],
      bindings = [ ${texts.join(', ')} ],
      compatibilityDate = "2026-11-17",
      compatibilityFlags = ${JSON.stringify(flags)},
      globalOutbound = "loopback" ) ),
    ( name = "loopback", network = ( allow = [ "127.0.0.1/32" ], deny = [], tlsOptions = () ) ),
  ],
  v8Flags = [ "--expose-gc" ],
);
`;
}
