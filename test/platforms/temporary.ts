import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();

// A browser that was just killed may still be writing.
const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };

process.once('exit', () => folders.forEach((folder) => rmSync(folder, removal)));

/** Lends an empty folder, which is gone afterwards whatever happened. */
export async function withTemporary<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'resilient-fetch-'));
  folders.add(folder);
  try {
    return await use(folder);
  } finally {
    await rm(folder, removal);
    folders.delete(folder);
  }
}
