import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { permanent } from '../../../src/layers/permanent.ts';

describe('permanent', () => {
  it('marks the very error, and changes no log and no comparison of it', () => {
    const error = new TypeError('no token');

    assert.equal(permanent(error), error);

    assert.equal(Reflect.get(error, 'transient'), false);
    assert.deepEqual(Object.keys(error), []);
    assert.deepEqual(error, new TypeError('no token'));
  });

  it('leaves the mark to the user, who may change it', () => {
    const error = Object.assign(new Error('no token'), { transient: undefined as boolean | undefined });
    const marked = permanent(new Error('no token')) as { transient: boolean };

    assert.equal(permanent(error), error);
    marked.transient = true;

    assert.deepEqual([error.transient, marked.transient], [undefined, true]);
  });

  for (const value of [Object.freeze(new Error('frozen')), 'a string', undefined, null, 1]) {
    it(`returns ${String(value)}, which cannot be marked`, () => {
      assert.equal(permanent(value), value);
    });
  }
});
