import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { InstalledPackage } from '../lib/installed-package.ts';
import { packageRoot } from '../lib/paths.ts';

const isSource = (path: string): boolean => /^src\/((layers|testing)\/)?[a-z-]+\.ts$/.test(path);

/** A document that README.md links to. `test/docs/links.test.ts` requires all of them. */
const isDocument = (path: string): boolean => /^(?:(?:docs|bench)\/.+\.(?:md|svg)|(?:CHANGELOG|CONTRIBUTING|SECURITY)\.md)$/.test(path);

/** Throws unless the package has each source, each compiled file, and three further files. It may have documents. */
export async function checkContents(files: readonly string[]): Promise<void> {
  const suffixes = ['.js', '.js.map', '.d.ts', '.d.ts.map'];
  const sources = await sourceFiles();
  const compiled = sources.flatMap((path) => suffixes.map((suffix) => `dist/${path.slice(0, -'.ts'.length)}${suffix}`));
  checkSameFiles(files.filter((path) => !isDocument(path)), ['LICENSE', 'README.md', 'package.json', ...sources, ...compiled]);
}

/** The paths below src/ in this repository. Throws if one of them is no source file. */
export async function sourceFiles(): Promise<string[]> {
  const entries = await readdir(join(packageRoot, 'src'), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => relative(packageRoot, join(entry.parentPath, entry.name)));
  const other = paths.find((path) => !isSource(path));
  if (other !== undefined) throw new Error(`not a source file: ${other}`);
  return paths;
}

/** Throws the unexpected and the missing files. */
export function checkSameFiles(files: readonly string[], expected: readonly string[]): void {
  const unexpected = files.filter((path) => !expected.includes(path));
  const missing = expected.filter((path) => !files.includes(path));
  if (unexpected.length + missing.length > 0) throw new Error(`unexpected: ${unexpected.join(', ')}\nmissing: ${missing.join(', ')}`);
}

/** TypeScript finds types beside the code without `exports`; other tools do not. */
export async function checkExports({ project, files }: InstalledPackage): Promise<void> {
  const text = await readFile(join(project, 'node_modules/resilient-fetch/package.json'), 'utf8');
  const { exports } = JSON.parse(text) as { exports: Readonly<Record<string, Readonly<Record<string, string>>>> };
  for (const [name, conditions] of Object.entries(exports)) {
    const isOrdered = Object.keys(conditions).join() === 'types,default';
    const missing = Object.values(conditions).filter((path) => !files.includes(path.replace('./', '')));
    if (!isOrdered || missing.length > 0) throw new Error(`${name}: ${JSON.stringify(conditions)}`);
  }
}

/** Every compiled file names its source map, and the package has every source that the map names. */
export async function checkSourceMaps({ project, files }: InstalledPackage): Promise<void> {
  const folder = join(project, 'node_modules/resilient-fetch');
  for (const path of files.filter((name) => /\.(js|d\.ts)$/.test(name))) {
    const file = join(folder, path);
    const [, map = ''] = /\n\/\/# sourceMappingURL=(.+)$/.exec((await readFile(file, 'utf8')).trimEnd()) ?? [];
    const { sources } = JSON.parse(await readFile(join(dirname(file), map), 'utf8')) as { sources: readonly string[] };
    const missing = sources.filter((source) => !files.includes(relative(folder, resolve(dirname(file), source))));
    if (sources.length === 0 || missing.length > 0) throw new Error(`${path}: ${missing.join(', ') || 'no sources'}`);
  }
}
