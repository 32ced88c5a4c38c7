import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { failureOf, run } from '../lib/command.ts';
import { runDeno } from '../lib/deno.ts';
import { installPackage } from '../lib/installed-package.ts';
import { commandPath, nodePath, packageRoot } from '../lib/paths.ts';
import { problemOf, reportOf, type Check, type Report } from '../lib/report.ts';
import type { Workspace } from '../lib/workspace.ts';
import { checkContents, checkExports, checkSameFiles, checkSourceMaps, sourceFiles } from './contents.ts';

/** Checks the package that npm and JSR would publish. */
export async function checkPackage(workspace: Workspace): Promise<Report> {
  const installed = await installPackage(workspace);
  return reportOf('Package', ['check', 'by'], [
    { labels: ['the files', 'npm pack'], problem: await problemOf(() => checkContents(installed.files)) },
    { labels: ['each export has its types first, then its code', 'package.json'], problem: await problemOf(() => checkExports(installed)) },
    { labels: ['the source maps name files of the package', 'npm pack'], problem: await problemOf(() => checkSourceMaps(installed)) },
    { labels: ['publint', '--strict'], problem: await problemOfTool('publint', ['run', installed.tarball, '--strict']) },
    { labels: ['are-the-types-wrong', '--profile node16'], problem: await problemOfTool('attw', [installed.tarball, ...attwOptions]) },
    { labels: ['no slow types, the files', 'deno publish --dry-run'], problem: await problemOf(() => checkJsr(workspace)) },
    ...await Promise.all([20, 22, 24, 26].map((version) => load(installed.project, version))),
  ]);
}

/**
 * Not `strict`, because its `node10` stands for resolvers that do not know `exports`: they are older than any supported
 * Node. Not `esm-only`, because require() works on every supported Node, so its types are checked too. The ignored rule
 * reports that require() resolves to ESM: that is intended.
 */
const attwOptions = ['--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm', '--no-definitely-typed', '--no-color', '--no-emoji'];

const problemOfTool = async (name: string, args: readonly string[]): Promise<string | undefined> =>
  failureOf(await run(process.execPath, [commandPath(name), ...args]));

/** Checks the files that JSR would publish, and that JSR accepts their types. */
async function checkJsr(workspace: Workspace): Promise<void> {
  const result = await runDeno(['publish', '--dry-run', '--allow-dirty'], packageRoot, workspace.directory('deno'));
  if (result.failed || /warning/i.test(result.stderr)) throw new Error(failureOf(result) ?? result.stderr);
  const files = [...result.stderr.matchAll(/^ +(file:.+) \(/gm)].map(([, url = '']) => relative(packageRoot, new URL(url).pathname));
  checkSameFiles(files, ['LICENSE', 'README.md', 'jsr.json', ...await sourceFiles()]);
  const [npm, jsr] = [await versionIn('package.json'), await versionIn('jsr.json')];
  if (npm !== jsr) throw new Error(`package.json has version ${npm}, jsr.json has version ${jsr}`);
}

const versionIn = async (name: string): Promise<string> =>
  (JSON.parse(await readFile(join(packageRoot, name), 'utf8')) as { version: string }).version;

/** Loads every entry point by require() and by import, and compares the functions. */
const loading = `
  const main = require('resilient-fetch');
  const layers = require('resilient-fetch/layers');
  const testing = require('resilient-fetch/testing');
  const check = async () => {
    const isSame = (await import('resilient-fetch')).resilientFetch === main.resilientFetch
      && (await import('resilient-fetch/layers')).hedge === layers.hedge
      && (await import('resilient-fetch/testing')).FakeClock === testing.FakeClock;
    console.log(isSame, typeof main.resilientFetch, typeof layers.hedge, typeof testing.FakeClock);
  };
  check();
`;

/** Runs the program above on a Node, which must not warn. */
async function load(project: string, version: number): Promise<Check> {
  const script = join(project, `load-${version}.cjs`);
  await writeFile(script, loading);
  const { stdout, stderr, message } = await run(nodePath(version), [script], { cwd: project });
  const isCorrect = stdout === 'true function function function' && stderr === '';
  return { labels: ['require() and import', `Node ${version}`], problem: isCorrect ? undefined : message ?? stdout + stderr };
}
