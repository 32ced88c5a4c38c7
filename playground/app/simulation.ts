import SimulationWorker from './worker.ts?worker&inline';
import type { Values } from './storm/measures.ts';
import type { Jobs } from './worker.ts';

export interface StormJob {
  readonly service: string;
  readonly enabled: readonly string[];
  readonly values: Values;
}

/** The counts of one second of simulated time. */
export interface Counts {
  readonly started: number;
  readonly requests: number;
  readonly succeeded: number;
  readonly ended: number;
}

type Result<Kind extends keyof Jobs> = NonNullable<Awaited<ReturnType<Jobs[Kind]>>>;

/** Runs one job in a worker of its own, which ends with it, or when the signal aborts. Rejects if the worker cannot start. */
export function runInWorker<Kind extends keyof Jobs>(
  kind: Kind, job: Parameters<Jobs[Kind]>[0], signal: AbortSignal, onProgress: (counts: Counts) => void = () => {},
): Promise<Result<Kind>> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const worker = new SimulationWorker();
    const fail = (reason: unknown): void => {
      worker.terminate();
      reject(reason);
    };
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
    worker.addEventListener('message', ({ data: { progress, result, error } }: MessageEvent<{ progress?: Counts; result?: Result<Kind>; error?: string }>) => {
      if (progress !== undefined) return onProgress(progress);
      if (result === undefined) return fail(new Error(error));
      worker.terminate();
      resolve(result);
    });
    worker.addEventListener('error', (event) => {
      // Else the browser reports the error a second time.
      event.preventDefault();
      fail(new Error(event.message || 'the browser does not start the worker of this page'));
    });
    worker.addEventListener('messageerror', () => fail(new Error('the browser cannot read a message of the worker')));
    worker.postMessage({ kind, job });
  });
}

/** Runs tasks side by side, as many at a time as the machine has processors. */
export async function inParallel(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const left = [...tasks];
  const work = async (): Promise<void> => {
    for (let task = left.shift(); task !== undefined; task = left.shift()) await task();
  };
  await Promise.all(Array.from({ length: Math.max(1, navigator.hardwareConcurrency) }, work));
}
