import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TimeoutError } from '../../src/errors.ts';
import { failuresOf, recordFailures, type Failure } from '../../src/failures.ts';
import type { ScriptedOutcome } from '../../src/testing/index.ts';
import { resetError, trace } from './trace.ts';

const failure: Failure = { attempt: 1, kind: 'response', status: 503, duration: 5, stopped: 'retries-spent' };

describe('failuresOf', () => {
  const withoutRecord: [string, unknown][] = [
    ['an object that no call settled with', {}],
    ['a string', 'stop'],
    ['undefined', undefined],
    ['null', null],
    ['a symbol', Symbol('stop')],
  ];
  for (const [name, value] of withoutRecord) {
    it(`is empty for ${name}`, () => {
      assert.deepEqual(failuresOf(value), []);
    });
  }

  it('returns the recorded failures of an object', () => {
    const error = new Error('gone');

    recordFailures(error, [failure]);

    assert.deepEqual(failuresOf(error), [failure]);
  });

  it('returns the recorded failures of a function, since an abort reason can be one', () => {
    const reason = (): void => {};

    recordFailures(reason, [failure]);

    assert.deepEqual(failuresOf(reason), [failure]);
  });

  it('returns the failures of the latest call for a shared object', () => {
    const reason = new Error('shared');
    recordFailures(reason, [failure]);

    recordFailures(reason, []);

    assert.deepEqual(failuresOf(reason), []);
  });

  it('returns the failed attempts behind an error', async () => {
    const { result, failures } = await trace([503, resetError()], { retries: 1 });

    assert.deepEqual(failures.map(({ attempt, status, error, stopped }) => [attempt, status, error, stopped]), [
      [1, 503, undefined, undefined],
      [2, undefined, result, 'retries-spent'],
    ]);
  });

  it('returns the failed attempts behind an abort reason', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { result, failures } = await trace([503, (): number => { controller.abort(reason); return 200; }], { signal: controller.signal });

    assert.equal(result, reason);
    assert.deepEqual(failures.map(({ attempt, status }) => [attempt, status]), [[1, 503]]);
  });

  it('is empty for an abort reason of a later call that was aborted before it started', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    await trace([503, (): number => { controller.abort(reason); return 200; }], { signal: controller.signal });
    assert.equal(failuresOf(reason).length, 1);

    const { failures } = await trace([], { signal: controller.signal });

    assert.deepEqual(failures, []);
  });

  for (const timeout of [7, 500]) {
    it(`is empty for an abort with the TimeoutError of another call, of ${timeout} ms`, async () => {
      const controller = new AbortController();
      const reason = new TimeoutError('total', timeout);
      const reported: Failure[] = [];
      const abort = (): ScriptedOutcome => {
        controller.abort(reason);
        return 'hang';
      };
      const { result, failures } = await trace([abort], { signal: controller.signal, totalTimeout: 500, onFailure: (failure) => reported.push(failure) });

      assert.equal(result, reason);
      assert.deepEqual([failures, reported], [[], []]);
    });
  }

  it('does not record an attempt that the caller aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { failures } = await trace([() => { controller.abort(reason); return 'hang'; }], { signal: controller.signal });

    assert.deepEqual(failures, []);
  });
});

describe('recordFailures', () => {
  it('returns its first argument', () => {
    const error = new Error('gone');

    assert.equal(recordFailures(error, [failure]), error);
    assert.equal(recordFailures('stop', [failure]), 'stop');
  });
});
