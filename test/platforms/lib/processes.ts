import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The number of 20 ms pauses in which killed processes have to disappear. */
const maxRounds = 100;

/**
 * Kills every process that names a directory in its environment or its command line, and waits until none is left. Children
 * of launchers and browsers inherit a TMPDIR in the directory. Chromium overwrites its environment, but has its profile in
 * the command line. Needs /proc: elsewhere it does nothing.
 */
export async function killProcessesIn(directory: string): Promise<void> {
  for (let round = 0; round < maxRounds; round += 1) {
    const ids = processIds().filter((id) => id !== process.pid && (read(id, 'environ') + read(id, 'cmdline')).includes(directory));
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

/** Reads a file of a process. Empty for another user's process and for one that has ended. */
function read(id: number, file: 'environ' | 'cmdline'): string {
  try {
    return readFileSync(join('/proc', String(id), file), 'latin1');
  } catch {
    return '';
  }
}
