import { run } from './command.ts';
import { commandPath } from './paths.ts';

/** Runs Deno in a project, with an empty cache and without access to the network. */
export const runDeno = (args: readonly string[], cwd: string, cache: string): ReturnType<typeof run> =>
  run(commandPath('deno'), args, { cwd, env: { DENO_DIR: cache, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1', HTTPS_PROXY: 'http://127.0.0.1:9' } });
