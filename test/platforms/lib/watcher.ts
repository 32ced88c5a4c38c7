/**
 * Cleans up after a run, even one that was killed. A program of its own: its input ends when the run does. Its argument is
 * the directory of the run. Removes the directory and kills the processes that belong to it.
 */
import { rm } from 'node:fs/promises';
import { killProcessesIn } from './processes.ts';

const [directory = ''] = process.argv.slice(2);
for await (const _ of process.stdin);
await killProcessesIn(directory);
// Not rmSync(), which does not retry on Node 26: a browser's last processes write until they end.
await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
