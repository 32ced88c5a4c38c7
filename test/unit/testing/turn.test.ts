import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { turnsOf, type NextTurn, type TurnSource } from '../../../src/testing/turn.ts';

/** The order in which a promise and a turn are done. */
async function orderOf(nextTurn: NextTurn): Promise<string[]> {
  const order: string[] = [];
  const turn = nextTurn().then(() => order.push('turn'));
  void Promise.resolve().then(() => order.push('promise'));
  await turn;
  return order;
}

describe('turnsOf', () => {
  const platform = globalThis as unknown as TurnSource;
  const fail = (): never => assert.fail('used the other one');

  const sources: [string, TurnSource][] = [
    ['setImmediate, not by a message port', { setImmediate: platform.setImmediate, MessageChannel: class { port1 = fail(); port2 = fail(); } }],
    ['a message port, without setImmediate', { MessageChannel: platform.MessageChannel }],
    ['a message port, where setImmediate has the clock of fake timers', { ...platform, setImmediate: Object.assign({ setImmediate: () => fail() }.setImmediate, { clock: {} }) }],
    ['a message port, where setImmediate is a mock', { ...platform, setImmediate: mock.fn(fail) }],
    ['microtasks, without either', {}],
  ];
  for (const [name, source] of sources) {
    it(`takes a turn by ${name}`, async () => {
      assert.deepEqual(await orderOf(turnsOf(source)), ['promise', 'turn']);
    });
  }

  it('takes a turn of the event loop by a message port', async () => {
    let microtasks = 0;
    const runMicrotasks = async (): Promise<void> => {
      for (; microtasks < 1_000; microtasks += 1) await Promise.resolve();
    };
    void runMicrotasks();

    await turnsOf({ MessageChannel: platform.MessageChannel })();

    assert.equal(microtasks, 1_000);
  });
});
