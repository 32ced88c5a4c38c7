import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failureOf, run } from './command.ts';
import { packageRoot } from './paths.ts';
import type { Workspace } from './workspace.ts';

/** The package as users get it. */
export interface InstalledPackage {
  /** The packed tarball. */
  readonly tarball: string;
  /** A project with nothing but the package installed. */
  readonly project: string;
  /** The paths in the tarball. */
  readonly files: readonly string[];
}

/** Packs the built package, and installs it into an empty project without the network. */
export async function installPackage(workspace: Workspace): Promise<InstalledPackage> {
  const project = workspace.directory('project');
  // Without scripts, because prepack would rebuild the files that other checks read.
  const output = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', project], packageRoot);
  const [{ filename, files }] = JSON.parse(output) as [{ filename: string; files: { path: string }[] }];
  const tarball = join(project, filename);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  await npm(['install', '--offline', '--no-audit', '--no-fund', tarball], project);
  return { tarball, project, files: files.map(({ path }) => path) };
}

/** Runs npm and resolves to its output. Throws if npm fails. */
async function npm(args: readonly string[], cwd: string): Promise<string> {
  const result = await run('npm', args, { cwd, env: { npm_config_update_notifier: 'false' } });
  if (result.failed) throw new Error(failureOf(result));
  return result.stdout;
}
