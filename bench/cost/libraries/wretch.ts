import type Wretch from 'wretch';
import type AbortAddon from 'wretch/addons/abort';
import type { retry } from 'wretch/middlewares/retry';
import type { Library } from './library.ts';
import { load } from './packages.ts';

export const wretch: Library = {
  name: 'wretch',
  packages: ['wretch'],
  callsFetch: true,
  program: `export { default } from 'wretch'; export { default as abort } from 'wretch/addons/abort'; export { retry } from 'wretch/middlewares/retry'`,
  async create({ retries, timeout, wait }) {
    const { default: create } = await load<{ default: typeof Wretch }>('wretch');
    const { default: abort } = await load<{ default: typeof AbortAddon }>('wretch', '/addons/abort');
    const middlewares = await load<{ retry: typeof retry }>('wretch', '/middlewares/retry');
    const retrying = middlewares.retry({ delayTimer: wait, delayRamp: (delay) => delay, maxAttempts: retries, retryOnNetworkError: true });
    // 0 attempts mean no limit in wretch.
    const client = create().addon(abort()).middlewares(retries === 0 ? [] : [retrying]);
    return (url, signal) => {
      const request = (signal === undefined ? client : client.options({ signal })).url(url).get();
      return (timeout === undefined ? request : request.setTimeout(timeout)).res();
    };
  },
};
