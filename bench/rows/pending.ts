import { check } from '../check.ts';
import type { Contestant } from '../contestant.ts';
import { heap, timers, until } from '../memory.ts';
import type { Row, Sample } from '../row.ts';
import { stubFetch, stubUrl } from '../stub.ts';
import { added, addedOverFloor, figure, middle } from '../table.ts';

/** How many are in flight at once. What peers hold is told as well by fewer of them, in less time. */
export const crowd = ({ name }: Contestant): number => ['fetch', 'floor', 'resilient-fetch'].includes(name) ? 100_000 : 10_000;

/** Begins calls that are not answered, tells what each holds, has them answered, and tells what is left of each. */
async function hold(contestant: Contestant, count: number): Promise<Sample> {
  let [answer, answered] = [(): void => {}, 0];
  const gate = new Promise<void>((resolve) => { answer = resolve; });
  stubFetch(() => gate.then(() => new Response(null)));
  const call = await contestant.make({ retries: 3, timeout: 600_000, wait: 200 });
  const before = await heap();
  const held = Array.from({ length: count }, () => call(stubUrl));
  const during = await heap();
  for (const one of held.splice(0)) one.then(() => { answered += 1; });
  answer();
  await until(() => answered === count);
  return { bytes: (during - before) / count, left: (await heap() - before) / count, timers: timers() };
}

/** What the rows of what is held have in common. */
export const ofHolding = {
  cases: [''],
  flags: ['--expose-gc', '--max-old-space-size=8000'],
  rounds: 1,
  isTimeless: true,
  columns: [figure('bytes', 'bytes a call'), added('bytes', 'added'), addedOverFloor('bytes'), middle('left', 'left'), middle('timers', 'timers')],
} satisfies Partial<Row>;

export const pending: Row = {
  ...ofHolding,
  name: 'pending',
  title: 'In flight',
  about: 'Bytes of heap that a call with retries and a timeout holds while 100 000 of them (peers: 10 000) wait for their answers; '
    + 'and what is left of each, and how many timers, when all have been answered.',
  async prepare(contestant) {
    await check(contestant, { retries: true, timeout: true });
    await hold(contestant, 2_000);
    return () => hold(contestant, crowd(contestant));
  },
};
