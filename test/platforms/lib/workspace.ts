import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The temporary files and the processes of one run. None of them outlives the run: see watcher.ts. */
export class Workspace {
  readonly #directory = mkdtempSync(join(tmpdir(), 'resilient-fetch-'));
  readonly #watcher: ChildProcess;

  constructor() {
    const program = join(import.meta.dirname, 'watcher.js');
    this.#watcher = spawn(process.execPath, [program, this.#directory], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
    // Every program started from here on inherits this variable, by which the watcher finds the program.
    process.env.TMPDIR = this.#directory;
  }

  /** Creates an empty directory. */
  directory(name: string): string {
    return mkdtempSync(join(this.#directory, `${name}-`));
  }

  /** Waits until the processes are killed and the directory is removed. */
  async close(): Promise<void> {
    const exited = once(this.#watcher, 'exit');
    this.#watcher.stdin?.end();
    await exited;
  }
}

/** The environment of a program that writes into a directory, and takes no proxy and no settings of the user's. */
export function isolatedEnvironment(directory: string): Record<string, string> {
  const create = (name: string): string => {
    const path = join(directory, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const [home, temporary] = [create('home'), create('tmp')];
  return {
    PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', HOME: home, TMPDIR: temporary,
    XDG_RUNTIME_DIR: temporary, XDG_CACHE_HOME: join(home, 'cache'), XDG_CONFIG_HOME: join(home, 'config'), XDG_DATA_HOME: join(home, 'data'),
    DBUS_SESSION_BUS_ADDRESS: 'disabled:', NO_AT_BRIDGE: '1',
  };
}
