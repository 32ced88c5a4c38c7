import type Axios from 'axios';
import type AxiosRetry from 'axios-retry';
import { load, type Contestant } from '../contestant.ts';

/** With its fetch adapter where a stub answers; else with what it takes on Node by itself. */
export const axios: Contestant = {
  name: 'axios',
  packages: ['axios', 'axios-retry'],
  takesStub: true,
  async make({ retries, timeout = 0, wait, wantsBody }) {
    const { default: library } = await load<{ default: typeof Axios }>('axios');
    const { default: retry } = await load<{ default: typeof AxiosRetry }>('axios-retry');
    const call = library.create(wantsBody
      ? { timeout, responseType: 'arraybuffer' }
      : { timeout, adapter: 'fetch', responseType: 'stream', env: { fetch: globalThis.fetch } });
    retry(call, { retries, retryDelay: () => wait, shouldResetTimeout: true });
    return (url, signal) => signal === undefined ? call.get(url) : call.get(url, { signal });
  },
  read: async ({ data }: { data: ArrayBuffer }) => data.byteLength,
};
