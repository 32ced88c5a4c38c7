import type { RunRound } from './measurement.ts';
import type { Calls } from './successful-calls.ts';

/** Returns the microseconds of processor time of this process, garbage collection included. Other processes have no part in it. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Compiles and collects garbage on the main thread: threads in the background start late on a busy machine. */
export const timedFlags: readonly string[] = ['--single-threaded'];

/** The processor time of one round, in microseconds. */
const roundLength = 60_000;

/** Warms up for five rounds, and returns a round of as many calls as fill its length. Counts no wall time: a busy machine would shorten the warm-up. */
export async function timed(calls: Calls): Promise<RunRound> {
  let count = 100;
  for (let used = 0; used < 5 * roundLength;) {
    const start = processorTime();
    await calls(count);
    const duration = processorTime() - start;
    used += duration;
    if (duration < roundLength / 2) count *= 2;
  }
  return async () => {
    const [processorStart, start] = [processorTime(), performance.now()];
    await calls(count);
    return { ns: (processorTime() - processorStart) * 1_000 / count, wall: (performance.now() - start) * 1e6 / count };
  };
}
