import { parseArgs } from 'node:util';
import type { AnyExperiment } from './experiment.ts';

export interface Command {
  readonly experiments: readonly AnyExperiment[];
  readonly seed: number;
  /** The folder for pages and charts. Undefined if they are only printed. */
  readonly out: string | undefined;
  readonly isHelp: boolean;
}

/** The seed of the committed results. */
export const defaultSeed = 7;

/** Parses the command line. Throws an Error for an option, experiment or seed that does not exist. */
export function parseCommand(args: readonly string[], all: readonly AnyExperiment[], results: string): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { seed: { type: 'string', default: String(defaultSeed) }, out: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed must be an integer, not '${values.seed}'`);
  const named = positionals.map((name) => all.find((experiment) => experiment.name === name) ?? unknownExperiment(name, all));
  return {
    experiments: named.length > 0 ? named : all.filter(({ isMachineDependent = false }) => !isMachineDependent),
    seed,
    out: values.out ?? (seed === defaultSeed ? results : undefined),
    isHelp: values.help,
  };
}

function unknownExperiment(name: string, all: readonly AnyExperiment[]): never {
  throw new Error(`Unknown experiment '${name}': choose from ${all.map((experiment) => experiment.name).join(', ')}`);
}

export const helpText = (all: readonly AnyExperiment[]): string => [
  'Usage: npm run storm -- [experiment...] [--seed N] [--out DIR]',
  '',
  'Simulates retry storms in virtual time, prints the results, and writes pages and charts.',
  '',
  ...all.map(({ name, question, isMachineDependent }) => `  ${name.padEnd(18)}${question}${isMachineDependent ? ' (only by name)' : ''}`),
  '',
  `  --seed N    the seed of all randomness (default ${defaultSeed}); with another seed, nothing is written without --out`,
  '  --out DIR   the folder for pages and charts (default bench/retry-storms/results)',
  '  -h, --help  this text',
].join('\n');
