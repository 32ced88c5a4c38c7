import type { Library } from './library.ts';

/** Fetch alone, without retries and timeouts. */
export const plainFetch: Library = {
  name: 'fetch',
  packages: [],
  callsFetch: true,
  create: async () => (url, signal) => signal === undefined ? fetch(url) : fetch(url, { signal }),
};
