/** The throughput of a body of 1 GB, without and with `bodyTimeout`, in alternate rounds on the same machine. */
import { resilientFetch } from '../../src/index.ts';

const rounds = 5;

/** The least throughput with `bodyTimeout`, relative to fetch's own. */
const minimumRatio = 0.8;

/** Reads 1 GB. Resolves to megabytes per second of real time. */
async function throughputOf(fetch: typeof globalThis.fetch, url: string): Promise<number> {
  const started = performance.now();
  const { body } = await fetch(url);
  const reader = body?.getReader();
  let size = 0;
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) size += part.value.byteLength;
  if (size !== 2 ** 30) throw new Error(`read ${size} bytes of 1 GB`);
  return size / 1_000 / (performance.now() - started);
}

/** Prints the best round of each, because other load on the machine only lowers a figure. Resolves to the problems found. */
export async function compareThroughput(url: string): Promise<readonly string[]> {
  const withTimeout = resilientFetch.with({ bodyTimeout: 10_000 }) as typeof fetch;
  const best = { plain: 0, withTimeout: 0 };
  for (let round = 0; round < rounds; round += 1) {
    best.plain = Math.max(best.plain, await throughputOf(fetch, url));
    best.withTimeout = Math.max(best.withTimeout, await throughputOf(withTimeout, url));
  }
  const ratio = best.withTimeout / best.plain;
  console.log(`\nBody of 1 GB, best of ${rounds} rounds: ${Math.round(best.plain)} MB/s with fetch, ${Math.round(best.withTimeout)} MB/s with bodyTimeout, ratio ${ratio.toFixed(2)}`);
  return ratio < minimumRatio ? [`throughput with bodyTimeout: ratio ${ratio.toFixed(2)}, at least ${minimumRatio} is required`] : [];
}
