import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failuresOf, recordFailures, type Failure } from '../../src/failures.ts';

const failure: Failure = { attempt: 1, kind: 'response', status: 503, duration: 5, stopped: 'retries-spent' };

describe('failuresOf', () => {
  const unknown: [string, unknown][] = [
    ['an object that no call ended with', {}],
    ['a string', 'stop'],
    ['undefined', undefined],
    ['null', null],
    ['a symbol', Symbol('stop')],
  ];
  for (const [name, value] of unknown) {
    it(`is empty for ${name}`, () => {
      assert.deepEqual(failuresOf(value), []);
    });
  }

  it('tells what is remembered of an object', () => {
    const error = new Error('gone');

    recordFailures(error, [failure]);

    assert.deepEqual(failuresOf(error), [failure]);
  });

  it('tells what is remembered of a function, which can be an abort reason', () => {
    const reason = (): void => {};

    recordFailures(reason, [failure]);

    assert.deepEqual(failuresOf(reason), [failure]);
  });

  it("tells the latest call's of a shared object", () => {
    const reason = new Error('shared');
    recordFailures(reason, [failure]);

    recordFailures(reason, []);

    assert.deepEqual(failuresOf(reason), []);
  });
});

describe('recordFailures', () => {
  it('gives back what it was given', () => {
    const error = new Error('gone');

    assert.equal(recordFailures(error, [failure]), error);
    assert.equal(recordFailures('stop', [failure]), 'stop');
  });
});
