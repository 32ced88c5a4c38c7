import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { libraries } from './libraries/index.ts';
import { measurements } from './measurements/index.ts';
import { versions } from './nodes.ts';

export interface RunOptions {
  /** Measurement names; none means all of them. */
  readonly only: readonly string[];
  readonly nodes: readonly string[];
  /** A case of each measurement, counted from 1. */
  readonly caseNumber: number | undefined;
  readonly libraries: readonly string[] | undefined;
  readonly processes: number | undefined;
  readonly rounds: number | undefined;
  /** The absolute path of another checkout's `index.js`. */
  readonly against: string | undefined;
}

const split = (text: string | undefined): string[] | undefined => text?.split(',').filter((word) => word !== '');

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text)) throw new RangeError(`--${name} must be a whole number above 0, not '${text}'`);
  return Number(text);
}

/** Throws where a name is not among the known ones. */
function known(option: string, names: readonly string[] | undefined, all: readonly string[]): readonly string[] | undefined {
  const unknown = names?.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new RangeError(`--${option}: no '${unknown}' among ${all.join(', ')}`);
  return names;
}

/** Reads the options of `npm run bench`. A relative path is resolved against the folder in which the command was typed. */
export function readOptions(args: readonly string[], folder = process.env.INIT_CWD ?? process.cwd()): RunOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { only: text, node: text, case: text, libraries: text, processes: text, rounds: text, against: text },
  });
  return {
    only: known('only', split(values.only), [...measurements.map(({ name }) => name), 'size']) ?? [],
    nodes: known('node', split(values.node), versions) ?? versions,
    caseNumber: count('case', values.case),
    libraries: known('libraries', split(values.libraries), libraries.map(({ name }) => name)),
    processes: count('processes', values.processes),
    rounds: count('rounds', values.rounds),
    against: values.against === undefined ? undefined : resolve(folder, values.against),
  };
}
