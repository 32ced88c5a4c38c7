import { PerformanceObserver } from 'node:perf_hooks';
import { added, addedOverBaseline, figure, overFetch } from '../report/columns.ts';
import { heapAfterCollection } from './heap.ts';
import type { Measurement } from './measurement.ts';
import { successfulCalls, successfulCases, type Calls } from './successful-calls.ts';

/** Few enough that their garbage fits into the young generation, and so many that V8's rounding has no part in the figure. */
const count = 5_000;

/** Returns how many bytes the heap grows by a call, and throws where a collection made it shrink. */
async function growthOf(calls: Calls): Promise<number> {
  const observer = new PerformanceObserver(() => {});
  observer.observe({ entryTypes: ['gc'] });
  const before = process.memoryUsage().heapUsed;
  await calls(count);
  const growth = process.memoryUsage().heapUsed - before;
  const collections = observer.takeRecords().length;
  observer.disconnect();
  if (collections > 0) throw new Error(`the heap was collected ${collections} times in a round`);
  return growth / count;
}

export const allocation: Measurement = {
  name: 'allocation',
  title: 'Bytes allocated by a successful call',
  about: 'Growth of the heap over 5 000 such calls, with a young generation so large that nothing is collected in a round.',
  cases: successfulCases,
  nodeFlags: ['--expose-gc', '--min-semi-space-size=1024', '--max-semi-space-size=1024'],
  processes: 1,
  rounds: 3,
  isParallel: true,
  async prepare(library, caseName) {
    const calls = await successfulCalls(library, caseName);
    // Warms up until the compiler has optimized the calls, because optimized code allocates less.
    for (let times = 0; times < 6; times += 1) await calls(count);
    return async () => {
      await heapAfterCollection();
      // A collection discards compiled code.
      await calls(500);
      return { bytes: await growthOf(calls) };
    };
  },
  columns: [figure('bytes', 'bytes a call'), overFetch('bytes'), added('bytes'), addedOverBaseline('bytes')],
  compared: { key: 'bytes', isAdded: true },
};
