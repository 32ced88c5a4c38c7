import { spawn } from 'node:child_process';

/** How a command ended, and what it said. */
export interface Ended {
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a command runs, and what is added to its environment. */
export interface Surroundings {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds until it is killed. Default 120 000. */
  readonly limit?: number;
  /** Kills it at once. */
  readonly signal?: AbortSignal;
}

/** The process groups that run. A group, as many a command is a launcher whose child does the work. */
const groups = new Set<number>();

function kill(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}

process.once('exit', () => groups.forEach(kill));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

/** Runs a command to its end, with no process left behind. Never rejects: what cannot start has not succeeded. */
export function run(file: string, args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  const { cwd, environment, limit = 120_000, signal } = surroundings;
  const child = spawn(file, args, { cwd, env: { ...process.env, ...environment }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const group = child.pid;
  if (group !== undefined) groups.add(group);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => { said[name] += text; });
  const stop = (): void => { if (group !== undefined) kill(group); };
  const timer = setTimeout(() => {
    said.stderr += `\nkilled after ${limit} ms`;
    stop();
  }, limit);
  signal?.addEventListener('abort', stop);
  return new Promise((resolve) => {
    const settle = (succeeded: boolean): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      stop();
      if (group !== undefined) groups.delete(group);
      resolve({ succeeded, ...said });
    };
    child.on('error', (error) => {
      said.stderr += String(error);
      settle(false);
    });
    child.on('close', (code) => settle(code === 0));
    // What outlives the command would hold its pipes open.
    child.on('exit', stop);
  });
}
