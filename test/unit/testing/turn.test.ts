import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { turnsOf } from '../../../src/testing/turn.ts';

describe('turnsOf', () => {
  it('takes a turn of the event loop without setImmediate', async () => {
    const order: string[] = [];
    setImmediate(() => order.push('immediate'));

    const turn = turnsOf(undefined)().then(() => order.push('turn'));
    await Promise.resolve();
    order.push('promise');
    await turn;

    assert.equal(order[0], 'promise');
    assert.equal(order.includes('turn'), true);
  });
});
