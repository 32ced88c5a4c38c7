import { check } from '../check.ts';
import type { Contestant } from '../contestant.ts';
import { heap, timers, until } from '../memory.ts';
import type { Row, Sample } from '../row.ts';
import { stubFetch, stubUrl } from '../stub.ts';
import { crowd, ofHolding } from './pending.ts';

/** A length that nothing else waits for, in milliseconds. */
const wait = 543_210;

/** Keeps the timers of that length, so that they can be ended when all of them have been measured. Adds 16 bytes to each. */
function keepTimers(count: number): () => void {
  const { setTimeout } = globalThis;
  const timers = new Array<NodeJS.Timeout>(count);
  const callbacks = new Array<() => void>(count);
  let next = 0;
  const keeping = (callback: (...values: unknown[]) => void, ms?: number, ...values: unknown[]): NodeJS.Timeout => {
    const timer = setTimeout(callback, ms, ...values);
    if (ms === wait) {
      timers[next] = timer;
      callbacks[next++] = values.length === 0 ? callback : () => callback(...values);
    }
    return timer;
  };
  // No contestant makes a promise of it, or gives it a string.
  globalThis.setTimeout = keeping as unknown as typeof setTimeout;
  return () => {
    globalThis.setTimeout = setTimeout;
    timers.splice(0, next).forEach(clearTimeout);
    callbacks.splice(0, next).forEach((callback) => callback());
  };
}

/**
 * Brings calls into a wait, tells what each holds, lets them end, and tells what is left of each. Bare fetch waits for its
 * answer meanwhile, as what any call holds that has not ended.
 */
async function holdWaiting(contestant: Contestant, count: number): Promise<Sample> {
  let [requests, ended, answer] = [0, 0, (): void => {}];
  const gate = new Promise<void>((resolve) => { answer = resolve; });
  const isBare = contestant.name === 'fetch';
  stubFetch(() => {
    requests += 1;
    if (isBare) return gate.then(() => new Response(null));
    return Promise.resolve(requests > count ? new Response(null) : new Response('busy', { status: 503 }));
  });
  const endWaits = keepTimers(count);
  const call = await contestant.make({ retries: 3, timeout: 600_000, wait });
  const before = await heap();
  const held = Array.from({ length: count }, () => call(stubUrl));
  await until(() => requests === count);
  await settled();
  const during = await heap();
  for (const one of held.splice(0)) one.then(() => { ended += 1; });
  answer();
  endWaits();
  await until(() => ended === count);
  return { bytes: (during - before) / count, left: (await heap() - before) / count, timers: timers() };
}

/** Time for what goes on in the background, such as the reading of a body that was dropped. */
const settled = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 200); });

export const backoff: Row = {
  ...ofHolding,
  name: 'backoff',
  title: 'In backoff',
  about: 'The same while as many wait for their retry after a 503 with a body, as against bare fetch that waits for its answer.',
  async prepare(contestant) {
    await check(contestant, { retries: true, timeout: true });
    await holdWaiting(contestant, 1_000);
    return () => holdWaiting(contestant, crowd(contestant));
  },
};
