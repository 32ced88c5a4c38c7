import { comparedLibraries, libraries } from './libraries/index.ts';
import { olderVersion } from './libraries/packages.ts';
import type { Reply, Task } from './library-process.ts';
import { measurements } from './measurements/index.ts';

// The parent passes a task as the only argument.
const task = JSON.parse(process.argv[2] ?? '{}') as Task;
const measurement = measurements.find(({ name }) => name === task.measurement);
const candidates = task.against === undefined ? libraries : comparedLibraries(task.against);
const library = candidates.find(({ name }) => name === task.library);
if (measurement === undefined || library === undefined) throw new Error(`unknown measurement '${task.measurement}' or library '${task.library}'`);

const send = (reply: Reply): void => { process.send?.(reply); };
const sendError = (error: unknown): void => send({ error: error instanceof Error ? error.message : String(error) });

// Some libraries leave promises that reject later; those are not measured.
process.on('unhandledRejection', () => {});
process.on('disconnect', () => process.exit());

try {
  const runRound = await measurement.prepare(library, task.caseName);
  process.on('message', () => { runRound().then((sample) => send({ sample }), sendError); });
  const [main] = library.packages;
  const older = main === undefined ? undefined : olderVersion(main);
  send({ ready: true, ...(older === undefined ? {} : { olderVersion: older }) });
} catch (error) {
  sendError(error);
}
