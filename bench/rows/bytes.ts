import { PerformanceObserver } from 'node:perf_hooks';
import { callCases, callsOf } from '../calls.ts';
import { collect } from '../memory.ts';
import type { Row } from '../row.ts';
import { added, addedOverFloor, figure, overBare } from '../table.ts';

/** So few that the young generation holds what they leave, and so many that what V8 rounds up is no part of it. */
const count = 5_000;

export const bytes: Row = {
  name: 'bytes',
  title: 'Bytes allocated by a successful call',
  about: 'Growth of the heap over 5 000 such calls, with a young generation so large that nothing is collected meanwhile.',
  cases: callCases,
  flags: ['--expose-gc', '--min-semi-space-size=1024', '--max-semi-space-size=1024'],
  rounds: 3,
  isTimeless: true,
  async prepare(contestant, name) {
    const calls = await callsOf(contestant, name);
    // As often as it takes for the compiler to have made up its mind, as optimized code allocates less.
    for (let warm = 0; warm < 6; warm += 1) await calls(count);
    return async () => {
      await collect();
      // A collection throws compiled code away.
      await calls(500);
      const observer = new PerformanceObserver(() => {});
      observer.observe({ entryTypes: ['gc'] });
      const before = process.memoryUsage().heapUsed;
      await calls(count);
      const grown = process.memoryUsage().heapUsed - before;
      const collections = observer.takeRecords().length;
      observer.disconnect();
      if (collections > 0) throw new Error(`the heap was collected ${collections} times meanwhile`);
      return { bytes: grown / count };
    };
  },
  columns: [figure('bytes', 'bytes a call'), added('bytes', 'added'), overBare('bytes'), addedOverFloor('bytes')],
};
