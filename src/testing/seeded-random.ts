/**
 * Creates a source of randomness that returns the same numbers for the same seed: 0 <= n < 1, evenly spread. For tests, not
 * for secrets.
 *
 * @param seed - any integer; two seeds give two unrelated series
 * @example
 * const api = resilientFetch.with({ clock, random: seededRandom(42) });
 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    // Steps by the golden ratio of 2^32, mixed by the finalizer of MurmurHash3.
    state = (state + 0x9e3779b9) | 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
