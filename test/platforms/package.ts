import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { problemOf, sectionOf, type Check } from './check.ts';
import { run } from './command.ts';
import { deno } from './deno.ts';
import { platforms, root, withInstalled, type Installed } from './installed.ts';
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

const isSource = (path: string): boolean => /^src\/(testing\/)?[a-z-]+\.ts$/.test(path);

/** Each source with what is made of it, and three files more. Nothing else, and nothing less. */
async function checkContent(files: readonly string[]): Promise<void> {
  const made = ['.js', '.js.map', '.d.ts', '.d.ts.map'];
  const sources = await sourceFiles();
  const wanted = ['LICENSE', 'README.md', 'package.json', ...sources, ...sources.flatMap((path) => made.map((end) => `dist/${path.slice(0, -3)}${end}`))];
  checkSame(files, wanted);
}

/** What is under src/ in this repository. Throws where that is anything but a source. */
async function sourceFiles(): Promise<string[]> {
  const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)));
  const stranger = paths.find((path) => !isSource(path));
  if (stranger !== undefined) throw new Error(`not a source: ${stranger}`);
  return paths;
}

function checkSame(files: readonly string[], wanted: readonly string[]): void {
  const surplus = files.filter((path) => !wanted.includes(path));
  const missing = wanted.filter((path) => !files.includes(path));
  if (surplus.length + missing.length > 0) throw new Error(`surplus: ${surplus.join(', ')}\nmissing: ${missing.join(', ')}`);
}

/** TypeScript would find the types beside the code as well; other readers of the package go by what it says. */
async function checkDoors({ folder, files }: Installed): Promise<void> {
  const text = await readFile(join(folder, 'node_modules/resilient-fetch/package.json'), 'utf8');
  const { exports } = JSON.parse(text) as { exports: Readonly<Record<string, Readonly<Record<string, string>>>> };
  for (const [door, conditions] of Object.entries(exports)) {
    const isNamed = Object.keys(conditions).join() === 'types,default';
    const lost = Object.values(conditions).filter((path) => !files.includes(path.replace('./', '')));
    if (!isNamed || lost.length > 0) throw new Error(`${door}: ${JSON.stringify(conditions)}`);
  }
}

/** Every map is named by its file, and every source that it names is there. */
async function checkMaps({ folder, files }: Installed): Promise<void> {
  const home = join(folder, 'node_modules/resilient-fetch');
  for (const path of files.filter((name) => /\.(js|d\.ts)$/.test(name))) {
    const file = join(home, path);
    const [, map = ''] = /\n\/\/# sourceMappingURL=(.+)$/.exec((await readFile(file, 'utf8')).trimEnd()) ?? [];
    const { sources } = JSON.parse(await readFile(join(dirname(file), map), 'utf8')) as { sources: readonly string[] };
    const lost = sources.filter((source) => !files.includes(relative(home, resolve(dirname(file), source))));
    if (sources.length === 0 || lost.length > 0) throw new Error(`${path}: ${lost.join(', ') || 'no sources'}`);
  }
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
