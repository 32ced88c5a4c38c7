import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop, transform } from 'esbuild';
import Minimizer from 'minimizer-webpack-plugin';
import { rollup } from 'rollup';
import * as vite from 'vite';
import webpack from 'webpack';
import { withTemporary } from './temporary.ts';

/** Bundles a module for browsers, as small as it gets, or with the names that it was written with. */
export type Bundler = (entry: string, minify: boolean) => Promise<string>;

const esbuildBundle: Bundler = async (entry, minify) => {
  const { outputFiles: [file] } = await build({ entryPoints: [entry], bundle: true, write: false, format: 'esm', minify });
  return file?.text ?? '';
};

/** Rollup leaves it to plugins to find packages, and to make things small. */
const rollupBundle: Bundler = async (entry, minify) => {
  const resolveId = (name: string): string | null => (name.startsWith('resilient-fetch') ? fileURLToPath(import.meta.resolve(name)) : null);
  const bundle = await rollup({ input: entry, plugins: [{ name: 'packages', resolveId }] });
  const { output: [{ code }] } = await bundle.generate({ format: 'es' });
  return minify ? (await transform(code, { minify, format: 'esm' })).code : code;
};

/** Webpack leaves it to its minimizer to drop what is not used, so that this has a part even where names are kept. */
const webpackBundle: Bundler = (entry, minify) =>
  withTemporary(async (folder) => {
    const minimizer = [new Minimizer({ extractComments: false, minify: { implementation: Minimizer.terserMinify, options: { mangle: minify } }, parallel: false })];
    const compiler = webpack({ mode: 'production', entry, output: { path: folder }, optimization: { minimizer } });
    const errors = await new Promise<string | undefined>((resolve) => {
      compiler.run((error, stats) => resolve(error?.message ?? (stats?.hasErrors() ? stats.toString('errors-only') : undefined)));
    });
    if (errors !== undefined) throw new Error(errors);
    return readFile(join(folder, 'main.js'), 'utf8');
  });

const viteBundle: Bundler = async (entry, minify) => {
  const result = await vite.build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify, modulePreload: false, rollupOptions: { input: entry } },
  });
  if (!('output' in result)) throw new Error('vite was to build once');
  return result.output[0].code;
};

/** Ends the process that esbuild keeps for bundles to come. */
export const stopBundlers = (): Promise<void> => stop();

export const bundlers: Readonly<Record<string, Bundler>> = {
  esbuild: esbuildBundle,
  rollup: rollupBundle,
  webpack: webpackBundle,
  vite: viteBundle,
};
