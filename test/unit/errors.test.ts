import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TimeoutError } from '../../src/errors.ts';

describe('TimeoutError', () => {
  it("is a DOMException with the name of the platform's timeout errors", () => {
    const error = new TimeoutError('attempt', 3_000);

    assert.ok(error instanceof DOMException);
    assert.ok(error instanceof Error);
    assert.equal(error.name, 'TimeoutError');
    assert.equal(error.code, DOMException.TIMEOUT_ERR);
  });

  it('has the scope and the timeout', () => {
    const { scope, timeout } = new TimeoutError('total', 30_000);

    assert.deepEqual([scope, timeout], ['total', 30_000]);
  });

  const messages: [ConstructorParameters<typeof TimeoutError>[0], string][] = [
    ['attempt', 'fetch: no response within 5 ms'],
    ['total', 'fetch: not complete within 5 ms'],
    ['body', 'fetch: no data from the body within 5 ms'],
  ];
  for (const [scope, message] of messages) {
    it(`has a message for the scope '${scope}'`, () => {
      assert.equal(new TimeoutError(scope, 5).message, message);
    });
  }
});
