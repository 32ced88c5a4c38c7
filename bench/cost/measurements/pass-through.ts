import { isEssential } from '../libraries/index.ts';
import type { Library } from '../libraries/library.ts';
import { added, figure, overFetch } from '../report/columns.ts';
import type { Measurement } from './measurement.ts';
import { mockResponses, mockUrl } from './mock-fetch.ts';
import { timed, timedFlags } from './processor-time.ts';
import { repeat, type Calls } from './successful-calls.ts';

export const withDefaults = 'by with()';
export const inInit = 'in init';

/** Returns calls without retries and timeout: every layer is passed, and none has anything to do. */
async function passThroughCalls(library: Library, caseName: string): Promise<Calls> {
  mockResponses(null);
  const call = caseName === inInit && library.createWithInit !== undefined
    ? await library.createWithInit({ retries: 0, timeout: Infinity })
    : await library.create({ retries: 0, timeout: undefined, wait: 0 });
  return repeat(() => call(mockUrl));
}

export const passThrough: Measurement = {
  name: 'pass-through',
  title: 'Pass-through',
  about: 'A call with `retries: 0, timeout: Infinity` and no other option, which has nothing to do.',
  cases: [withDefaults, inInit],
  nodeFlags: timedFlags,
  processes: 2,
  rounds: 5,
  includes: isEssential,
  prepare: async (library, caseName) => timed(await passThroughCalls(library, caseName)),
  columns: [figure('ns', 'ns a call'), overFetch('ns'), added('ns')],
  compared: { key: 'ns', isAdded: false },
};
