import type { Library } from './library.ts';
import { pause } from './baseline-loop.ts';

/** The loop of the baseline, with signals of the platform in place of a controller, a timer and a listener. */
export const abortSignalAny: Library = {
  name: 'AbortSignal.any',
  packages: [],
  callsFetch: true,
  async create({ retries, timeout, wait }) {
    if (timeout === undefined) throw new Error('is the baseline where there is no timeout');
    return async (url, signal) => {
      for (let left = retries; ; left -= 1) {
        const timeoutSignal = AbortSignal.timeout(timeout);
        try {
          const response = await fetch(url, { signal: signal === undefined ? timeoutSignal : AbortSignal.any([signal, timeoutSignal]) });
          if (response.status < 500 || left === 0) return response;
        } catch (error) {
          if (left === 0 || signal?.aborted) throw error;
        }
        if (wait > 0) await pause(wait, signal);
      }
    };
  },
};
