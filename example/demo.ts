import { systemClock, type Clock } from 'resilient-fetch';
import { scenarios, startScenarios, type ScenarioResult } from './scenarios.ts';
import { attemptLine, colourful, heading, introduction, plain, resultLines, summaryLine, type Paint } from './timeline.ts';

const usage = 'Usage: npm run demo [-- --real-time]';

/** A clock that counts the tutorial's milliseconds, each `pace` real milliseconds long. The tutorial's settings apply as they are. */
const pacedClock = (pace: number): Clock => ({
  now: () => systemClock.now() / pace,
  date: () => systemClock.date(),
  setTimeout: (callback, ms) => systemClock.setTimeout(callback, ms * pace),
  clearTimeout: (timer) => systemClock.clearTimeout(timer),
});

const print = (...lines: string[]): void => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

/** Runs the scenarios one after another, and prints each attempt as it ends. Closes both services at the end, also after an error. */
async function runAll(pace: number, paint: Paint, signal: AbortSignal): Promise<void> {
  const started = systemClock.now();
  const results: ScenarioResult[] = [];
  const runner = await startScenarios(pacedClock(pace), (attempt) => print(attemptLine(attempt, paint)));
  try {
    print(...introduction(1_000 * pace, paint));
    for (const [index, scenario] of scenarios.entries()) {
      print(...heading(index + 1, scenario.title, paint));
      const result = await runner.run(scenario, signal);
      print(...resultLines(result, paint));
      results.push(result);
    }
    print('', summaryLine(results, systemClock.now() - started, paint));
  } finally {
    await runner.close();
  }
}

/** Runs the demo, and resolves to its exit code: 0, 2 for an unknown argument, 130 after Ctrl-C or on a closed pipe. */
async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== '--real-time')) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  // The reader of a pipe may close it before the end.
  process.stdout.on('error', () => controller.abort());
  try {
    // hasColors() respects NO_COLOR.
    const paint = process.stdout.isTTY && process.stdout.hasColors() ? colourful : plain;
    await runAll(args.includes('--real-time') ? 1 : 0.075, paint, controller.signal);
    return 0;
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    print('', 'Stopped: both services are closed.');
    return 130;
  }
}

process.exitCode = await main(process.argv.slice(2));
