import { isEssential } from '../libraries/index.ts';
import { figure, medianOf, overBaseline } from '../report/columns.ts';
import { heapAfterCollection } from './heap.ts';
import type { Measurement } from './measurement.ts';
import { processorTime } from './processor-time.ts';
import { sharedSignal, successfulCalls } from './successful-calls.ts';

const warmUp = 10_000;

export const growth: Measurement = {
  name: 'growth',
  title: 'Growth',
  about: 'Time of a call, and the bytes that are left of it after a collection, over more and more calls with one signal. Neither should grow.',
  cases: ['1 000 calls', '10 000 calls', '100 000 calls', '1 000 000 calls'],
  nodeFlags: ['--expose-gc'],
  processes: 1,
  rounds: 1,
  includes: isEssential,
  async prepare(library, caseName) {
    const calls = await successfulCalls(library, sharedSignal);
    const count = Number(caseName.replace(/\D/g, ''));
    await calls(warmUp);
    return async () => {
      const before = await heapAfterCollection();
      // A collection discards compiled code.
      await calls(warmUp);
      const start = processorTime();
      await calls(count);
      const used = processorTime() - start;
      return { ns: used * 1_000 / count, left: (await heapAfterCollection() - before) / (warmUp + count), rss: process.memoryUsage.rss() / 1e6 };
    };
  },
  columns: [figure('ns', 'ns a call'), overBaseline('ns'), medianOf('left', 'bytes left'), medianOf('rss', 'MB of process')],
};
