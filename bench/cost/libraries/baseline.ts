import { fetchInLoop } from './baseline-loop.ts';
import type { Library } from './library.ts';

export const baseline: Library = {
  name: 'baseline',
  packages: [],
  callsFetch: true,
  program: `export { fetchInLoop } from './dist/cost/libraries/baseline-loop.js'`,
  create: async (settings) => (url, signal) => fetchInLoop(url, signal, settings),
};
