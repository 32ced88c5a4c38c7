import { seededRandom } from 'resilient-fetch/testing';

/** A fixed number, or a seed such as `seed 7`. */
export const randomOf = (text: string): readonly [random: () => number, code: string] => {
  const [, seed] = /^seed (\d+)$/.exec(text) ?? [];
  if (seed !== undefined) return [seededRandom(Number(seed)), `seededRandom(${seed})`];
  return [() => Number(text), `() => ${Number(text)}`];
};

/** Returns whether a text is a source of randomness. */
export const isRandom = (text: string): boolean => /^seed \d+$/.test(text) || (text !== '' && Number(text) >= 0 && Number(text) < 1);
