import { join } from 'node:path';
import { packageRoot, platformsRoot } from '../lib/paths.ts';

/** The oldest supported TypeScript and the current one. */
export const compilers = {
  'TypeScript 5.4': join(platformsRoot, 'node_modules/typescript-5.4/bin/tsc'),
  'TypeScript 7': join(packageRoot, 'node_modules/typescript/bin/tsc'),
};

export type Compiler = keyof typeof compilers;

/** A source of the types of fetch. */
export interface Environment {
  readonly name: string;
  /** Files of the folder `programs`. */
  readonly files: readonly string[];
  /** Compiler options besides the common ones. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The only compiler that supports the environment. Default every compiler. */
  readonly only?: Compiler;
}

const node20Types = [join(packageRoot, 'node_modules/@types')];
const typeRoots = [join(platformsRoot, 'node_modules/@types'), join(platformsRoot, 'node_modules')];
const uses = ['uses.ts', 'drop-in.ts'];

const dom = { lib: ['es2022', 'dom'], types: [] };
const node = { lib: ['es2022'], types: ['node'], typeRoots };
const bun = { lib: ['es2022'], types: ['bun-types'], typeRoots };

/** The environments of `tsc`. */
export const environments: readonly Environment[] = [
  { name: 'lib.dom', files: uses, options: dom },
  { name: 'lib.dom, without exactOptionalPropertyTypes', files: uses, options: { ...dom, exactOptionalPropertyTypes: false } },
  { name: 'lib.dom, moduleResolution bundler', files: uses, options: { ...dom, module: 'esnext', moduleResolution: 'bundler' } },
  // Resolution without `exports`, which TypeScript 7 no longer has: `typesVersions` name the types.
  { name: 'lib.dom, moduleResolution node10', files: uses, options: { ...dom, module: 'esnext', moduleResolution: 'node10' }, only: 'TypeScript 5.4' },
  // TypeScript supports require() of ESM since 5.8.
  { name: 'lib.dom, from CommonJS', files: ['require.cts'], options: dom, only: 'TypeScript 7' },
  { name: '@types/node 20', files: [...uses, 'node.ts'], options: { ...node, typeRoots: node20Types } },
  { name: '@types/node 26', files: [...uses, 'node.ts'], options: node, only: 'TypeScript 7' },
  // @types/node 26 and bun-types need TypeScript 5.6 and 5.7 themselves, so TypeScript 5.4 skips checking them.
  { name: '@types/node 26, skipLibCheck', files: [...uses, 'node.ts'], options: { ...node, skipLibCheck: true }, only: 'TypeScript 5.4' },
  // With lib.dom beside it, RequestInit is the browser's, and fetch itself takes no dispatcher.
  { name: 'lib.dom and @types/node 20', files: uses, options: { ...node, lib: dom.lib, typeRoots: node20Types } },
  { name: 'lib.dom and @types/node 26', files: uses, options: { ...node, lib: dom.lib }, only: 'TypeScript 7' },
  { name: '@cloudflare/workers-types', files: [...uses, 'workers.ts'], options: { lib: ['es2022'], types: ['@cloudflare/workers-types'], typeRoots } },
  { name: 'bun-types', files: ['uses.ts', 'bun.ts'], options: bun, only: 'TypeScript 7' },
  { name: 'bun-types, skipLibCheck', files: ['uses.ts', 'bun.ts'], options: { ...bun, skipLibCheck: true }, only: 'TypeScript 5.4' },
];

/** The environments of `deno check`. The options are a deno.json. */
export const denoEnvironments: readonly Environment[] = [
  { name: 'the package in node_modules', files: [...uses, 'deno.ts'], options: {} },
  {
    name: 'the TypeScript source',
    files: [...uses, 'deno.ts'],
    options: {
      imports: {
        'resilient-fetch': join(packageRoot, 'src/index.ts'),
        'resilient-fetch/layers': join(packageRoot, 'src/layers/index.ts'),
        'resilient-fetch/testing': join(packageRoot, 'src/testing/index.ts'),
      },
    },
  },
];
