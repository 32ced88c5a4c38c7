import type * as Cockatiel from 'cockatiel';
import type { Library } from './library.ts';
import { load } from './packages.ts';

/** Reads the body inside the policy because cockatiel aborts its signal when the function that it runs has settled. */
export const cockatiel: Library = {
  name: 'cockatiel',
  packages: ['cockatiel'],
  callsFetch: true,
  program: `export { handleAll, retry, timeout, wrap, ConstantBackoff, TimeoutStrategy } from 'cockatiel'`,
  async create({ retries, timeout: limit, wait, readsBody }) {
    const { handleAll, retry, timeout, wrap, ConstantBackoff, TimeoutStrategy } = await load<typeof Cockatiel>('cockatiel');
    const isBad = (response: unknown): boolean => (response as { status: number }).status >= 500;
    const retrying = retry(handleAll.orWhenResult(isBad), { maxAttempts: retries, backoff: new ConstantBackoff(wait) });
    const policy = limit === undefined ? retrying : wrap(retrying, timeout(limit, TimeoutStrategy.Aggressive));
    if (!readsBody) return (url, signal) => policy.execute(({ signal: inner }) => fetch(url, { signal: inner }), signal);
    return (url, signal) => policy.execute(async ({ signal: inner }) => {
      const response = await fetch(url, { signal: inner });
      return { status: response.status, body: await response.arrayBuffer() };
    }, signal);
  },
  readBody: async ({ body }: { body: ArrayBuffer }) => body.byteLength,
};
