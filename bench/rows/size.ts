import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { markdown } from '../table.ts';

/** Where the packages are. */
const bench = fileURLToPath(new URL('../../', import.meta.url));

/** What a browser loads for a program that does nothing but import this. */
interface Entry {
  readonly name: string;
  /** What such a program says. */
  readonly source: string;
  readonly packages: readonly string[];
}

const ourSource = `export { resilientFetch } from 'resilient-fetch'`;

const entries: readonly Entry[] = [
  { name: '`resilientFetch`', source: ourSource, packages: ['resilient-fetch'] },
  { name: 'all of resilient-fetch', source: `export * from 'resilient-fetch'`, packages: ['resilient-fetch'] },
  { name: 'fetch-retry', source: `export { default } from 'fetch-retry'`, packages: ['fetch-retry'] },
  { name: 'p-retry', source: `export { default } from 'p-retry'`, packages: ['p-retry'] },
  { name: 'ofetch', source: `export { ofetch } from 'ofetch'`, packages: ['ofetch'] },
  { name: 'cockatiel', source: `export { handleAll, retry, timeout, wrap, ConstantBackoff, TimeoutStrategy } from 'cockatiel'`, packages: ['cockatiel'] },
  {
    name: 'wretch, abort and retry',
    source: `export { default } from 'wretch'; export { default as abort } from 'wretch/addons/abort'; export { retry } from 'wretch/middlewares/retry'`,
    packages: ['wretch'],
  },
  { name: 'fetch-extras, two of it', source: `export { withRetry, withTimeout } from 'fetch-extras'`, packages: ['fetch-extras'] },
  { name: 'ffetch', source: `export { createClient } from '@fetchkit/ffetch'`, packages: ['@fetchkit/ffetch'] },
  { name: 'up-fetch', source: `export { up } from 'up-fetch'`, packages: ['up-fetch'] },
  { name: 'ky', source: `export { default } from 'ky'`, packages: ['ky'] },
  { name: 'axios, axios-retry', source: `export { default } from 'axios'; export { default as retry } from 'axios-retry'`, packages: ['axios', 'axios-retry'] },
  { name: 'floor', source: `export { floor } from './dist/floor.js'`, packages: [] },
];

/** Bytes of a program, in the three ways of telling. */
export interface Size {
  readonly minified: number;
  readonly gzip: number;
  readonly brotli: number;
}

/** Bundles and minifies for browsers, as a page would. Told too is how much of it each file came to, in their order in the bundle. */
async function bundleOf(source: string): Promise<{ code: Buffer; files: [name: string, bytes: number][] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: bench },
    bundle: true, minify: true, write: false, metafile: true, format: 'esm', target: 'es2022', platform: 'browser', logLevel: 'silent',
  });
  const inputs = Object.values(metafile.outputs)[0]?.inputs ?? {};
  return { code: Buffer.from(outputFiles[0]?.contents ?? []), files: Object.entries(inputs).map(([name, { bytesInOutput }]) => [name, bytesInOutput]) };
}

const gzipped = (code: Buffer): number => gzipSync(code, { level: 9 }).length;

async function sizeOf(source: string): Promise<Size> {
  const { code } = await bundleOf(source);
  return { minified: code.length, gzip: gzipped(code), brotli: brotliCompressSync(code).length };
}

/** What each of our files weighs: how much smaller the bundle would be without its text, which shares its words with the others. */
async function weights(): Promise<[file: string, minified: number, gzip: number][]> {
  const { code, files } = await bundleOf(ourSource);
  let start = 0;
  return files.map(([name, bytes]) => {
    const rest = Buffer.concat([code.subarray(0, start), code.subarray(start += bytes)]);
    return [name.replace(/^.*\//, '').replace(/\.js$/, ''), bytes, gzipped(code) - gzipped(rest)];
  });
}

type Locked = { readonly version?: string; readonly dependencies?: Record<string, string> };

/** How many packages come along with these, by the lockfile. */
function dependenciesOf(packages: readonly string[]): number {
  const locked = (JSON.parse(readFileSync(`${bench}package-lock.json`, 'utf8')) as { packages: Record<string, Locked> }).packages;
  const found = new Set<string>();
  const visit = (path: string): void => {
    for (const name of Object.keys(locked[path]?.dependencies ?? {})) {
      const place = [`${path}/node_modules/${name}`, `node_modules/${name}`].find((candidate) => candidate in locked) ?? name;
      if (found.has(place)) continue;
      found.add(place);
      visit(place);
    }
  };
  for (const name of packages) visit(`node_modules/${name}`);
  for (const name of packages) found.delete(`node_modules/${name}`);
  return found.size;
}

/** The table of sizes, smallest first. */
export async function sizes(): Promise<string[]> {
  const measured = await Promise.all(entries.map(async ({ name, source, packages }) => ({ name, dependencies: dependenciesOf(packages), ...await sizeOf(source) })));
  const ordered = measured.sort((a, b) => a.gzip - b.gzip);
  return [
    '## Size', '', 'Bytes of a program that imports this and nothing else, bundled by esbuild for browsers, and the packages that come along.', '',
    ...markdown([
      ['', 'minified', 'gzip', 'brotli', 'dependencies'],
      ...ordered.map(({ name, minified, gzip, brotli, dependencies }) => [name, minified, gzip, brotli, dependencies].map(String)),
    ]),
    '', 'Of `resilientFetch`, what each file weighs: by how much the bundle would be smaller without its text.', '',
    ...markdown([['', 'minified', 'gzip'], ...(await weights()).sort((a, b) => b[2] - a[2]).filter(([, minified]) => minified > 0).map((row) => row.map(String))]),
  ];
}
