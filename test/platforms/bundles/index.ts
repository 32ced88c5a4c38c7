import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { markdownTable } from 'markdown-table';
import { howToInstall, isBrowserRequired, missingOf } from '../lib/browsers.ts';
import { reportOf, type Check, type Report } from '../lib/report.ts';
import type { Workspace } from '../lib/workspace.ts';
import { bundlers, stopBundlers, type Bundler } from './bundlers.ts';
import { runInChromium } from './chromium.ts';

/**
 * The largest size of `import { resilientFetch }` in bytes, minified and gzipped by esbuild. A fix fits, and a feature that
 * every user pays for is noticed: docs/decisions/size.md explains the figure. Raise it in the commit that needs it.
 */
const maxSize = 10_050;

/**
 * Names that must not be in an app that imports `resilientFetch` alone. `stepDate` is a member of `FakeClock`, because a
 * minimizer that inlines a class drops the name of the class.
 */
const unused = [
  'failuresOf', 'retryBudget', 'FakeClock', 'stepDate', 'scriptedFetch', 'seededRandom', 'rateGate', 'circuitBreaker', 'CircuitOpenError',
  'probeFor', 'hedge', 'withToken', 'concurrencyLimit', 'setHeaders', 'firstOf', 'retryAfterMs', 'rateLimitHint', 'rateLimitReset',
];

const app = join(import.meta.dirname, 'app.js');
const everything = join(import.meta.dirname, 'everything.js');

/** Bundles the same app with each bundler: checks its content, its size, and a call in a browser. */
export const checkBundles = (workspace: Workspace): Promise<Report> => bundle(workspace).finally(stopBundlers);

async function bundle(workspace: Workspace): Promise<Report> {
  const minified = new Map<string, string>();
  const checks: Check[] = [];
  for (const [name, bundler] of Object.entries(bundlers)) {
    minified.set(name, await bundler(app, true, workspace));
    checks.push({ labels: [name, 'drops unused exports'], problem: await unusedCodeOf(bundler, workspace) });
    checks.push({ labels: [name, 'keeps the effect of the import, in spite of `sideEffects: false`'], problem: missingEffectOf(minified.get(name) ?? '') });
  }
  checks.push(...await checkInChromium(minified, workspace));
  const size = gzippedSize(minified.get('esbuild') ?? '');
  checks.push({ labels: ['esbuild', `is at most ${maxSize} B gzipped`], problem: size > maxSize ? `${size} B` : undefined });
  const report = reportOf('Bundles', ['bundler', 'check'], checks);
  const sizes = markdownTable([['bytes', 'minified', 'gzip', 'brotli'], ...[...minified].map(([name, code]) => [name, ...sizesOf(code)])]);
  return { ...report, lines: [sizes, '', ...report.lines] };
}

/** The unused names that are in the app's bundle. Checks first that a bundle of everything contains each of these names. */
async function unusedCodeOf(bundler: Bundler, workspace: Workspace): Promise<string | undefined> {
  const all = await bundler(everything, false, workspace);
  const bundle = await bundler(app, false, workspace);
  const undetectable = unused.filter((name) => !all.includes(name));
  if (undetectable.length > 0) return `not found even in a bundle of everything: ${undetectable.join(', ')}`;
  const present = unused.filter((name) => bundle.includes(name));
  return present.length > 0 ? `in the bundle: ${present.join(', ')}` : undefined;
}

/** The first copy of the package on a page defines a property of the global object: `src/global-fetch.ts` says for what. */
const missingEffectOf = (code: string): string | undefined =>
  code.includes('Reflect.defineProperty(globalThis') ? undefined : 'no property of the global object is defined';

const gzippedSize = (code: string): number => gzipSync(code, { level: 9 }).length;

const sizesOf = (code: string): string[] => [Buffer.byteLength(code), gzippedSize(code), brotliCompressSync(code).length].map(String);

async function checkInChromium(minified: ReadonlyMap<string, string>, workspace: Workspace): Promise<Check[]> {
  const check = 'runs in Chromium';
  const missing = missingOf(['chromium']);
  if (missing.length > 0) {
    const reason = howToInstall(missing);
    return [isBrowserRequired ? { labels: ['every', check], problem: reason } : { labels: ['every', `${check}: ${reason}`] }];
  }
  const results = await runInChromium(minified, workspace);
  return [...results].map(([name, result]) => ({ labels: [name, check], problem: result === '200 recovered' ? undefined : result }));
}
