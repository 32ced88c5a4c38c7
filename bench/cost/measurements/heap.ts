const nextTurn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** Collects garbage until finalizers have run and released more. Needs `--expose-gc`. */
async function collectGarbage(): Promise<void> {
  for (let times = 0; times < 4; times += 1) {
    globalThis.gc?.();
    await nextTurn();
  }
}

/** Returns the bytes of the heap that are in use after a collection. */
export async function heapAfterCollection(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Counts the timers that have not fired. */
export const pendingTimers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

/** Waits, one turn of the event loop at a time, until the condition is met or the limit in milliseconds is over. */
export async function waitUntil(isMet: () => boolean, limit = 60_000): Promise<void> {
  const deadline = performance.now() + limit;
  while (!isMet()) {
    if (performance.now() > deadline) throw new Error(`not all calls had settled after ${limit / 1_000} s`);
    await nextTurn();
  }
}
