/** The number of keys with a state of their own. */
const mostKeys = 1_000;

/** The number of states that a new key looks at, so that its cost is bounded. */
const mostLooks = 8;

/** A state for each key, in bounded memory. */
export interface Keyed<State> {
  /** Returns the state of the key, or a new one. As with the members of an object, a key of another type counts as a string. */
  get(key: string): State;
}

/**
 * Keeps a state for each key. Once there are 1,000 of them, each new key clears a few idle ones. Where it finds none, all
 * further keys share one state until that is idle again: otherwise a key could have two.
 */
export function keyed<State extends object>(create: () => State, isIdle: (state: State) => boolean): Keyed<State> {
  const states = new Map<string, State>();
  let shared: State | undefined;
  const isFull = (): boolean => shared !== undefined || states.size >= mostKeys;

  /** Looks at the states that no look was taken at for the longest time: the first ones, because a busy one goes to the end. */
  const clearIdle = (): void => {
    if (shared && isIdle(shared)) shared = undefined;
    let looks = 0;
    for (const [key, state] of states) {
      if (looks++ === mostLooks) return;
      states.delete(key);
      if (!isIdle(state)) states.set(key, state);
    }
  };
  return {
    get(given) {
      const key = String(given);
      const known = states.get(key);
      if (known) return known;
      if (isFull()) clearIdle();
      if (isFull()) return shared ??= create();
      const state = create();
      states.set(key, state);
      return state;
    },
  };
}
