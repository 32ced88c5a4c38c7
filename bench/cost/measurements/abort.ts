import type { Library } from '../libraries/library.ts';
import { figure } from '../report/columns.ts';
import { assertConformance } from './conformance.ts';
import { waitUntil } from './heap.ts';
import { pendingCalls } from './in-flight.ts';
import type { Measurement, Sample } from './measurement.ts';
import { mockFetch, mockUrl } from './mock-fetch.ts';

/** The milliseconds in which all calls must reject. */
const limit = 3_000;

/** Brings calls into a wait, aborts the signal that they share, and measures the time until all have rejected. */
async function abortInBackoff(library: Library, count: number): Promise<Sample> {
  let [requests, rejected, resolved] = [0, 0, 0];
  mockFetch(async () => {
    requests += 1;
    return new Response('busy', { status: 503 });
  });
  const call = await library.create({ retries: 3, timeout: 600_000, wait: 600_000 });
  const controller = new AbortController();
  for (let started = 0; started < count; started += 1) {
    call(mockUrl, controller.signal).then(() => { resolved += 1; }, () => { rejected += 1; });
  }
  await waitUntil(() => requests === count);
  await new Promise((resolve) => { setTimeout(resolve, 100); });
  if (rejected + resolved > 0) throw new Error(`${rejected + resolved} of ${count} calls settled before the abort`);
  const start = performance.now();
  controller.abort(new Error('enough'));
  await waitUntil(() => rejected === count, limit);
  return { ms: performance.now() - start };
}

export const abort: Measurement = {
  name: 'abort',
  title: 'Abort in backoff',
  about: 'Milliseconds until 20 000 calls that wait for a retry, and share a signal, have all rejected after its abort.',
  cases: [''],
  nodeFlags: [],
  processes: 1,
  rounds: 1,
  includes: ({ name, callsFetch }) => callsFetch && name !== 'fetch',
  async prepare(library) {
    await assertConformance(library, { retries: true, timeout: true, signal: true });
    await abortInBackoff(library, 100);
    return () => abortInBackoff(library, pendingCalls);
  },
  columns: [figure('ms', 'ms')],
  compared: { key: 'ms', isAdded: false },
};
