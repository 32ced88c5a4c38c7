import assert from 'node:assert/strict';
import { FakeClock } from '../../src/testing/index.ts';

/** The longest wait, in real milliseconds, before a test fails. */
const limit = 20_000;

/** Waits, turn by turn of the event loop, until the condition is true. Fails after the limit. */
export async function waitFor(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + limit;
  await new FakeClock().settle(() => condition() || performance.now() > deadline);
  assert.ok(condition(), `never became true: ${condition}`);
}

/** Resolves to the reason of a rejection. Fails if the promise fulfills, or is pending after the limit. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  const rejection = promise.then((value) => assert.fail(`fulfilled with ${value}`), (error: unknown) => error);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(reject, limit, new Error('never settled'));
  });
  return Promise.race([rejection, timeout]).finally(() => clearTimeout(timer));
}
