import { useLayoutEffect, useState } from 'preact/hooks';

/** The state of the page: texts by name. A name that is absent has its default. */
export interface State {
  get(name: string): string | undefined;
  /** Sets several texts at once. `undefined` and an empty text take a name back to its default. */
  set(changes: Readonly<Record<string, string | undefined>>): void;
  /** The part of the state whose names begin with a prefix. */
  scope(prefix: string): State;
}

const readHash = (): URLSearchParams => new URLSearchParams(location.hash.slice(1));

/** Keeps the whole state in the hash of the URL, so that a link shows what its sender saw. */
export function useHash(): State {
  const [params, setParams] = useState(readHash);
  // At once, because an effect waits for a frame, and a change before it would be missed.
  useLayoutEffect(() => {
    const onChange = (): void => setParams(readHash());
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return stateOf('', params, setParams);
}

const stateOf = (prefix: string, params: URLSearchParams, setParams: (params: URLSearchParams) => void): State => ({
  get: (name) => params.get(prefix + name) ?? undefined,
  set(changes) {
    const next = readHash();
    for (const [name, text = ''] of Object.entries(changes)) {
      if (text === '') next.delete(prefix + name);
      else next.set(prefix + name, text);
    }
    // Replaced, not pushed: the back button leaves the page, and does not step through keystrokes.
    history.replaceState(null, '', `#${next}`);
    setParams(next);
  },
  scope: (inner) => stateOf(prefix + inner, params, setParams),
});
