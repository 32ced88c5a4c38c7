import { measure } from './measure.ts';
import { nodePath, versions } from './nodes.ts';
import { passThrough } from './rows/pass-through.ts';
import { pick } from './statistics.ts';

/**
 * How many times a stub's time a call may take that has nothing to do, by way of its options. Ratios only, as times are the
 * machine's; and well above what it is, as that may be busy. What the bundle weighs is guarded where it is run.
 */
const ceilings = [1.5, 4];

/** The least of many rounds, which is what is left when nothing else was going on. */
async function ratioOf(name: string, version: string): Promise<number> {
  const results = await measure(passThrough, name, { node: nodePath(version), rounds: 15, contestants: ['fetch', 'resilient-fetch'] });
  const least = (contestant: string): number => Math.min(...pick(results.find((result) => result.name === contestant)?.samples ?? [], 'ns'));
  return least('resilient-fetch') / least('fetch');
}

process.exitCode = 0;
for (const version of versions) {
  for (const [index, name] of passThrough.cases.entries()) {
    const [ratio, ceiling = 0] = [await ratioOf(name, version), ceilings[index]];
    // What could not be measured does not hold.
    const holds = ratio <= ceiling;
    if (!holds) process.exitCode = 1;
    console.log(`${holds ? 'ok' : 'NOT OK'}: a pass-through ${name} takes ${ratio.toFixed(2)} of a stub's time on Node ${version}, at most ${ceiling}`);
  }
}
