import { check } from '../check.ts';
import type { Contestant } from '../contestant.ts';
import { until } from '../memory.ts';
import type { Row, Sample } from '../row.ts';
import { stubFetch, stubUrl } from '../stub.ts';
import { figure } from '../table.ts';
import { crowd } from './pending.ts';

/** How long they may take to end, in milliseconds. */
const patience = 3_000;

/** Brings calls into a wait, aborts the signal that they share, and tells how long it takes until all have ended. */
async function abortAll(contestant: Contestant, calls: number): Promise<Sample> {
  let [requests, rejected, resolved] = [0, 0, 0];
  stubFetch(async () => {
    requests += 1;
    return new Response('busy', { status: 503 });
  });
  const call = await contestant.make({ retries: 3, timeout: 600_000, wait: 600_000 });
  const controller = new AbortController();
  for (let begun = 0; begun < calls; begun += 1) call(stubUrl, controller.signal).then(() => { resolved += 1; }, () => { rejected += 1; });
  await until(() => requests === calls);
  await new Promise((resolve) => { setTimeout(resolve, 100); });
  const before = rejected + resolved;
  if (before > 0) throw new Error(`${before} of ${calls} ended before the abort`);
  const began = performance.now();
  controller.abort(new Error('enough'));
  await until(() => rejected === calls, patience);
  return { ms: performance.now() - began };
}

export const abort: Row = {
  name: 'abort',
  title: 'Abort in backoff',
  about: 'Milliseconds until 20 000 calls (peers: 2 000) that wait for a retry, and share a signal, have all rejected after its abort.',
  cases: [''],
  flags: [],
  rounds: 1,
  includes: ({ name, takesStub }) => takesStub && name !== 'fetch',
  async prepare(contestant) {
    await check(contestant, { retries: true, timeout: true, signal: true });
    await abortAll(contestant, 100);
    const count = crowd(contestant) / 5;
    return () => abortAll(contestant, count);
  },
  columns: [figure('ms', 'ms')],
};
