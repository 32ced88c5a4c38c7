import { resilientFetch } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from './coarse-clock.ts';

export interface Scale {
  readonly calls: number;
  /** Bytes of heap for a call that waits for its answer, and for one that waits for its retry. */
  readonly inFlight: number;
  readonly waiting: number;
  /** Bytes that are left of each when all have ended. */
  readonly left: number;
  /** Calls, of two requests each, in a second of processor time, the heap's measuring left out. */
  readonly perSecond: number;
}

/** What is in use after a full collection. Wants `--expose-gc`. */
function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** So many calls at once, with our defaults: all in flight, then all told to come back in 30 s, then all answered. */
export async function playScale(calls: number): Promise<Scale> {
  const clock = new CoarseClock(1);
  const [refused, ok] = [new Response(null, { status: 503, headers: { 'retry-after': '30' } }), new Response(null, { status: 200 })];
  let ended = 0;
  const client = resilientFetch.with({
    clock,
    random: seededRandom(5),
    fetch: () => {
      const answer = clock.now() < 30_000 ? refused : ok;
      return new Promise((resolve) => void clock.setTimeout(() => resolve(answer), 1_000));
    },
  });
  const before = heap();
  let used = 0;
  const timed = async (act: () => void | Promise<void>): Promise<number> => {
    const { user, system } = process.cpuUsage();
    await act();
    const { user: userLater, system: systemLater } = process.cpuUsage();
    used += userLater - user + systemLater - system;
    return (heap() - before) / calls;
  };

  const inFlight = await timed(async () => {
    for (let call = 0; call < calls; call += 1) client('http://service.test/').then(() => { ended += 1; }, () => {});
    await clock.advance(500);
  });
  const waiting = await timed(() => clock.advance(1_500));
  const left = await timed(() => clock.advance(100_000));
  if (ended !== calls || clock.pending > 0) throw new Error(`${ended} of ${calls} calls have ended, ${clock.pending} timers are left`);
  return { calls, inFlight, waiting, left, perSecond: calls / (used / 1_000_000) };
}
