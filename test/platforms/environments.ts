import { join } from 'node:path';
import { platforms, root } from './installed.ts';

/** The TypeScripts that are tried: the oldest that is promised, and the current one. */
export const compilers = {
  'TypeScript 5.4': join(platforms, 'node_modules/typescript-5.4/bin/tsc'),
  'TypeScript 7': join(root, 'node_modules/typescript/bin/tsc'),
};

export type Compiler = keyof typeof compilers;

/** Where users have their fetch's types from. */
export interface Environment {
  readonly name: string;
  /** Of the folder `types`. */
  readonly files: readonly string[];
  /** Compiler options over the common ones. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The one compiler that can. Default every one. */
  readonly only?: Compiler;
}

const node20Types = [join(root, 'node_modules/@types')];
const typeRoots = [join(platforms, 'node_modules/@types'), join(platforms, 'node_modules')];
const uses = ['uses.ts', 'drop-in.ts'];

const dom = { lib: ['es2022', 'dom'], types: [] };
const node = { lib: ['es2022'], types: ['node'], typeRoots };
const bun = { lib: ['es2022'], types: ['bun-types'], typeRoots };

/** What `tsc` is tried with. */
export const environments: readonly Environment[] = [
  { name: 'lib.dom', files: uses, options: dom },
  { name: 'lib.dom, without exactOptionalPropertyTypes', files: uses, options: { ...dom, exactOptionalPropertyTypes: false } },
  { name: 'lib.dom, resolved as a bundler does', files: uses, options: { ...dom, module: 'esnext', moduleResolution: 'bundler' } },
  // TypeScript knows since 5.8 that require() takes ESM.
  { name: 'lib.dom, from CommonJS', files: ['require.cts'], options: dom, only: 'TypeScript 7' },
  { name: '@types/node 20', files: [...uses, 'node.ts'], options: { ...node, typeRoots: node20Types } },
  { name: '@types/node 26', files: [...uses, 'node.ts'], options: node, only: 'TypeScript 7' },
  // @types/node 26 and bun-types use what TypeScript has since 5.6 and 5.7, so that they are not checked themselves.
  { name: '@types/node 26, skipLibCheck', files: [...uses, 'node.ts'], options: { ...node, skipLibCheck: true }, only: 'TypeScript 5.4' },
  // With lib.dom beside it, RequestInit is the browser's, and fetch itself takes no dispatcher.
  { name: 'lib.dom and @types/node 20', files: uses, options: { ...node, lib: dom.lib, typeRoots: node20Types } },
  { name: 'lib.dom and @types/node 26', files: uses, options: { ...node, lib: dom.lib }, only: 'TypeScript 7' },
  { name: '@cloudflare/workers-types', files: [...uses, 'workers.ts'], options: { lib: ['es2022'], types: ['@cloudflare/workers-types'], typeRoots } },
  { name: 'bun-types', files: ['uses.ts', 'bun.ts'], options: bun, only: 'TypeScript 7' },
  { name: 'bun-types, skipLibCheck', files: ['uses.ts', 'bun.ts'], options: { ...bun, skipLibCheck: true }, only: 'TypeScript 5.4' },
];

/** What `deno check` is tried with: its configuration, which leads the package's name to one or the other. */
export const denoEnvironments: readonly Environment[] = [
  { name: 'the package in node_modules', files: [...uses, 'deno.ts'], options: {} },
  {
    name: 'the TypeScript source',
    files: [...uses, 'deno.ts'],
    options: { imports: { 'resilient-fetch': join(root, 'src/index.ts'), 'resilient-fetch/testing': join(root, 'src/testing/index.ts') } },
  },
];
