/**
 * Gives browsers the `setImmediate` that the FakeClock uses on Node: one port for all turns. A new port for each turn, which
 * the clock falls back to, makes a simulation several times slower. Imported before the library, which looks once.
 */
const { port1, port2 } = new MessageChannel();
const callbacks: (() => void)[] = [];
port1.onmessage = () => callbacks.shift()?.();

function setImmediate(callback: () => void): void {
  callbacks.push(callback);
  port2.postMessage(undefined);
}

Object.assign(globalThis, { setImmediate });

export {};
