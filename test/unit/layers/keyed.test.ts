import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keyed } from '../../../src/layers/keyed.ts';

interface State {
  isIdle: boolean;
}

/** Creates states, and logs them. */
function setUp(): { states: { get(key: string): State }; created: State[] } {
  const created: State[] = [];
  const create = (): State => {
    const state = { isIdle: false };
    created.push(state);
    return state;
  };
  const states = keyed(create, ({ isIdle }) => isIdle);
  return { states: { get: (key) => states.get(key, 0) }, created };
}

const keys = Array.from({ length: 1_000 }, (_, index) => `key-${index}`);

describe('keyed', () => {
  it('returns the same state for the same key', () => {
    const { states } = setUp();

    assert.equal(states.get('a'), states.get('a'));
    assert.notEqual(states.get('a'), states.get('b'));
    assert.equal(states.get(''), states.get(''));
  });

  it('keeps 1,000 keys apart', () => {
    const { states, created } = setUp();

    keys.forEach((key) => states.get(key));

    assert.equal(created.length, 1_000);
    assert.deepEqual(keys.map((key) => states.get(key)), created);
  });

  it('gives one state to all further keys', () => {
    const { states, created } = setUp();
    keys.forEach((key) => states.get(key));

    const shared = states.get('a');

    assert.equal(created.length, 1_001);
    assert.equal(states.get('b'), shared);
    assert.equal(states.get('key-7'), created[7]);
  });

  it('clears idle states for a further key', () => {
    const { states, created } = setUp();
    keys.forEach((key) => states.get(key));
    for (const state of created.slice(0, 2)) state.isIdle = true;

    assert.notEqual(states.get('a'), states.get('b'));
    assert.equal(states.get('key-7'), created[7]);
    assert.equal(states.get('key-0'), states.get('c'));
  });

  it('gives the shared state to further keys until it is idle, because they may be in use there', () => {
    const { states, created } = setUp();
    keys.forEach((key) => states.get(key));
    const shared = states.get('a');
    for (const state of created.slice(0, 500)) state.isIdle = true;

    assert.equal(states.get('a'), shared);
    assert.equal(states.get('key-1'), shared, 'the key of a state that was cleared');
    shared.isIdle = true;
    assert.notEqual(states.get('a'), shared);
    assert.notEqual(states.get('key-1'), states.get('a'));
  });

  it('looks at two states for a further key, however many are busy, and finds an idle one in the end', () => {
    const looks: number[] = [];
    const states = keyed<State>(() => ({ isIdle: false }), ({ isIdle }, now) => {
      looks.push(now);
      return isIdle;
    });
    const last = keys.map((key) => states.get(key, 0)).at(-1) as State;
    const shared = states.get('a', 1);

    states.get('b', 2);
    states.get('c', 3);
    assert.deepEqual(looks, [1, 2, 2, 3, 3]);
    last.isIdle = shared.isIdle = true;
    for (let count = 0; count < 1_000; count += 1) states.get('d', 4).isIdle = true;

    assert.notEqual(states.get('d', 5), states.get('e', 5));
  });

  it('keeps an idle state while there is room', () => {
    const { states } = setUp();
    const state = states.get('a');
    state.isIdle = true;

    states.get('b');

    assert.equal(states.get('a'), state);
  });

  it('converts keys to strings', () => {
    const { states } = setUp();
    const get = (key: unknown): State => states.get(key as string);

    assert.equal(get(undefined), get('undefined'));
    assert.equal(get(new URL('http://users.test/1')), get('http://users.test/1'));
    assert.notEqual(get('a'), get(undefined));
  });
});
