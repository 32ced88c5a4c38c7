import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child, Children } from './children.ts';
import { distribution, packageRoot, platforms } from './places.ts';

/** Starts workerd with the package and the scenarios as embedded modules, as the test of a worker that reports by itself. */
export function startWorkerd(id: string, flags: readonly string[], children: Children, control: string): Child {
  const directory = children.directory(`${id}/modules`);
  for (const copy of ['package', 'fresh', 'again', 'another']) cpSync(join(packageRoot, 'dist/src'), join(directory, copy), { recursive: true });
  cpSync(join(distribution, 'scenarios'), join(directory, 'scenarios'), { recursive: true });
  cpSync(join(distribution, 'workerd-entry.js'), join(directory, 'main.js'));
  const configuration = join(directory, 'config.capnp');
  writeFileSync(configuration, configurationOf(directory, flags, { id, control }));
  return children.start(id, [join(platforms, 'node_modules/.bin/workerd'), 'test', configuration]);
}

/** A worker that may reach the loopback interface, and nothing else. */
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
