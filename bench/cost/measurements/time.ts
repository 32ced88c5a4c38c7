import { added, addedOverBaseline, figure, overFetch } from '../report/columns.ts';
import type { Measurement } from './measurement.ts';
import { timed, timedFlags } from './processor-time.ts';
import { successfulCalls, successfulCases } from './successful-calls.ts';

export const time: Measurement = {
  name: 'time',
  title: 'Time of a successful call',
  about: 'Nanoseconds of processor time for a call to which a mock responds at once, garbage collection included.',
  cases: successfulCases,
  nodeFlags: timedFlags,
  processes: 3,
  rounds: 4,
  prepare: async (library, caseName) => timed(await successfulCalls(library, caseName)),
  columns: [figure('ns', 'ns a call'), overFetch('ns'), added('ns'), addedOverBaseline('ns')],
  compared: { key: 'ns', isAdded: true },
};
