import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { bundlers, stopBundlers, type Bundler } from './bundlers.ts';
import { sectionOf, tableOf, type Check } from './check.ts';
import { findChromium, runInChromium } from './bundle-page.ts';
import type { Section } from './section.ts';

/**
 * The most that `import { resilientFetch }` may weigh, in bytes, minified and gzipped by esbuild: 2 % above what it weighs
 * now, so that a fix fits, and a feature that everyone would pay for does not go unnoticed. Raise it in the commit that
 * needs it, with its reason.
 */
const ceiling = 7_440;

/**
 * What an app that imports `resilientFetch` alone should not hold. `stepDate` is a member of `FakeClock`, as a minimizer
 * that puts a class where it is used drops its name.
 */
const unused = ['failuresOf', 'retryBudget', 'FakeClock', 'stepDate', 'scriptedFetch', 'seededRandom'];

/** What counts from the day it exists. */
const planned = ['retryBudget'];

const app = join(import.meta.dirname, 'app.js');
const everything = join(import.meta.dirname, 'everything.js');

/** The same app by each bundler: what it holds, how it fares in a browser, and what it weighs. */
export const bundles = (): Promise<Section> => checkBundles().finally(stopBundlers);

async function checkBundles(): Promise<Section> {
  const minified = new Map<string, string>();
  const checks: Check[] = [];
  for (const [name, bundler] of Object.entries(bundlers)) {
    minified.set(name, await bundler(app, true));
    checks.push({ columns: [name, 'drops what is not used'], problem: await surplusOf(bundler) });
  }
  checks.push(...await checkInBrowser(minified));
  const weight = gzipped(minified.get('esbuild') ?? '');
  checks.push({ columns: ['esbuild', `weighs at most ${ceiling} B, gzipped`], problem: weight > ceiling ? `${weight} B` : undefined });
  const sizes = [...minified].map(([name, code]) => [name, ...sizesOf(code)]);
  const section = sectionOf('Bundles', ['bundler', 'check'], checks);
  return { ...section, lines: [...tableOf([['bytes', 'minified', 'gzip', 'brotli'], ...sizes]), '', ...section.lines] };
}

/** What the app holds and does not use. Names are kept; that they are found where they are used is seen first. */
async function surplusOf(bundler: Bundler): Promise<string | undefined> {
  const all = await bundler(everything, false);
  const bundle = await bundler(app, false);
  const exported = Object.keys({ ...await import('resilient-fetch'), ...await import('resilient-fetch/testing') });
  const missed = unused.filter((name) => !all.includes(name) && (exported.includes(name) || !planned.includes(name)));
  if (missed.length > 0) return `not found even in a bundle of everything: ${missed.join(', ')}`;
  const surplus = unused.filter((name) => bundle.includes(name));
  return surplus.length > 0 ? `still there: ${surplus.join(', ')}` : undefined;
}

const gzipped = (code: string): number => gzipSync(code, { level: 9 }).length;

const sizesOf = (code: string): string[] => [Buffer.byteLength(code), gzipped(code), brotliCompressSync(code).length].map(String);

async function checkInBrowser(minified: ReadonlyMap<string, string>): Promise<Check[]> {
  const chromium = findChromium();
  const check = 'runs in Chromium';
  if (chromium === 'left out') return [{ columns: ['every', `${check}: left out, as it is neither here nor can it be installed`] }];
  if (chromium === 'missing') return [{ columns: ['every', check], problem: 'no Chromium, and it cannot be installed' }];
  const results = await runInChromium(minified);
  return [...minified.keys()].map((name) => {
    const result = results.get(name) ?? 'nothing was posted in time';
    return { columns: [name, check], problem: result === '200 answered' ? undefined : result };
  });
}
