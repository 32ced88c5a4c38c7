/** A body of 1 GB, read as it comes from fetch and as `bodyTimeout` wraps it, in turns, so that both have the same machine. */
import { resilientFetch } from '../../src/index.ts';

const rounds = 5;

/** How much of fetch's own throughput a wrapped body has at least. */
const least = 0.8;

/** Megabytes a second, by the wall's clock. */
async function throughput(fetch: typeof globalThis.fetch, url: string): Promise<number> {
  const begun = performance.now();
  const { body } = await fetch(url);
  const reader = body?.getReader();
  let size = 0;
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) size += part.value.byteLength;
  if (size !== 2 ** 30) throw new Error(`${size} bytes came of 1 GB`);
  return size / 1_000 / (performance.now() - begun);
}

/** Prints the best round of either, as what else the machine does only ever takes from one. Resolves to what is too slow. */
export async function gigabytes(url: string): Promise<readonly string[]> {
  const wrapped = resilientFetch.with({ bodyTimeout: 10_000 }) as typeof fetch;
  const best = { bare: 0, wrapped: 0 };
  for (let round = 0; round < rounds; round += 1) {
    best.bare = Math.max(best.bare, await throughput(fetch, url));
    best.wrapped = Math.max(best.wrapped, await throughput(wrapped, url));
  }
  const ratio = best.wrapped / best.bare;
  console.log(`a body of 1 GB, best of ${rounds}: ${Math.round(best.bare)} MB/s as it is, ${Math.round(best.wrapped)} MB/s with a bodyTimeout, ratio ${ratio.toFixed(2)}`);
  return ratio < least ? [`a body with a bodyTimeout has ${ratio.toFixed(2)} of the throughput`] : [];
}
