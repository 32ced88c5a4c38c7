import { inspect, isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { resilientFetch } from '../../../src/index.ts';
import type { Property } from '../property.ts';
import { EndCounter } from './end-counter.ts';
import { expectedOf } from './model.ts';
import { play } from './play.ts';
import type { Observation } from './script.ts';
import { scripts } from './scripts.ts';

const text = (value: unknown): string => inspect(value, { depth: null, breakLength: Infinity });

/** Throws unless both are alike, with the members that differ. */
function compare(observed: Observation, expected: Observation): void {
  // The keys of an observation are its members.
  const names = (Object.keys(expected) as (keyof Observation)[]).filter((name) => !isDeepStrictEqual(observed[name], expected[name]));
  if (names.length > 0) throw new Error(names.map((name) => `${name}: ${text(observed[name])}, expected ${text(expected[name])}`).join('\n'));
}

const counter = new EndCounter();

export const properties: readonly Property[] = [
  {
    name: 'a call does what the model does',
    runs: 50_000,
    property: fc.asyncProperty(scripts, async (script) => {
      const expected = expectedOf(script);
      counter.add(script, expected);

      compare(await play(script, resilientFetch), expected);
    }),
    afterwards: () => counter.check(20),
  },
];
