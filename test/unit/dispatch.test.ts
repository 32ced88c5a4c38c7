import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toDispatch, type Fetch } from '../../src/dispatch.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { withTimeout } from '../../src/timeout.ts';
import { toFetch } from './trace.ts';

describe('toDispatch', () => {
  it('reports what fetch throws as an error, and leaves no timer', async () => {
    const clock = new FakeClock();
    const fetch: Fetch = () => { throw new Error('broken'); };

    await assert.rejects(toFetch(withTimeout(100, 'attempt', clock, () => true)(toDispatch(fetch)))('http://users.test/1'), /^Error: broken$/);

    assert.equal(clock.pending, 0);
  });

  it("reports an exception of a mock's getter as an error", async () => {
    const clock = new FakeClock();
    const response = { get body() { throw new Error('broken'); } } as unknown as Response;

    await assert.rejects(toFetch(withTimeout(100, 'attempt', clock, () => true)(toDispatch(async () => response)))('http://users.test/1', { signal: new AbortController().signal }), /^Error: broken$/);

    assert.equal(clock.pending, 0);
  });

  it('reports a response of undefined, as from a mock', async () => {
    const clock = new FakeClock();
    const fetch: Fetch = async () => undefined as unknown as Response;

    assert.equal(await toFetch(withTimeout(100, 'attempt', clock, () => true)(toDispatch(fetch)))('http://users.test/1'), undefined);

    assert.equal(clock.pending, 0);
  });
});
