import type { Library } from '../libraries/library.ts';
import { added, addedOverBaseline, figure, medianOf } from '../report/columns.ts';
import { assertConformance } from './conformance.ts';
import { heapAfterCollection, pendingTimers, waitUntil } from './heap.ts';
import type { Measurement, Sample } from './measurement.ts';
import { mockFetch, mockUrl } from './mock-fetch.ts';

/** The calls that are pending at once. */
export const pendingCalls = 20_000;

/** Starts calls, measures while all are pending, lets the mock respond, and measures again. */
async function measureInFlight(library: Library, count: number): Promise<Sample> {
  let [respond, responses] = [(): void => {}, 0];
  const gate = new Promise<void>((resolve) => { respond = resolve; });
  mockFetch(() => gate.then(() => new Response(null)));
  const call = await library.create({ retries: 3, timeout: 600_000, wait: 200 });
  const before = await heapAfterCollection();
  const calls = Array.from({ length: count }, () => call(mockUrl));
  const during = await heapAfterCollection();
  for (const pending of calls.splice(0)) pending.then(() => { responses += 1; });
  respond();
  await waitUntil(() => responses === count);
  return { bytes: (during - before) / count, left: (await heapAfterCollection() - before) / count, timers: pendingTimers() };
}

/** The parts that the measurements of pending calls have in common. */
export const pendingMeasurement = {
  cases: [''],
  nodeFlags: ['--expose-gc', '--max-old-space-size=8000'],
  processes: 1,
  rounds: 1,
  isParallel: true,
  columns: [figure('bytes', 'bytes a call'), added('bytes'), addedOverBaseline('bytes'), medianOf('left', 'left'), medianOf('timers', 'timers')],
  compared: { key: 'bytes', isAdded: true },
} satisfies Partial<Measurement>;

export const inFlight: Measurement = {
  ...pendingMeasurement,
  name: 'in-flight',
  title: 'Memory in flight',
  about: 'Bytes of heap for a call with retries and a timeout, while 20 000 of them wait for their responses. '
    + 'Then the bytes that are left of each call, and the timers that are left in all, when all calls have resolved.',
  async prepare(library) {
    await assertConformance(library, { retries: true, timeout: true });
    await measureInFlight(library, 2_000);
    return () => measureInFlight(library, pendingCalls);
  },
};
