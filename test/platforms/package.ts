import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { problemOf, sectionOf, type Check } from './check.ts';
import { run } from './command.ts';
import { checkContent, checkDoors, checkMaps, checkSame, sourceFiles } from './content.ts';
import { deno } from './deno.ts';
import { platforms, root, withInstalled } from './installed.ts';
import type { Section } from './section.ts';

/** Looks at the package as users get it: from npm, and from JSR. */
export const packaged = (): Promise<Section> =>
  withInstalled(async (installed) => sectionOf('Package', ['check', 'by'], [
    { columns: ['what is in it', 'npm pack'], problem: await problemOf(() => checkContent(installed.files)) },
    { columns: ['each door names its types, then its code', 'package.json'], problem: await problemOf(() => checkDoors(installed)) },
    { columns: ['source maps lead to what is in it', 'npm pack'], problem: await problemOf(() => checkMaps(installed)) },
    { columns: ['publint', '--strict'], problem: await tool('publint', ['run', installed.tarball, '--strict']) },
    { columns: ['are-the-types-wrong', '--profile node16'], problem: await tool('attw', [installed.tarball, ...attwFlags]) },
    { columns: ['no slow types, what is in it', 'deno publish --dry-run'], problem: await problemOf(() => checkJsr(installed.folder)) },
    ...await Promise.all(['20', '22', '24', '26'].map((version) => load(installed.folder, version))),
  ]));

/**
 * Not `strict`, as its `node10` stands for resolvers that do not know `exports`, older than any Node we run on. Not
 * `esm-only`, as require() works on each Node we run on, so that its types are looked at too; only that it leads to ESM is
 * what we mean, which the tool takes for an error since before Node could do it.
 */
const attwFlags = ['--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm', '--no-definitely-typed', '--no-color', '--no-emoji'];

/** What a tool of the private package has against the package. */
async function tool(name: string, args: readonly string[]): Promise<string | undefined> {
  const { succeeded, stdout, stderr } = await run(process.execPath, [join(platforms, 'node_modules/.bin', name), ...args]);
  return succeeded ? undefined : stdout + stderr;
}

/** What JSR would get, and what it says to its types. */
async function checkJsr(folder: string): Promise<void> {
  const { succeeded, stdout, stderr } = await deno(['publish', '--dry-run', '--allow-dirty'], root, folder);
  if (!succeeded || /warning/i.test(stderr)) throw new Error(stdout + stderr);
  const files = [...stderr.matchAll(/^ +(file:.+) \(/gm)].map(([, url = '']) => relative(root, new URL(url).pathname));
  checkSame(files, ['LICENSE', 'README.md', 'jsr.json', ...await sourceFiles()]);
  const [npm, jsr] = [await versionIn('package.json'), await versionIn('jsr.json')];
  if (npm !== jsr) throw new Error(`package.json is of version ${npm}, jsr.json of ${jsr}`);
}

const versionIn = async (name: string): Promise<string> =>
  (JSON.parse(await readFile(join(root, name), 'utf8')) as { version: string }).version;

/** Both doors by require() and by import: the same functions, and not a word of warning. */
const loading = `
  const main = require('resilient-fetch');
  const testing = require('resilient-fetch/testing');
  const check = async () => {
    const isSame = (await import('resilient-fetch')).resilientFetch === main.resilientFetch
      && (await import('resilient-fetch/testing')).FakeClock === testing.FakeClock;
    console.log(isSame, typeof main.resilientFetch, typeof testing.FakeClock);
  };
  check();
`;

async function load(folder: string, version: string): Promise<Check> {
  const script = join(folder, `load-${version}.cjs`);
  await writeFile(script, loading);
  const { stdout, stderr } = await run(join(platforms, `node_modules/node${version}/bin/node`), [script], { cwd: folder });
  const isRight = stdout === 'true function function\n' && stderr === '';
  return { columns: ['require() and import', `Node ${version}`], problem: isRight ? undefined : stdout + stderr };
}
