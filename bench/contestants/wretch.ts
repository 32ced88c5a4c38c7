import type Wretch from 'wretch';
import type AbortAddon from 'wretch/addons/abort';
import type { retry } from 'wretch/middlewares/retry';
import { load, type Contestant } from '../contestant.ts';

export const wretch: Contestant = {
  name: 'wretch',
  packages: ['wretch'],
  takesStub: true,
  async make({ retries, timeout, wait }) {
    const { default: create } = await load<{ default: typeof Wretch }>('wretch');
    const { default: abort } = await load<{ default: typeof AbortAddon }>('wretch', '/addons/abort');
    const middlewares = await load<{ retry: typeof retry }>('wretch', '/middlewares/retry');
    const retrying = middlewares.retry({ delayTimer: wait, delayRamp: (delay) => delay, maxAttempts: retries, retryOnNetworkError: true });
    // Its 0 is without end.
    const client = create().addon(abort()).middlewares(retries === 0 ? [] : [retrying]);
    return (url, signal) => {
      const request = (signal === undefined ? client : client.options({ signal })).url(url).get();
      return (timeout === undefined ? request : request.setTimeout(timeout)).res();
    };
  },
};
