import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop, transform } from 'esbuild';
import Minimizer from 'minimizer-webpack-plugin';
import { rollup } from 'rollup';
import * as vite from 'vite';
import webpack from 'webpack';
import type { Workspace } from '../lib/workspace.ts';

/** Bundles a module for browsers: minified, or with its names as they are written. */
export type Bundler = (entry: string, minify: boolean, workspace: Workspace) => Promise<string>;

const esbuildBundle: Bundler = async (entry, minify) => {
  const { outputFiles: [file] } = await build({ entryPoints: [entry], bundle: true, write: false, format: 'esm', minify });
  return file?.text ?? '';
};

/** Rollup needs plugins to find packages and to minify. */
const rollupBundle: Bundler = async (entry, minify) => {
  const resolveId = (name: string): string | null => (name.startsWith('resilient-fetch') ? fileURLToPath(import.meta.resolve(name)) : null);
  const bundle = await rollup({ input: entry, plugins: [{ name: 'packages', resolveId }] });
  const { output: [{ code }] } = await bundle.generate({ format: 'es' });
  return minify ? (await transform(code, { minify, format: 'esm' })).code : code;
};

/** Webpack's minimizer drops unused code, so the minimizer runs even where names stay as they are. */
const webpackBundle: Bundler = async (entry, minify, workspace) => {
  const folder = workspace.directory('webpack');
  const minimizer = [new Minimizer({ extractComments: false, minify: { implementation: Minimizer.terserMinify, options: { mangle: minify } }, parallel: false })];
  const compiler = webpack({ mode: 'production', entry, output: { path: folder }, optimization: { minimizer } });
  const errors = await new Promise<string | undefined>((resolve) => {
    compiler.run((error, stats) => resolve(error?.message ?? (stats?.hasErrors() ? stats.toString('errors-only') : undefined)));
  });
  if (errors !== undefined) throw new Error(errors);
  return readFile(join(folder, 'main.js'), 'utf8');
};

const viteBundle: Bundler = async (entry, minify) => {
  const result = await vite.build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify, modulePreload: false, rollupOptions: { input: entry } },
  });
  if (!('output' in result)) throw new Error('vite did not return a single build');
  return result.output[0].code;
};

/** Ends the process that esbuild keeps for later bundles. */
export const stopBundlers = (): Promise<void> => stop();

export const bundlers: Readonly<Record<string, Bundler>> = {
  esbuild: esbuildBundle,
  rollup: rollupBundle,
  webpack: webpackBundle,
  vite: viteBundle,
};
