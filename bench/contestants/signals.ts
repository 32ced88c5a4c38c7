import type { Contestant } from '../contestant.ts';
import { pause } from '../floor.ts';

/** The floor's loop, with the platform's own signals in place of a controller, a timer and a listener. */
export const signals: Contestant = {
  name: 'AbortSignal.any',
  packages: [],
  takesStub: true,
  async make({ retries, timeout, wait }) {
    if (timeout === undefined) throw new Error('is the floor where there is no timeout');
    return async (url, signal) => {
      for (let left = retries; ; left -= 1) {
        const limit = AbortSignal.timeout(timeout);
        try {
          const response = await fetch(url, { signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) });
          if (response.status < 500 || left === 0) return response;
        } catch (error) {
          if (left === 0 || signal?.aborted) throw error;
        }
        if (wait > 0) await pause(wait, signal);
      }
    };
  },
};
