import { contestants } from './contestants/index.ts';
import { nameHere, versionOf } from './contestant.ts';
import { rows } from './rows/index.ts';

/** The process of one contestant in one case of a row: makes a round whenever it is told to. */
const [rowName, contestantName, caseName = ''] = process.argv.slice(2);
const row = rows.find(({ name }) => name === rowName);
const contestant = contestants.find(({ name }) => name === contestantName);
if (row === undefined || contestant === undefined) throw new Error(`no row '${rowName}' or contestant '${contestantName}'`);

const tell = (message: object): void => { process.send?.(message); };
const reasonOf = (error: unknown): string => error instanceof Error ? error.message : String(error);

// Not all peers keep their promises to themselves, and what becomes of those is not measured.
process.on('unhandledRejection', () => {});
process.on('disconnect', () => process.exit());

try {
  const round = await row.prepare(contestant, caseName);
  process.on('message', () => {
    round().then((sample) => tell({ sample }), (error: unknown) => tell({ leftOut: reasonOf(error) }));
  });
  const [main] = contestant.packages;
  // Told only where it is not the newest.
  tell({ ready: main === undefined || nameHere(main) === main ? '' : versionOf(main) });
} catch (error) {
  tell({ leftOut: reasonOf(error) });
}
