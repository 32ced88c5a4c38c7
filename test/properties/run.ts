import { parseArgs } from 'node:util';
import fc from 'fast-check';
import * as call from './call/properties.ts';
import * as layers from './layers/properties.ts';
import type { Property } from './property.ts';
import * as backoff from './pure/backoff.ts';
import * as fakeClock from './pure/fake-clock.ts';
import * as options from './pure/options.ts';
import * as requestUrl from './pure/request-url.ts';
import * as retryAfter from './pure/retry-after.ts';
import * as retryBudget from './pure/retry-budget.ts';
import * as retryPolicy from './pure/retry-policy.ts';

// Checks every property: npm run properties -- --seed 2 --runs 100000 --only 'a call'
const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, runs: { type: 'string' }, only: { type: 'string', default: '' } } });

function integer(text: string, least: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least) throw new RangeError(`Expected an integer >= ${least}: ${text}`);
  return number;
}

const seed = integer(values.seed, 0);

/** Checks a property, and prints how it went. Returns whether it holds. */
async function check({ name, runs, property, afterwards }: Property): Promise<boolean> {
  const numRuns = values.runs === undefined ? runs : integer(values.runs, 1);
  const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()];
  try {
    await fc.assert(property, { seed, numRuns });
    if (numRuns >= runs) afterwards?.();
  } catch (error) {
    // Omits the stack, because it is fast-check's.
    console.log(`not ok: ${name}\n${[error, (error as Error).cause].filter((part) => part !== undefined).join('\n')}`);
    return false;
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  console.log(`ok: ${name} (${numRuns} runs, ${((performance.now() - startedAt) / 1_000).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of CPU)`);
  return true;
}

console.log(`seed ${seed}`);
const modules: readonly { readonly properties: readonly Property[] }[] = [backoff, retryAfter, retryPolicy, retryBudget, requestUrl, options, fakeClock, layers, call];
const chosen = modules.flatMap(({ properties }) => properties).filter(({ name }) => name.includes(values.only));
if (chosen.length === 0) throw new RangeError(`No property has this in its name: ${values.only}`);
let failed = 0;
for (const property of chosen) failed += (await check(property)) ? 0 : 1;
process.exitCode = failed === 0 ? 0 : 1;
