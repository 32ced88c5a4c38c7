/** The resources that a process uses, and their growth since the first measurement. */
import { getEventListeners } from 'node:events';
import { registrations } from './registrations.ts';

export interface Resources {
  /** The heap in use, in kilobytes. */
  readonly heap: number;
  /** The connections that the server has open. */
  readonly sockets: number;
  /** The listeners on the signal that all calls share. */
  readonly listeners: number;
  readonly timers: number;
  /** The registrations of bodies that the signal can still abort. */
  readonly registrations: number;
}

const names = ['heap', 'sockets', 'listeners', 'timers', 'registrations'] as const;

/** The growth that is allowed: caches of the engine and idle sockets of the pool vary by as much. */
const allowedGrowth: Resources = { heap: 1_024, sockets: 32, listeners: 0, timers: 2, registrations: 0 };

export function measure(signal: AbortSignal, sockets: number): Resources {
  const heap = Math.round(process.memoryUsage().heapUsed / 1_024);
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  return { heap, sockets, listeners: getEventListeners(signal, 'abort').length, timers, registrations: registrations.pending };
}

const printRow = (cells: readonly unknown[]): void => console.log(`| ${cells.map((cell) => String(cell).padStart(13)).join(' | ')} |`);

export const printHeader = (): void => printRow(['calls', 'heap, kB', ...names.slice(1)]);

/** Prints a measurement. Returns the resources that have grown since the first one. */
export function compare(calls: number, now: Resources, first: Resources): readonly string[] {
  printRow([calls, ...names.map((name) => now[name])]);
  return names.filter((name) => now[name] > first[name] + allowedGrowth[name])
    .map((name) => `${name}: ${first[name]} at first, ${now[name]} after ${calls} calls`);
}
