import type Ky from 'ky';
import { load, type Contestant } from '../contestant.ts';

export const ky: Contestant = {
  name: 'ky',
  packages: ['ky'],
  takesStub: true,
  async make({ retries, timeout, wait }) {
    const { default: create } = await load<{ default: typeof Ky }>('ky');
    const call = create.create({ retry: { limit: retries, delay: () => wait, backoffLimit: Infinity }, timeout: timeout ?? false });
    return (url, signal) => signal === undefined ? call(url) : call(url, { signal });
  },
};
