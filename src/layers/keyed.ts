/** The number of keys with a state of their own. */
const mostKeys = 1_000;

/** A state for each key, in bounded memory. */
export interface Keyed<State> {
  /** Returns the state of the key, or a new one. As with the members of an object, a key of another type counts as a string. */
  get(key: string, now: number): State;
}

/**
 * Keeps a state for each key. Once there are 1,000 of them, each new key looks at one of them, in turn, and takes its place if it
 * is idle. Otherwise all further keys share one state until that is idle again: a key must not have two.
 */
export function keyed<State extends object>(create: () => State, isIdle: (state: State, now: number) => boolean): Keyed<State> {
  const states = new Map<string, State>();
  let shared: State | undefined;
  /** Removes the first state if it is idle. A busy one goes to the end, so that the next key looks at another one. */
  const clearFirst = (now: number): void => {
    const [first] = states;
    // Called only where there are 1,000 states.
    const [key, state] = first as [string, State];
    states.delete(key);
    if (!isIdle(state, now)) states.set(key, state);
  };
  return {
    get(given, now) {
      const key = String(given);
      const known = states.get(key);
      if (known) return known;
      if (shared && isIdle(shared, now)) shared = undefined;
      if (states.size >= mostKeys) clearFirst(now);
      if (shared || states.size >= mostKeys) return shared ??= create();
      const state = create();
      states.set(key, state);
      return state;
    },
  };
}
