import type { Contestant } from '../contestant.ts';
import { floor } from '../floor.ts';

export const floorContestant: Contestant = {
  name: 'floor',
  packages: [],
  takesStub: true,
  make: async (settings) => (url, signal) => floor(url, signal, settings),
};
