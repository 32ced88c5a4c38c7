/**
 * Cleans up after a run, even one that was killed. A program of its own: its input ends when the run does. Its argument is
 * the directory of the run. Removes the directory and kills the processes that belong to it.
 */
import { rmSync } from 'node:fs';
import { killProcessesIn } from './processes.ts';

const [directory = ''] = process.argv.slice(2);
for await (const _ of process.stdin);
await killProcessesIn(directory);
rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
