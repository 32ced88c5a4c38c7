/** The number of keys with a state of their own. */
const mostKeys = 1_000;

/** A state for each key, in bounded memory. */
export interface Keyed<State> {
  /** Returns the state of the key, or a new one. As with the members of an object, a key of another type counts as a string. */
  get(key: string): State;
}

/**
 * Keeps a state for each key. Once there are 1,000 of them, a new key first clears the idle ones. Where none is idle, all
 * further keys share one state until that is idle again: otherwise a key could have two.
 */
export function keyed<State>(create: () => State, isIdle: (state: State) => boolean): Keyed<State> {
  // The shared state has the key `undefined`.
  const states = new Map<string | undefined, State>();
  const isFull = (): boolean => states.size >= mostKeys || states.has(undefined);
  const clearIdle = (): void => states.forEach((state, key) => isIdle(state) && states.delete(key));
  return {
    get(given) {
      const key = String(given);
      const known = states.get(key);
      if (known !== undefined) return known;
      if (isFull()) clearIdle();
      const name = isFull() ? undefined : key;
      const state = states.get(name) ?? create();
      states.set(name, state);
      return state;
    },
  };
}
