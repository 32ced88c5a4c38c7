import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The state of the page: texts by name. A name that is absent has its default. */
export interface State {
  get(name: string): string | undefined;
  /** Sets several texts at once. `undefined` and an empty text take a name back to its default. */
  set(changes: Readonly<Record<string, string | undefined>>): void;
  /** The part of the state whose names begin with a prefix. */
  scope(prefix: string): State;
}

/** Edits a copy of the state, and shows it. */
type Change = (edit: (next: URLSearchParams) => void) => void;

const readHash = (): URLSearchParams => new URLSearchParams(location.hash.slice(1));

/** Milliseconds without a change before the hash is written: Safari throws at more than 100 writes in 10 s, earlier versions in 30 s. */
const quietTime = 400;

/** The name under which a page that is left keeps its hash, and the one that was not yet written. */
const unwritten = 'playground: unwritten hash';

/** Writes the hash that a reload came before. Storage may be blocked, and then the reload shows what was written. */
function restoreHash(): void {
  try {
    const [hash, next] = JSON.parse(sessionStorage.getItem(unwritten) ?? '[]') as readonly string[]; // Only this module writes it.
    sessionStorage.removeItem(unwritten);
    if (hash === location.hash) history.replaceState(null, '', next);
  } catch {}
}

/** Keeps the whole state in the hash of the URL, so that a link shows what its sender saw. */
export function useHash(): State {
  const [params, setParams] = useState(() => {
    restoreHash();
    return readHash();
  });
  // A reference, because two changes may come before the page is drawn again.
  const { current } = useRef({ params, timer: undefined as ReturnType<typeof setTimeout> | undefined });
  const show = (next: URLSearchParams): void => {
    current.params = next;
    setParams(next);
  };
  const write = (): void => {
    current.timer = undefined;
    try {
      // Replaced, not pushed: the back button leaves the page, and does not step through keystrokes.
      history.replaceState(null, '', `#${current.params}`);
    } catch {
      writeSoon();
    }
  };
  const writeSoon = (): void => {
    clearTimeout(current.timer);
    current.timer = setTimeout(write, quietTime);
  };
  const change: Change = (edit) => {
    const next = new URLSearchParams(current.params);
    edit(next);
    show(next);
    writeSoon();
  };
  // At once, because an effect waits for a frame, and a change before it would be missed.
  useLayoutEffect(() => {
    const onHashChange = (): void => {
      clearTimeout(current.timer);
      current.timer = undefined;
      show(readHash());
    };
    // A write is too late here: Chromium and WebKit reload the earlier address.
    const onPageHide = (): void => {
      if (current.timer === undefined) return;
      try {
        sessionStorage.setItem(unwritten, JSON.stringify([location.hash, `#${current.params}`]));
      } catch {}
    };
    addEventListener('hashchange', onHashChange);
    addEventListener('pagehide', onPageHide);
    return () => {
      removeEventListener('hashchange', onHashChange);
      removeEventListener('pagehide', onPageHide);
    };
  }, []);
  return stateOf('', params, change);
}

const stateOf = (prefix: string, params: URLSearchParams, change: Change): State => ({
  get: (name) => params.get(prefix + name) ?? undefined,
  set: (changes) => change((next) => {
    for (const [name, text = ''] of Object.entries(changes)) {
      if (text === '') next.delete(prefix + name);
      else next.set(prefix + name, text);
    }
  }),
  scope: (inner) => stateOf(prefix + inner, params, change),
});
