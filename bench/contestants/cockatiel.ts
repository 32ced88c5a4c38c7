import type * as Cockatiel from 'cockatiel';
import { load, type Contestant } from '../contestant.ts';

/** It aborts its signal when what it runs has ended, so that a body must be read within. */
export const cockatiel: Contestant = {
  name: 'cockatiel',
  packages: ['cockatiel'],
  takesStub: true,
  async make({ retries, timeout: limit, wait, wantsBody }) {
    const { handleAll, retry, timeout, wrap, ConstantBackoff, TimeoutStrategy } = await load<typeof Cockatiel>('cockatiel');
    const isBad = (response: unknown): boolean => (response as { status: number }).status >= 500;
    const retrying = retry(handleAll.orWhenResult(isBad), { maxAttempts: retries, backoff: new ConstantBackoff(wait) });
    const policy = limit === undefined ? retrying : wrap(retrying, timeout(limit, TimeoutStrategy.Aggressive));
    if (!wantsBody) return (url, signal) => policy.execute(({ signal: inner }) => fetch(url, { signal: inner }), signal);
    return (url, signal) => policy.execute(async ({ signal: inner }) => {
      const response = await fetch(url, { signal: inner });
      return { status: response.status, body: await response.arrayBuffer() };
    }, signal);
  },
  read: async ({ body }: { body: ArrayBuffer }) => body.byteLength,
};
