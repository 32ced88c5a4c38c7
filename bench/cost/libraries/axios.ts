import type Axios from 'axios';
import type AxiosRetry from 'axios-retry';
import type { Library } from './library.ts';
import { load } from './packages.ts';

/** Uses its fetch adapter where a mock responds, else the adapter that it chooses on Node by itself. */
export const axios: Library = {
  name: 'axios',
  packages: ['axios', 'axios-retry'],
  callsFetch: true,
  program: `export { default } from 'axios'; export { default as retry } from 'axios-retry'`,
  async create({ retries, timeout = 0, wait, readsBody }) {
    const { default: library } = await load<{ default: typeof Axios }>('axios');
    const { default: retry } = await load<{ default: typeof AxiosRetry }>('axios-retry');
    const call = library.create(readsBody
      ? { timeout, responseType: 'arraybuffer' }
      : { timeout, adapter: 'fetch', responseType: 'stream', env: { fetch: globalThis.fetch } });
    retry(call, { retries, retryDelay: () => wait, shouldResetTimeout: true });
    return (url, signal) => signal === undefined ? call.get(url) : call.get(url, { signal });
  },
  readBody: async ({ data }: { data: ArrayBuffer }) => data.byteLength,
};
