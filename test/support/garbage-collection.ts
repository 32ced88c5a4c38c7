import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FakeClock } from '../../src/testing/index.ts';

setFlagsFromString('--expose-gc');
// The flag adds a global of this type to each new context.
const gc = runInNewContext('gc') as () => void;

/** Collects unreachable objects and runs their finalizers: both take several rounds, with turns of the event loop between. */
export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    gc();
    await new FakeClock({ turns: 3 }).settle();
  }
}

/** Collects garbage until the condition is true. Fails after 20 collections. */
export async function collectGarbageUntil(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 20 && !condition(); round += 1) await collectGarbage();
  assert.ok(condition(), `never became true: ${condition}`);
}
