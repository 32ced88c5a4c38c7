import type { up } from 'up-fetch';
import { load, type Contestant } from '../contestant.ts';

export const upFetch: Contestant = {
  name: 'up-fetch',
  packages: ['up-fetch'],
  takesStub: true,
  async make({ retries, timeout, wait }) {
    const module = await load<{ up: typeof up }>('up-fetch');
    const call = module.up(globalThis.fetch, () => ({
      ...(timeout === undefined ? {} : { timeout }),
      retry: { attempts: retries, delay: wait },
      parseResponse: (response: Response) => response,
    }));
    return (url, signal) => signal === undefined ? call(url) : call(url, { signal });
  },
};
