import { readdirSync, readFileSync } from 'node:fs';

/** The variable that every process of a run bears, and hands on to those it starts. */
export const markName = 'RESILIENT_FETCH_PLATFORMS';

/** Ends a process and all that it started in its group. One that has gone already is let be. */
export function endGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {}
}

/** Ends what left its group but still bears the mark, where the system shows environments. */
export function endMarked(mark: string): void {
  for (const id of processes()) {
    if (id === process.pid || !environmentOf(id).split('\0').some((variable) => variable.startsWith(`${markName}=${mark}`))) continue;
    try {
      process.kill(id, 'SIGKILL');
    } catch {}
  }
}

function processes(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter((id) => id > 0);
  } catch {
    return [];
  }
}

function environmentOf(id: number): string {
  try {
    return readFileSync(`/proc/${id}/environ`, 'latin1');
  } catch {
    return '';
  }
}
