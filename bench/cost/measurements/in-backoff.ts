import type { Library } from '../libraries/library.ts';
import { assertConformance } from './conformance.ts';
import { heapAfterCollection, pendingTimers, waitUntil } from './heap.ts';
import { pendingCalls, pendingMeasurement } from './in-flight.ts';
import type { Measurement, Sample } from './measurement.ts';
import { mockFetch, mockUrl } from './mock-fetch.ts';

/** A delay in milliseconds that no other timer has. */
const wait = 543_210;

/** Records the timers of that delay, and returns a function that fires them all. Adds 16 bytes to each wait. */
function recordWaits(count: number): () => void {
  const { setTimeout } = globalThis;
  const timers = new Array<NodeJS.Timeout>(count);
  const callbacks = new Array<() => void>(count);
  let next = 0;
  const recordingSetTimeout = (callback: (...values: unknown[]) => void, ms?: number, ...values: unknown[]): NodeJS.Timeout => {
    const timer = setTimeout(callback, ms, ...values);
    if (ms === wait) {
      timers[next] = timer;
      callbacks[next++] = values.length === 0 ? callback : () => callback(...values);
    }
    return timer;
  };
  // No library uses setTimeout.__promisify__, which is missing here, or passes a string.
  globalThis.setTimeout = recordingSetTimeout as unknown as typeof setTimeout;
  return () => {
    globalThis.setTimeout = setTimeout;
    timers.splice(0, next).forEach(clearTimeout);
    callbacks.splice(0, next).forEach((callback) => callback());
  };
}

/** Mocks a fetch that responds with 503 to the first requests, then 200. Plain fetch stays pending until `respond` is called. */
function mockFailures(library: Library, count: number): { readonly requests: () => number; readonly respond: () => void } {
  let [requests, respond] = [0, (): void => {}];
  const gate = new Promise<void>((resolve) => { respond = resolve; });
  mockFetch(() => {
    requests += 1;
    if (library.name === 'fetch') return gate.then(() => new Response(null));
    return Promise.resolve(requests > count ? new Response(null) : new Response('busy', { status: 503 }));
  });
  return { requests: () => requests, respond };
}

/** Starts calls, measures while all wait for a retry, ends the waits, and measures again. */
async function measureInBackoff(library: Library, count: number): Promise<Sample> {
  let responses = 0;
  const { requests, respond } = mockFailures(library, count);
  const endWaits = recordWaits(count);
  const call = await library.create({ retries: 3, timeout: 600_000, wait });
  const before = await heapAfterCollection();
  const calls = Array.from({ length: count }, () => call(mockUrl));
  await waitUntil(() => requests() === count);
  const during = await settledHeap();
  for (const pending of calls.splice(0)) pending.then(() => { responses += 1; });
  respond();
  endWaits();
  await waitUntil(() => responses === count);
  return { bytes: (during - before) / count, left: (await heapAfterCollection() - before) / count, timers: pendingTimers() };
}

/** Returns the heap when it no longer shrinks, because discarded bodies are drained in the background. */
async function settledHeap(): Promise<number> {
  for (let last = Infinity; ;) {
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    const heap = await heapAfterCollection();
    if (heap > 0.999 * last) return heap;
    last = heap;
  }
}

export const inBackoff: Measurement = {
  ...pendingMeasurement,
  name: 'in-backoff',
  title: 'Memory in backoff',
  about: 'The same while 20 000 calls wait for their retry after a 503 with a body. Fetch has no retries: its calls wait for their responses.',
  async prepare(library) {
    await assertConformance(library, { retries: true, timeout: true });
    await measureInBackoff(library, 1_000);
    return () => measureInBackoff(library, pendingCalls);
  },
};
