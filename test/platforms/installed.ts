import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, type Ended } from './command.ts';
import { withTemporary } from './temporary.ts';

/** The repository's root: this file is built into test/platforms/dist. */
export const root = join(import.meta.dirname, '../../..');

/** The private package that holds what the checks need. */
export const platforms = join(root, 'test/platforms');

/** The package as users get it. */
export interface Installed {
  /** The packed tarball. */
  readonly tarball: string;
  /** An otherwise empty project that has it installed. */
  readonly folder: string;
  /** The paths in the tarball, as npm tells them. */
  readonly files: readonly string[];
}

/** Packs what is built, and installs it into an empty project, without the network. */
export const withInstalled = <Result>(use: (installed: Installed) => Promise<Result>): Promise<Result> =>
  withTemporary(async (folder) => {
    // Without scripts, as prepack would build anew what other checks are reading.
    const packed = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
    const [{ filename, files }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
    const tarball = join(folder, filename);
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    await npm(['install', '--offline', '--no-audit', '--no-fund', tarball], folder);
    return use({ tarball, folder, files: files.map(({ path }) => path) });
  });

/** Runs npm, and throws what it said where it failed. */
async function npm(args: readonly string[], cwd: string): Promise<Ended> {
  const ended = await run('npm', args, { cwd, environment: { npm_config_update_notifier: 'false' } });
  if (!ended.succeeded) throw new Error(`npm ${args[0]}: ${ended.stderr}`);
  return ended;
}
