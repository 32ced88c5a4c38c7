import type { createClient } from '@fetchkit/ffetch';
import { load, type Contestant } from '../contestant.ts';

export const ffetch: Contestant = {
  name: 'ffetch',
  packages: ['@fetchkit/ffetch'],
  takesStub: true,
  async make({ retries, timeout, wait }) {
    const module = await load<{ createClient: typeof createClient }>('@fetchkit/ffetch');
    const call = module.createClient({ retries, timeout: timeout ?? 0, retryDelay: wait, fetchHandler: globalThis.fetch });
    return (url, signal) => signal === undefined ? call(url) : call(url, { signal });
  },
};
