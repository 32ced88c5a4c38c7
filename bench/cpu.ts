import type { Calls } from './calls.ts';
import type { Sample } from './row.ts';

/** Microseconds of processor time that this process has used, garbage collection included. What others use is not in it. */
export function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** How long a round lasts, in milliseconds, waits of a contestant's own included. */
const round = 60;

/** Warms up, and gives what measures as many calls as fill a round. */
export async function timed(calls: Calls): Promise<() => Promise<Sample>> {
  let count = 100;
  for (let spent = 0; spent < 5 * round;) {
    const began = performance.now();
    await calls(count);
    const took = performance.now() - began;
    spent += took;
    if (took < round / 2) count *= 2;
  }
  return async () => {
    const [began, start] = [cpu(), performance.now()];
    await calls(count);
    return { ns: (cpu() - began) * 1_000 / count, wall: (performance.now() - start) * 1e6 / count };
  };
}
