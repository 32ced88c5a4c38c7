import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TimeoutError } from '../../src/errors.ts';
import { addFailure, copyFailures, failuresOf, recordFailures, type Failure } from '../../src/failures.ts';
import type { ScriptedOutcome } from '../../src/testing/index.ts';
import { resetError, trace } from './trace.ts';

const failure: Failure = { attempt: 1, method: 'GET', url: 'http://users.test/1', kind: 'response', status: 503, duration: 5, stopped: 'retries-spent' };

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

  const wrappers: [string, (error: unknown) => unknown][] = [
    ['a cause', (error) => new Error('client', { cause: error })],
    ['the cause of a cause', (error) => new Error('client', { cause: new TypeError('wrapper', { cause: error }) })],
    ['the cause of an object', (error) => ({ cause: error })],
    ['the cause of a function', (error) => Object.assign(() => {}, { cause: error })],
  ];
  for (const [name, wrap] of wrappers) {
    it(`returns the failures of ${name}`, () => {
      const error = new Error('gone');
      recordFailures(error, [failure]);

      assert.deepEqual(failuresOf(wrap(error)), [failure]);
    });
  }

  it('returns the failures of the outermost error that has any', () => {
    const inner = new Error('inner');
    const outer = new Error('outer', { cause: inner });
    recordFailures(inner, []);
    recordFailures(inner, [{ ...failure, attempt: 2 }]);
    recordFailures(outer, [failure]);

    assert.deepEqual(failuresOf(outer), [failure]);
  });

  it('searches ten objects: the error and nine causes', () => {
    const behind = (depth: number): unknown => {
      const root = new Error('root');
      recordFailures(root, [failure]);
      return Array.from({ length: depth }).reduce((cause) => new Error('wrapper', { cause }), root);
    };

    assert.deepEqual([failuresOf(behind(9)), failuresOf(behind(10))], [[failure], []]);
  });

  it('has none to copy from an object without failures', () => {
    assert.deepEqual(failuresOf(copyFailures({}, {})), []);
  });

  const circular = new Error('circular');
  circular.cause = new Error('back', { cause: circular });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const withoutFailures: [string, unknown][] = [
    ['causes in a circle', circular],
    ['a cause that is itself', Object.defineProperty(new Error('self'), 'cause', { get() { return this as unknown; } })],
    ['a cause that cannot be read', Object.defineProperty(new Error('getter'), 'cause', { get() { throw new Error('looked at'); } })],
    ['a revoked proxy', revoked.proxy],
    ['a cause that is a revoked proxy', new Error('proxy', { cause: revoked.proxy })],
    ['a cause that is a string', new Error('text', { cause: 'text' })],
    ['a cause of null', new Error('null', { cause: null })],
    ['a cause for each look', { get cause(): unknown { return Object.create(Object.getPrototypeOf(this) as object, Object.getOwnPropertyDescriptors(this)); } }],
  ];
  for (const [name, error] of withoutFailures) {
    it(`is empty for ${name}`, () => {
      assert.deepEqual(failuresOf(error), []);
    });
  }

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

describe('addFailure', () => {
  /** The history of a call with so many failures. */
  const historyOf = (count: number): readonly Failure[] =>
    Array.from({ length: count }, (_, index) => ({ ...failure, attempt: index + 1 })).reduce(addFailure, [] as readonly Failure[]);
  const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);

  for (const count of [0, 1, 99, 100]) {
    it(`keeps all of ${count} failures`, () => {
      assert.deepEqual(historyOf(count).map(({ attempt }) => attempt), range(1, count));
    });
  }

  for (const count of [101, 150, 1_000]) {
    it(`keeps the first 50 and the last 50 of ${count} failures`, () => {
      assert.deepEqual(historyOf(count).map(({ attempt }) => attempt), [...range(1, 50), ...range(count - 49, count)]);
    });
  }

  it('leaves the histories that were given out as they are', () => {
    const before = historyOf(100);

    addFailure(before, failure);

    assert.deepEqual(before.map(({ attempt }) => attempt), range(1, 100));
  });

  it('is kept by a call, whose backoff gets the delay before', async () => {
    const previous: number[] = [];
    const backoff = (_retry: number, _random: number, last: number): number => {
      previous.push(last);
      return previous.length;
    };
    const { failures } = await trace(new Array<number>(151).fill(503), { retries: 150, backoff });

    assert.deepEqual(failures.map(({ attempt }) => attempt), [...range(1, 50), ...range(102, 151)]);
    assert.deepEqual(previous, range(0, 149));
  });
});
