import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Sample } from './measurements/measurement.ts';

/** The work of one process, passed as its argument. */
export interface Task {
  readonly measurement: string;
  readonly caseName: string;
  readonly library: string;
  /** The path of the other checkout's `index.js`, where two are compared. */
  readonly against: string | undefined;
}

/** A message from the process: once when it is ready, then one for each `'round'` that it is sent. */
export type Reply = { readonly ready: true; readonly olderVersion?: string } | { readonly sample: Sample } | { readonly error: string };

const program = fileURLToPath(new URL('worker.js', import.meta.url));

/** The milliseconds in which a library must get ready or run a round. */
const limit = 600_000;

/** Runs one case of a measurement for one library, in a process of its own. */
export class LibraryProcess {
  readonly library: string;
  readonly #child: ChildProcess;

  constructor(task: Task, node: string, nodeFlags: readonly string[]) {
    this.library = task.library;
    this.#child = fork(program, [JSON.stringify(task)], {
      execPath: node,
      execArgv: ['--no-warnings', ...nodeFlags],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** Waits until the library is checked and warm. Resolves with its version where that is not the newest one. */
  async ready(): Promise<string | undefined> {
    const reply = await this.#nextReply();
    return 'olderVersion' in reply ? reply.olderVersion : undefined;
  }

  async runRound(): Promise<Sample> {
    const reply = this.#nextReply();
    this.#child.send('round');
    const message = await reply;
    if (!('sample' in message)) throw new Error('replied to a round without a sample');
    return message.sample;
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }

  #nextReply(): Promise<Exclude<Reply, { error: string }>> {
    return new Promise((resolve, reject) => {
      const settle = (reply: Reply): void => {
        clearTimeout(timer);
        this.#child.removeAllListeners();
        if ('error' in reply) reject(new Error(reply.error));
        else resolve(reply);
      };
      const timer = setTimeout(() => settle({ error: `took more than ${limit / 1_000} s` }), limit);
      // The worker sends nothing but replies.
      this.#child.once('message', (message) => settle(message as Reply));
      this.#child.once('exit', (code, signal) => settle({ error: `exited with ${signal ?? code}` }));
    });
  }
}
