import assert from 'node:assert/strict';
import { after } from 'node:test';
import { collectGarbage } from './garbage-collection.ts';

/** Fails the test file if any promise of its tests rejects unhandled. */
export function forbidUnhandledRejections(): void {
  const unhandled: unknown[] = [];
  process.on('unhandledRejection', (error) => unhandled.push(error));
  after(async () => {
    await collectGarbage();
    assert.deepEqual(unhandled, [], 'no rejection is left unhandled');
  });
}
