/**
 * Outlives the checks, however they end, and clears up after them: a program of its own whose input ends when its
 * starter does. Given a mark that every process of the checks bears in its environment, and the directory of their
 * profiles; told the process groups by line.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { endGroup, endMarked } from './ending.ts';

const [mark = '', directory = ''] = process.argv.slice(2);
// An interrupt is meant for the checks: this one goes when they have gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const groups = new Set<number>();
for await (const line of createInterface({ input: process.stdin })) {
  const [sign, group] = [line[0], Number(line.slice(1))];
  if (sign === '+') groups.add(group);
  else groups.delete(group);
}
for (const group of groups) endGroup(group, 'SIGKILL');
endMarked(mark);
rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
