import { pathToFileURL } from 'node:url';
import type { resilientFetch as ResilientFetch } from 'resilient-fetch';
import type { Library } from './library.ts';

/** Describes one build of resilient-fetch, imported by `load`. */
const buildOf = (name: string, load: () => Promise<{ resilientFetch: typeof ResilientFetch }>): Library => ({
  name,
  packages: ['resilient-fetch'],
  callsFetch: true,
  async create({ retries, timeout = Infinity, wait }) {
    const { resilientFetch } = await load();
    const call = resilientFetch.with({ retries, timeout, backoff: { base: wait, factor: 1, max: 1e9, jitter: 'none' } });
    return (url, signal) => signal === undefined ? call(url) : call(url, { signal });
  },
  async createWithInit(init) {
    const { resilientFetch } = await load();
    return (url) => resilientFetch(url, init);
  },
});

export const resilientFetch: Library = {
  ...buildOf('resilient-fetch', () => import('resilient-fetch')),
  program: `export { resilientFetch } from 'resilient-fetch'`,
};

export const otherCheckoutName = 'other checkout';

/** Describes the build of another checkout, by the path of its `index.js`, which exports the same `resilientFetch`. */
export const otherCheckout = (path: string): Library => buildOf(otherCheckoutName, () => import(pathToFileURL(path).href));
