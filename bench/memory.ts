/** A turn of the event loop. */
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** Collects what nobody holds, and what falls with it. Needs `--expose-gc`. */
export async function collect(): Promise<void> {
  for (let times = 0; times < 4; times += 1) {
    globalThis.gc?.();
    await turn();
  }
}

/** Bytes of the heap that are in use, once all that can be is collected. */
export async function heap(): Promise<number> {
  await collect();
  return process.memoryUsage().heapUsed;
}

/** Timers that are still to fire. */
export const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

/** Waits, a turn at a time, and not for ever. */
export async function until(isSo: () => boolean, patience = 60_000): Promise<void> {
  const limit = performance.now() + patience;
  while (!isSo()) {
    if (performance.now() > limit) throw new Error(`not all had ended after ${patience / 1_000} s`);
    await turn();
  }
}
