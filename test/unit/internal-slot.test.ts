import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createInternalSlot } from '../../src/internal-slot.ts';
import { collectGarbage } from '../support/garbage-collection.ts';

const fail = (): never => assert.fail('called a trap');

describe('createInternalSlot', () => {
  const objects: Record<string, () => object> = {
    'an object': () => ({}),
    'a frozen object': () => Object.freeze({}),
    'an object without a prototype': () => Object.create(null) as object,
    'a function': () => () => {},
    'a Response': () => new Response('a body'),
    'an error': () => new TypeError('reset'),
    'a proxy': () => new Proxy({}, { get: fail, set: fail, has: fail, defineProperty: fail }),
    'a revoked proxy': () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  };
  for (const [name, create] of Object.entries(objects)) {
    it(`gets the latest value set for ${name}`, () => {
      const [slot, object] = [createInternalSlot<number>(), create()];

      const before = slot.get(object);
      slot.set(object, 1);
      const first = slot.get(object);
      slot.set(object, 2);

      assert.deepEqual([before, first, slot.get(object)], [undefined, 1, 2]);
    });
  }

  it('creates a separate slot each time', () => {
    const [first, second] = [createInternalSlot<number>(), createInternalSlot<number>()];
    const object = {};
    first.set(object, 1);
    second.set(object, 2);

    assert.deepEqual([first.get(object), second.get(object)], [1, 2]);
  });

  it('adds no visible property to the object', () => {
    const object = { visible: true };
    createInternalSlot<number>().set(object, 1);

    assert.deepEqual(Reflect.ownKeys(object), ['visible']);
    assert.equal(Object.getPrototypeOf(object), Object.prototype);
  });

  it('releases the value when its object is collected', async () => {
    const slot = createInternalSlot<object>();
    const weakRef = (() => {
      const value = {};
      slot.set({}, value);
      slot.set(Object.freeze({}), value);
      return new WeakRef(value);
    })();

    await collectGarbage();

    assert.equal(weakRef.deref(), undefined);
  });
});
