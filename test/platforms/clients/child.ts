import { entries, type Entry } from './registry.ts';
import { startServer } from './peer.ts';
import { check, scenarios } from './scenarios.ts';

/** What came of one scenario with one client: all is well, there is no such use, or what is wrong. */
export interface Cell {
  readonly row: string;
  readonly column: string;
  readonly skipped?: string;
  readonly problem?: string;
}

const patience = 20_000;

/** Tries every scenario with a client, each with a server of its own. */
async function tryClient({ name, open = startServer, load }: Entry, tell: (cell: Cell) => void): Promise<void> {
  const { client } = await load();
  for (const scenario of scenarios) {
    const place = { row: name, column: scenario.name };
    const call = client[scenario.use];
    if (typeof call === 'string') {
      tell({ ...place, skipped: call });
      continue;
    }
    const peer = await open(client.replies);
    const problem = await withinPatience(check(scenario, client, call, peer));
    await peer.close();
    tell(problem === undefined ? place : { ...place, problem });
  }
}

const withinPatience = (checking: Promise<string | undefined>): Promise<string | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => { timer = setTimeout(resolve, patience, 'It did not end'); });
  return Promise.race([checking, late])
    .catch((error: unknown) => `the check failed: ${String(error)}`)
    .finally(() => clearTimeout(timer));
};

// It goes with whoever wants to know.
process.once('disconnect', () => process.exit());

const rows = process.argv.slice(2);
for (const entry of entries) {
  if (rows.includes(entry.name)) await tryClient(entry, (cell) => void process.send?.(cell));
}
process.disconnect?.();
