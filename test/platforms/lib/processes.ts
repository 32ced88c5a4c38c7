import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The number of 20 ms pauses in which killed processes have to disappear. */
const maxRounds = 100;

/**
 * Kills every process whose TMPDIR is inside a directory, and waits until none is left. A program hands its environment on
 * to the programs it starts, so this finds the children of launchers and browsers too. Needs /proc: elsewhere it does
 * nothing.
 */
export async function killProcessesIn(directory: string): Promise<void> {
  for (let round = 0; round < maxRounds; round += 1) {
    const ids = processIds().filter((id) => id !== process.pid && temporaryDirectoryOf(id).startsWith(directory));
    if (ids.length === 0) return;
    ids.forEach(kill);
    await sleep(20);
  }
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // The process has ended by itself.
  }
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter((id) => id > 0);
  } catch {
    return [];
  }
}

/** The TMPDIR with which a process was started. Empty for another user's process and for one that has ended. */
function temporaryDirectoryOf(id: number): string {
  try {
    const variables = readFileSync(join('/proc', String(id), 'environ'), 'latin1').split('\0');
    return variables.find((variable) => variable.startsWith('TMPDIR='))?.slice('TMPDIR='.length) ?? '';
  } catch {
    return '';
  }
}
