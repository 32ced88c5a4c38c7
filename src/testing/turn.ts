/** Waits for the next turn of the event loop. */
export type NextTurn = () => Promise<void>;

interface Port {
  onmessage: () => void;
  postMessage(message: unknown): void;
  close(): void;
}

/** The globals that give a turn, each of which some platform or test environment lacks. */
export interface TurnSource {
  setImmediate?: ((callback: () => void) => unknown) | undefined;
  MessageChannel?: (new () => { port1: Port; port2: Port }) | undefined;
}

/**
 * Chooses a turn that takes no timer, so that patched timers do not stop it: setImmediate unless it is patched too, else a
 * message port. Jest's jsdom environment has neither: there, promises get many turns of the microtask queue.
 */
export function turnsOf({ setImmediate, MessageChannel }: TurnSource): NextTurn {
  if (setImmediate !== undefined && !isPatched(setImmediate)) return () => new Promise((resolve) => void setImmediate(resolve));
  if (MessageChannel === undefined) return manyMicrotasks;
  return () => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** Fake timers put a function of another name, or with their clock, in the place of the platform's. */
const isPatched = (setImmediate: (callback: () => void) => unknown): boolean => 'clock' in setImmediate || setImmediate.name !== 'setImmediate';

async function manyMicrotasks(): Promise<void> {
  for (let microtask = 0; microtask < 100; microtask += 1) await Promise.resolve();
}

/** Uses the globals as they are at import, since fake timers often come later. */
export const nextTurn: NextTurn = turnsOf(globalThis as unknown as TurnSource);
