import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createInternalSlot } from '../../src/internal-slot.ts';
import { collect } from '../support/loopback.ts';

const fail = (): never => assert.fail('was seen');

describe('hidden', () => {
  const objects: Record<string, () => object> = {
    'an object': () => ({}),
    'an object that is frozen': () => Object.freeze({}),
    'an object without a prototype': () => Object.create(null) as object,
    'a function': () => () => {},
    'a Response': () => new Response('a body'),
    'an error': () => new TypeError('reset'),
    'a proxy': () => new Proxy({}, { get: fail, set: fail, has: fail, defineProperty: fail }),
    'a proxy that was revoked': () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  };
  for (const [name, make] of Object.entries(objects)) {
    it(`keeps the latest value of ${name}`, () => {
      const [member, object] = [createInternalSlot<number>(), make()];

      const before = member.get(object);
      member.set(object, 1);
      const first = member.get(object);
      member.set(object, 2);

      assert.deepEqual([before, first, member.get(object)], [undefined, 1, 2]);
    });
  }

  it('is another member each time', () => {
    const [one, other] = [createInternalSlot<number>(), createInternalSlot<number>()];
    const object = {};
    one.set(object, 1);
    other.set(object, 2);

    assert.deepEqual([one.get(object), other.get(object)], [1, 2]);
  });

  it('is not seen', () => {
    const object = { seen: true };
    createInternalSlot<number>().set(object, 1);

    assert.deepEqual(Reflect.ownKeys(object), ['seen']);
    assert.equal(Object.getPrototypeOf(object), Object.prototype);
  });

  it('lets go of the value with its object', async () => {
    const member = createInternalSlot<object>();
    const value = (() => {
      const kept = {};
      member.set({}, kept);
      member.set(Object.freeze({}), kept);
      return new WeakRef(kept);
    })();

    await collect();

    assert.equal(value.deref(), undefined);
  });
});
