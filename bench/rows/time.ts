import { callCases, callsOf } from '../calls.ts';
import { timed } from '../cpu.ts';
import type { Row } from '../row.ts';
import { added, addedOverFloor, figure, overBare } from '../table.ts';

export const time: Row = {
  name: 'time',
  title: 'Time of a successful call',
  about: 'Nanoseconds of processor time for a call that a stub answers at once, garbage collection included.',
  cases: callCases,
  flags: [],
  rounds: 7,
  prepare: async (contestant, name) => timed(await callsOf(contestant, name)),
  columns: [figure('ns', 'ns a call'), added('ns', 'added'), overBare('ns'), addedOverFloor('ns')],
};
