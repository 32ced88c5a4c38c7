import type { Contestant } from '../contestant.ts';

/** What the others are compared with. */
export const bare: Contestant = {
  name: 'fetch',
  packages: [],
  takesStub: true,
  make: async () => (url, signal) => signal === undefined ? fetch(url) : fetch(url, { signal }),
};
