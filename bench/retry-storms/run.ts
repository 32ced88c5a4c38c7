import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawSvg } from './charts/svg.ts';
import { themes } from './charts/theme.ts';
import { helpText, parseCommand, type Command } from './command.ts';
import type { AnyExperiment } from './experiment.ts';
import { experiments as all } from './experiments/index.ts';
import { runJobs } from './jobs.ts';
import { indexOf, pageOf, summaryOf } from './page.ts';

// The results are committed beside the sources, while this file runs from bench/dist.
const resultsFolder = fileURLToPath(new URL('../../retry-storms/results', import.meta.url));

function report(line: string): void {
  console.log(`[${(performance.now() / 1_000).toFixed(0).padStart(4)} s] ${line}`);
}

async function writeResults(folder: string, experiment: AnyExperiment, results: readonly unknown[], seed: number): Promise<void> {
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), `${text}\n`);
  write(`${experiment.name}.md`, pageOf(experiment, results, seed));
  for (const { name, spec } of experiment.charts?.(results) ?? []) {
    for (const theme of themes) write(`${name}-${theme.name}.svg`, await drawSvg(spec(theme), theme));
  }
}

async function run({ experiments, seed, out }: Command): Promise<void> {
  const results = await runJobs(experiments, seed, report);
  for (const [index, experiment] of experiments.entries()) console.log(`\n${summaryOf(experiment, results[index] ?? [])}\n`);
  if (out === undefined) return;
  mkdirSync(out, { recursive: true });
  for (const [index, experiment] of experiments.entries()) await writeResults(out, experiment, results[index] ?? [], seed);
  writeFileSync(join(out, 'README.md'), `${indexOf(all)}\n`);
  report(`Wrote ${out}`);
}

try {
  const command = parseCommand(process.argv.slice(2), all, resultsFolder);
  if (command.isHelp) console.log(helpText(all));
  else await run(command);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
