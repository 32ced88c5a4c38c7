import { execa } from 'execa';
import { killProcessesIn } from '../lib/processes.ts';
import { isolatedEnvironment } from '../lib/workspace.ts';
import type { RunningPlatform } from './platform.ts';

/** Starts a program of a platform, which writes into a directory. */
export function startProgram(directory: string, [file = '', ...args]: readonly string[], env: Readonly<Record<string, string>> = {}): RunningPlatform {
  const subprocess = execa(file, args, {
    env: { ...isolatedEnvironment(directory), ...env },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    all: true,
  });
  return {
    exited: subprocess,
    async stop() {
      subprocess.kill('SIGKILL');
      // The program may have started others.
      await killProcessesIn(directory);
      const { all, message = '' } = await subprocess;
      return all ?? message;
    },
  };
}
