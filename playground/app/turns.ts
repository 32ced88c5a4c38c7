/**
 * Gives browsers the `setImmediate` that the FakeClock uses on Node: one port for all turns. A new port for each turn, which
 * the clock falls back to, makes a simulation several times slower. Imported before the library, which looks once.
 */
const { port1, port2 } = new MessageChannel();
const callbacks: (() => void)[] = [];
port1.onmessage = () => callbacks.shift()?.();

Object.assign(globalThis, {
  // The name is that of the member, because the clock takes another name for a patched function.
  setImmediate: (callback: () => void): void => {
    callbacks.push(callback);
    port2.postMessage(undefined);
  },
});

// Stack traces of simulated errors are never read, and capturing them takes much of the time.
Object.assign(Error, { stackTraceLimit: 0 });

export {};
