import { parseArgs } from 'node:util';
import { systemClock, type Clock } from 'resilient-fetch';
import { scenarios, startScenarios, type ScenarioResult } from './scenarios.ts';
import { attemptLines, colourful, heading, introduction, plain, resultLines, summaryLines, type Screen } from './timeline.ts';

const usage = `Usage: npm run demo [-- --real-time]

Orders calls Users, which hangs, fails, goes down and stalls. Takes about 9 s.

  --real-time  do not shorten the tutorial's times: takes about 2.5 minutes
  --help       print this text
`;

/** A clock that counts the tutorial's milliseconds, each `pace` real milliseconds long. The tutorial's settings apply as they are. */
const pacedClock = (pace: number): Clock => ({
  now: () => systemClock.now() / pace,
  date: () => systemClock.date(),
  setTimeout: (callback, ms) => systemClock.setTimeout(callback, ms * pace),
  clearTimeout: (timer) => systemClock.clearTimeout(timer),
});

const print = (...lines: string[]): void => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

/** Runs the scenarios one after another, and prints each attempt as it ends. Closes both services at the end, also after an error. */
async function runAll(pace: number, screen: Screen, signal: AbortSignal): Promise<void> {
  const started = systemClock.now();
  const results: ScenarioResult[] = [];
  const runner = await startScenarios(pacedClock(pace), (attempt) => print(...attemptLines(attempt, screen)));
  try {
    // The first call of a process loads fetch, which would count as time of the first scenario.
    await (await fetch(runner.users.url)).text();
    print(...introduction(1_000 * pace, screen));
    for (const [index, scenario] of scenarios.entries()) {
      print(...heading(index + 1, scenario.title, screen));
      const result = await runner.run(scenario, signal);
      print(...resultLines(result, screen));
      results.push(result);
    }
    print('', ...summaryLines(results, systemClock.now() - started, screen));
  } finally {
    await runner.close();
  }
}

/** The options that the arguments set. Undefined for an unknown argument. */
function optionsFrom(args: readonly string[]): { 'help'?: boolean; 'real-time'?: boolean } | undefined {
  try {
    return parseArgs({ args: [...args], options: { 'help': { type: 'boolean' }, 'real-time': { type: 'boolean' } } }).values;
  } catch {
    return undefined;
  }
}

/** Runs the demo, and resolves to its exit code: 0, 2 for an unknown argument, 130 after Ctrl-C or on a closed pipe. */
async function main(args: readonly string[]): Promise<number> {
  const options = optionsFrom(args);
  if (options === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  // The reader of a pipe may close it before the end.
  process.stdout.on('error', () => controller.abort());
  const { isTTY, columns = 80 } = process.stdout;
  // hasColors() respects NO_COLOR.
  const screen = { width: columns, paint: isTTY && process.stdout.hasColors() ? colourful : plain };
  try {
    await runAll(options['real-time'] ? 1 : 0.06, screen, controller.signal);
    return 0;
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    print('', 'Stopped: both services are closed.');
    return 130;
  }
}

process.exitCode = await main(process.argv.slice(2));
