import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: pathOf('.'),
  // One file, its worker too, so that it opens from disk.
  plugins: [viteSingleFile()],
  resolve: {
    alias: [
      { find: /^resilient-fetch$/, replacement: pathOf('../src/index.ts') },
      { find: /^resilient-fetch\/(\w+)$/, replacement: pathOf('../src/$1/index.ts') },
    ],
    // The model of the retry storms is outside of this package.
    dedupe: ['d3-array', 'd3-random'],
  },
});
