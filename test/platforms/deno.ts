import { join } from 'node:path';
import { run, type Ended } from './command.ts';
import { platforms } from './installed.ts';

/** Runs Deno with a cache of its own, which holds nothing, and with nothing but this machine to ask. */
export const deno = (args: readonly string[], cwd: string, folder: string): Promise<Ended> =>
  run(process.execPath, [join(platforms, 'node_modules/deno/bin.cjs'), ...args], {
    cwd,
    environment: { DENO_DIR: join(folder, '.deno'), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1', HTTPS_PROXY: 'http://127.0.0.1:9' },
  });
