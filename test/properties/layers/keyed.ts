import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keyed } from '../../../src/layers/keyed.ts';
import { seededRandom } from '../../../src/testing/index.ts';
import type { Property } from '../property.ts';

interface State {
  users: number;
}

/** Uses keys and leaves them, at random, and checks that a key in use keeps its state. Returns the most states that were busy. */
function useKeys(keyCount: number, mostUses: number, random: () => number): void {
  let looks = 0;
  const map = keyed<State>(() => ({ users: 0 }), ({ users }) => {
    looks += 1;
    return users === 0;
  });
  const uses: { readonly key: string; readonly state: State }[] = [];
  const stateOf = new Map<string, { state: State; users: number }>();
  for (let step = 0; step < 20_000; step += 1) {
    if (random() < uses.length / (2 * mostUses)) {
      const [use] = uses.splice(Math.floor(random() * uses.length), 1);
      if (use === undefined) continue;
      use.state.users -= 1;
      const inUse = stateOf.get(use.key);
      if (inUse && (inUse.users -= 1) === 0) stateOf.delete(use.key);
      continue;
    }
    const key = `key ${Math.floor(random() * keyCount)}`;
    const [state, before] = [map.get(key, 0), looks];
    looks = 0;
    assert.ok(before <= 2, `${before} looks for one key`);
    const inUse = stateOf.get(key) ?? { state, users: 0 };
    assert.equal(state, inUse.state, 'a key in use got another state');
    inUse.users += 1;
    stateOf.set(key, inUse);
    state.users += 1;
    uses.push({ key, state });
  }
  const busy = new Set(uses.map(({ state }) => state)).size;
  assert.ok(busy <= 1_001, `${busy} states`);
}

const states: Property = {
  name: 'keyed gives a key in use one state, with at most 1,001 states and two looks at them',
  runs: 20,
  property: fc.property(fc.constantFrom(10, 1_200, 100_000), fc.constantFrom(5, 900, 1_100, 3_000), fc.nat(), (keyCount, mostUses, seed) =>
    useKeys(keyCount, mostUses, seededRandom(seed))),
};

const memory: Property = {
  name: 'keyed keeps at most 1,001 states for 100,000 idle keys, and finds the idle ones among the busy',
  runs: 2,
  property: fc.property(fc.nat(900), (busy) => {
    const alive = new Set<object>();
    const map = keyed(() => {
      const state = { isIdle: false };
      alive.add(state);
      return state;
    }, (state) => {
      if (state.isIdle) alive.delete(state);
      return state.isIdle;
    });
    let apart = 0;
    for (let key = 0; key < busy; key += 1) map.get(`busy ${key}`, 0);
    for (let key = 0; key < 100_000; key += 2) {
      const [one, other] = [map.get(`key ${key}`, 0), map.get(`key ${key + 1}`, 0)];
      if (one !== other) apart += 1;
      one.isIdle = other.isIdle = true;
    }

    assert.ok(alive.size <= 1_001, `${alive.size} states are kept`);
    assert.ok(apart >= 5_000, `only ${apart} of 50,000 pairs had two states`);
  }),
};

export const properties: readonly Property[] = [states, memory];
