import { systemClock, type Clock } from 'resilient-fetch';
import { openStage, stories, type Ending } from './stories.ts';
import { attemptLine, colourful, endingLines, heading, introduction, plain, summaryLine, type Paint } from './timeline.ts';

const usage = 'Usage: npm run demo [-- --real-time]';

/** A clock of the tutorial's milliseconds, each lasting `pace` of the system's. Who lives by it keeps the tutorial's settings. */
const pacedClock = (pace: number): Clock => ({
  now: () => systemClock.now() / pace,
  date: () => systemClock.date(),
  setTimeout: (callback, ms) => systemClock.setTimeout(callback, ms * pace),
  clearTimeout: (timer) => systemClock.clearTimeout(timer),
});

const print = (...lines: string[]): void => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

/** Plays the stories one after another, and prints each attempt as it ends. Leaves nothing open, whatever happens. */
async function playAll(pace: number, paint: Paint, signal: AbortSignal): Promise<void> {
  const started = systemClock.now();
  const endings: Ending[] = [];
  const stage = await openStage(pacedClock(pace), (attempt) => print(attemptLine(attempt, paint)));
  try {
    print(...introduction(1_000 * pace, paint));
    for (const [index, story] of stories.entries()) {
      print(...heading(index + 1, story.title, paint));
      const ending = await stage.play(story, signal);
      print(...endingLines(ending, paint));
      endings.push(ending);
    }
    print('', summaryLine(endings, systemClock.now() - started, paint));
  } finally {
    await stage.close();
  }
}

/** Runs the demo, and resolves to its exit code: 0, 2 for an argument it does not know, 130 where Ctrl-C or a closed pipe ends it. */
async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== '--real-time')) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  // Whoever reads a pipe may leave before the end.
  process.stdout.on('error', () => controller.abort());
  try {
    // Its own look at the environment honours NO_COLOR.
    const paint = process.stdout.isTTY && process.stdout.hasColors() ? colourful : plain;
    await playAll(args.includes('--real-time') ? 1 : 0.075, paint, controller.signal);
    return 0;
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    print('', 'Stopped: both services are closed.');
    return 130;
  }
}

process.exitCode = await main(process.argv.slice(2));
