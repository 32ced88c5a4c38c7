/** Waits for the next turn of the event loop. */
export type NextTurn = () => Promise<void>;

interface Port {
  onmessage: () => void;
  postMessage(message: unknown): void;
  close(): void;
}

/** Uses no timer, so that patched timers do not stop it: setImmediate, else a message port. */
export const turnsOf = (immediate: ((callback: () => void) => unknown) | undefined): NextTurn =>
  immediate === undefined
    ? () => new Promise((resolve) => {
      // The members in which the platforms' types differ are not used here.
      const { port1, port2 } = new MessageChannel() as unknown as { port1: Port; port2: Port };
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    })
    : () => new Promise((resolve) => void immediate(resolve));

/** The platform's own, read at import, before anyone could patch it. */
export const nextTurn: NextTurn = turnsOf((globalThis as { setImmediate?: (callback: () => void) => unknown }).setImmediate);
