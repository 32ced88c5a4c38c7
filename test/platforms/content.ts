import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { root, type Installed } from './installed.ts';

const isSource = (path: string): boolean => /^src\/(testing\/)?[a-z-]+\.ts$/.test(path);

/** Each source with what is made of it, and three files more. Nothing else, and nothing less. */
export async function checkContent(files: readonly string[]): Promise<void> {
  const made = ['.js', '.js.map', '.d.ts', '.d.ts.map'];
  const sources = await sourceFiles();
  const wanted = ['LICENSE', 'README.md', 'package.json', ...sources, ...sources.flatMap((path) => made.map((end) => `dist/${path.slice(0, -3)}${end}`))];
  checkSame(files, wanted);
}

/** What is under src/ in this repository. Throws where that is anything but a source. */
export async function sourceFiles(): Promise<string[]> {
  const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)));
  const stranger = paths.find((path) => !isSource(path));
  if (stranger !== undefined) throw new Error(`not a source: ${stranger}`);
  return paths;
}

/** Throws what is there and was not wanted, and what was wanted and is not there. */
export function checkSame(files: readonly string[], wanted: readonly string[]): void {
  const surplus = files.filter((path) => !wanted.includes(path));
  const missing = wanted.filter((path) => !files.includes(path));
  if (surplus.length + missing.length > 0) throw new Error(`surplus: ${surplus.join(', ')}\nmissing: ${missing.join(', ')}`);
}

/** TypeScript would find the types beside the code as well; other readers of the package go by what it says. */
export async function checkDoors({ folder, files }: Installed): Promise<void> {
  const text = await readFile(join(folder, 'node_modules/resilient-fetch/package.json'), 'utf8');
  const { exports } = JSON.parse(text) as { exports: Readonly<Record<string, Readonly<Record<string, string>>>> };
  for (const [door, conditions] of Object.entries(exports)) {
    const isNamed = Object.keys(conditions).join() === 'types,default';
    const lost = Object.values(conditions).filter((path) => !files.includes(path.replace('./', '')));
    if (!isNamed || lost.length > 0) throw new Error(`${door}: ${JSON.stringify(conditions)}`);
  }
}

/** Every map is named by its file, and every source that it names is there. */
export async function checkMaps({ folder, files }: Installed): Promise<void> {
  const home = join(folder, 'node_modules/resilient-fetch');
  for (const path of files.filter((name) => /\.(js|d\.ts)$/.test(name))) {
    const file = join(home, path);
    const [, map = ''] = /\n\/\/# sourceMappingURL=(.+)$/.exec((await readFile(file, 'utf8')).trimEnd()) ?? [];
    const { sources } = JSON.parse(await readFile(join(dirname(file), map), 'utf8')) as { sources: readonly string[] };
    const lost = sources.filter((source) => !files.includes(relative(home, resolve(dirname(file), source))));
    if (sources.length === 0 || lost.length > 0) throw new Error(`${path}: ${lost.join(', ') || 'no sources'}`);
  }
}
