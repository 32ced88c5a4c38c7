import { measure } from './measure.ts';
import { nodePath, versions } from './nodes.ts';
import { passThrough } from './rows/pass-through.ts';
import { ourSize } from './rows/size.ts';
import { pick } from './statistics.ts';

/** What must not be exceeded. Ratios and bytes only, as times are the machine's. */
const ceilings = {
  /** Bytes of `import { resilientFetch }`, minified and gzipped. */
  gzip: 5_700,
  /** How many times a stub's time a call takes that has nothing to do. A multiple of what it is, as a machine may be busy. */
  passThrough: 6,
};

/** The least of many rounds, which is what is left when nothing else was going on. */
async function passThroughRatio(version: string): Promise<number> {
  const results = await measure(passThrough, passThrough.cases[0] ?? '', {
    node: nodePath(version), rounds: 15, contestants: ['fetch', 'resilient-fetch'],
  });
  const least = (name: string): number => Math.min(...pick(results.find((result) => result.name === name)?.samples ?? [], 'ns'));
  return least('resilient-fetch') / least('fetch');
}

/** Whether it holds, told in a line. What could not be measured does not hold. */
function holds(what: string, value: number, ceiling: number): boolean {
  const isFine = Number.isFinite(value) && value <= ceiling;
  console.log(`${isFine ? 'ok' : 'NOT OK'}: ${what} is ${Math.round(value * 100) / 100}, at most ${ceiling}`);
  return isFine;
}

const verdicts = [holds('import { resilientFetch }, minified and gzipped', (await ourSize()).gzip, ceilings.gzip)];
for (const version of versions) {
  verdicts.push(holds(`a pass-through on Node ${version}, as a multiple of the stub`, await passThroughRatio(version), ceilings.passThrough));
}
process.exitCode = verdicts.every(Boolean) ? 0 : 1;
