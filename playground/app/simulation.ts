import SimulationWorker from './worker.ts?worker&inline';
import type { Values } from './storm/ladder.ts';
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

/** Runs one job in a worker of its own, which ends with it, or when the signal aborts. */
export function runInWorker<Kind extends keyof Jobs>(
  kind: Kind, job: Parameters<Jobs[Kind]>[0], signal: AbortSignal, onProgress: (counts: Counts) => void = () => {},
): Promise<Result<Kind>> {
  return new Promise((resolve, reject) => {
    const worker = new SimulationWorker();
    const end = (): void => worker.terminate();
    signal.addEventListener('abort', () => {
      end();
      reject(signal.reason);
    }, { once: true });
    worker.addEventListener('message', ({ data: { progress, result, error } }: MessageEvent<{ progress?: Counts; result?: Result<Kind>; error?: string }>) => {
      if (progress !== undefined) return onProgress(progress);
      end();
      if (result === undefined) reject(new Error(error));
      else resolve(result);
    });
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
