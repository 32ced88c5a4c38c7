import { getEventListeners } from 'node:events';

export const countAbortListeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;
