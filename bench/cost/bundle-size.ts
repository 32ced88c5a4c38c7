import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { libraries } from './libraries/index.ts';
import { resilientFetch } from './libraries/resilient-fetch.ts';
import { markdown } from './report/markdown.ts';

/** The folder of the packages. */
const bench = fileURLToPath(new URL('../../', import.meta.url));

/** The bytes that a browser loads for a program. */
interface Size {
  readonly minified: number;
  readonly gzip: number;
  readonly brotli: number;
}

interface Bundle {
  readonly code: Buffer;
  /** The name of each file and its bytes in the bundle, in their order there. */
  readonly files: readonly (readonly [name: string, bytes: number])[];
}

/** Bundles and minifies a program for browsers. */
async function bundle(program: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: bench },
    bundle: true, minify: true, write: false, metafile: true, format: 'esm', target: 'es2022', platform: 'browser', logLevel: 'silent',
  });
  const inputs = Object.values(metafile.outputs)[0]?.inputs ?? {};
  return { code: Buffer.from(outputFiles[0]?.contents ?? []), files: Object.entries(inputs).map(([name, { bytesInOutput }]) => [name, bytesInOutput]) };
}

const gzippedLength = (code: Buffer): number => gzipSync(code, { level: 9 }).length;

async function sizeOf(program: string): Promise<Size> {
  const { code } = await bundle(program);
  return { minified: code.length, gzip: gzippedLength(code), brotli: brotliCompressSync(code).length };
}

/** Returns the bytes of `import { resilientFetch }`, minified and gzipped. */
export const gzippedSize = async (): Promise<number> => (await sizeOf(resilientFetch.program ?? '')).gzip;

/** Returns the bytes that a layer adds to that bundle. */
export const gzippedSizeOf = async (layer: string): Promise<number> =>
  (await sizeOf(`${resilientFetch.program}; export { ${layer} } from 'resilient-fetch/layers'`)).gzip - await gzippedSize();

/** Returns how much smaller the bundle would be without each of our files. Files share words, so the sum is less than the bundle. */
async function sizesOfFiles(): Promise<{ file: string; minified: number; gzip: number }[]> {
  const { code, files } = await bundle(resilientFetch.program ?? '');
  let start = 0;
  return files.map(([name, minified]) => {
    const withoutFile = Buffer.concat([code.subarray(0, start), code.subarray(start += minified)]);
    return { file: name.replace(/^.*\/src\//, '').replace(/\.js$/, ''), minified, gzip: gzippedLength(code) - gzippedLength(withoutFile) };
  });
}

type LockedPackage = { readonly dependencies?: Record<string, string> };

/** Counts the packages that are installed along with these, by the lockfile. */
function dependenciesOf(packages: readonly string[]): number {
  const lockfile = JSON.parse(readFileSync(`${bench}package-lock.json`, 'utf8')) as { packages: Record<string, LockedPackage> };
  const found = new Set<string>();
  const visit = (path: string): void => {
    for (const name of Object.keys(lockfile.packages[path]?.dependencies ?? {})) {
      const dependency = [`${path}/node_modules/${name}`, `node_modules/${name}`].find((candidate) => candidate in lockfile.packages) ?? name;
      if (found.has(dependency)) continue;
      found.add(dependency);
      visit(dependency);
    }
  };
  for (const name of packages) visit(`node_modules/${name}`);
  for (const name of packages) found.delete(`node_modules/${name}`);
  return found.size;
}

interface Entry {
  readonly name: string;
  readonly program: string;
  readonly packages: readonly string[];
}

const entries: readonly Entry[] = [
  { name: 'resilient-fetch, all of it', program: `export * from 'resilient-fetch'`, packages: [] },
  ...libraries.flatMap(({ name, program, packages }) => (program === undefined ? [] : [{ name, program, packages }])),
];

/** Formats the sizes of all libraries, and of our files, smallest and largest first. */
export async function sizeTables(): Promise<string[]> {
  const sizes = await Promise.all(entries.map(async ({ name, program, packages }) =>
    ({ name, ...await sizeOf(program), dependencies: dependenciesOf(packages) })));
  const files = (await sizesOfFiles()).filter(({ minified }) => minified > 0);
  return [
    '## Size', '',
    'Bytes of a program that imports the library and nothing else, bundled by esbuild for browsers, and the packages that come with it.', '',
    ...markdown([
      ['', 'minified', 'gzip', 'brotli', 'dependencies'],
      ...sizes.sort((a, b) => a.gzip - b.gzip).map((size) => Object.values(size).map(String)),
    ]),
    '', 'The files of `resilientFetch`: the bytes by which the bundle would be smaller without them.', '',
    ...markdown([['', 'minified', 'gzip'], ...files.sort((a, b) => b.gzip - a.gzip).map((file) => Object.values(file).map(String))]),
  ];
}
