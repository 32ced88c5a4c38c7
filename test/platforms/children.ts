import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endGroup, endMarked, markName } from './ending.ts';

/** How long a process may take to end when it is asked to, in milliseconds. */
const politeness = 1_500;

/** The processes of one run of the checks. None outlives it, whatever happens: see the warden. */
export class Children {
  readonly #mark = `${process.pid}-${Date.now()}`;
  readonly #directory = mkdtempSync(join(tmpdir(), 'resilient-fetch-'));
  readonly #warden: ChildProcess;

  constructor() {
    const program = fileURLToPath(new URL('warden.js', import.meta.url));
    this.#warden = spawn(process.execPath, [program, `${this.#mark}/`, this.#directory], { detached: true, stdio: ['pipe', 'inherit', 'inherit'] });
  }

  /** A new directory, which goes with the run. */
  directory(name: string): string {
    const path = join(this.#directory, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Starts a program in a group and a home of its own. */
  start(name: string, command: readonly string[], environment: Readonly<Record<string, string>> = {}): Child {
    return new Child(this.#warden, command, {
      ...this.#environmentOf(name),
      ...environment,
      [markName]: `${this.#mark}/${name}/`,
    }, `${this.#mark}/${name}/`);
  }

  /** No proxy, and nothing of the user's own: what is written goes where it will be removed. */
  #environmentOf(name: string): Record<string, string> {
    const home = this.directory(`${name}/home`);
    const temporary = this.directory(`${name}/tmp`);
    return {
      PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', HOME: home, TMPDIR: temporary,
      XDG_RUNTIME_DIR: temporary, XDG_CACHE_HOME: join(home, 'cache'), XDG_CONFIG_HOME: join(home, 'config'), XDG_DATA_HOME: join(home, 'data'),
      DBUS_SESSION_BUS_ADDRESS: 'disabled:', NO_AT_BRIDGE: '1',
    };
  }

  /** Ends what is left, and removes what was written. */
  async end(): Promise<void> {
    const gone = once(this.#warden, 'exit');
    this.#warden.stdin?.end();
    await gone;
  }
}

/** A program that runs, with all that it starts. */
export class Child {
  /** What it printed, for when it fails. */
  output = '';
  /** Resolves when the program has ended, or could not be started. */
  readonly gone: Promise<void>;
  readonly #process: ChildProcess;
  readonly #warden: ChildProcess;
  readonly #mark: string;

  constructor(warden: ChildProcess, [program = '', ...given]: readonly string[], env: Record<string, string>, mark: string) {
    this.#warden = warden;
    this.#mark = mark;
    this.#process = spawn(program, given, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#tell('+');
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream?.on('data', (data: Buffer) => { this.output += data; });
    this.gone = new Promise((resolve) => {
      this.#process.on('exit', () => resolve()).on('error', (error) => {
        this.output += error;
        resolve();
      });
    });
  }

  /** Asks the program to end, sees to it, and takes what it left along. */
  async end(): Promise<void> {
    const { pid } = this.#process;
    if (pid === undefined) return;
    endGroup(pid, 'SIGTERM');
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([this.gone, new Promise((resolve) => { timer = setTimeout(resolve, politeness); })]);
    clearTimeout(timer);
    endGroup(pid, 'SIGKILL');
    endMarked(this.#mark);
    await this.gone;
    this.#tell('-');
  }

  #tell(sign: '+' | '-'): void {
    if (this.#process.pid !== undefined) this.#warden.stdin?.write(`${sign}${this.#process.pid}\n`);
  }
}
