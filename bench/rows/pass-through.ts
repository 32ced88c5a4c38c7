import { repeat, type Calls } from '../calls.ts';
import { timed } from '../cpu.ts';
import type { Contestant } from '../contestant.ts';
import type { Row } from '../row.ts';
import { stubUrl, stubWith } from '../stub.ts';
import { added, figure, overBare } from '../table.ts';

const cases = ['by with()', 'in init'];
const nothing = { retries: 0, timeout: Infinity };

/** Calls of fetch that go through everything there is, where there is nothing to do. */
export async function passing(contestant: Contestant, name: string): Promise<Calls> {
  stubWith(null);
  if (contestant.name === 'resilient-fetch' && name === cases[1]) {
    const { resilientFetch } = await import('resilient-fetch');
    return repeat(() => resilientFetch(stubUrl, nothing));
  }
  const call = await contestant.make({ retries: 0, timeout: undefined, wait: 0 });
  return repeat(() => call(stubUrl));
}

export const passThrough: Row = {
  name: 'pass-through',
  title: 'Pass-through',
  about: 'A call with `retries: 0, timeout: Infinity` and no other option, which has nothing to do.',
  cases,
  flags: [],
  rounds: 9,
  includes: ({ name }) => ['fetch', 'floor', 'resilient-fetch'].includes(name),
  prepare: async (contestant, name) => timed(await passing(contestant, name)),
  columns: [figure('ns', 'ns a call'), added('ns', 'added'), overBare('ns')],
};
