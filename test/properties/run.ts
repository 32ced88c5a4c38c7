import { parseArgs } from 'node:util';
import fc from 'fast-check';
import * as call from './call/properties.ts';
import type { Property } from './property.ts';
import * as backoff from './pure/backoff.ts';
import * as fakeClock from './pure/fake-clock.ts';
import * as options from './pure/options.ts';
import * as requestUrl from './pure/request-url.ts';
import * as retryAfter from './pure/retry-after.ts';
import * as retryBudget from './pure/retry-budget.ts';
import * as retryPolicy from './pure/retry-policy.ts';

const { values } = parseArgs({ options: { seed: { type: 'string' }, runs: { type: 'string' }, only: { type: 'string' } } });
const seed = Number(values.seed ?? 1);
const properties: readonly Property[] = [backoff, retryAfter, retryPolicy, retryBudget, requestUrl, options, fakeClock, call].flatMap(({ properties }) => properties);

/** Checks one property. Returns whether it holds. */
async function check({ name, runs, property, afterwards }: Property): Promise<boolean> {
  const numRuns = Number(values.runs ?? runs);
  const started = process.cpuUsage();
  const startedAt = performance.now();
  try {
    await fc.assert(property, { seed, numRuns });
    if (numRuns >= runs) afterwards?.();
  } catch (error) {
    const { message, cause } = error as Error;
    console.log(`not ok: ${name}\n${message}\n${String(cause)}`);
    return false;
  }
  const { user, system } = process.cpuUsage(started);
  console.log(`ok: ${name} (${numRuns} runs, ${((performance.now() - startedAt) / 1_000).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of CPU)`);
  return true;
}

console.log(`seed ${seed}`);
for (const property of properties) {
  if (property.name.includes(values.only ?? '') && !(await check(property))) process.exitCode = 1;
}
