import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concurrencyLimit } from '../../../src/layers/index.ts';
import type { Property } from '../property.ts';
import { checkEnds, counter, lastPlan, plans, play, type Played, type Plan } from './play.ts';

const seen = counter('a call that waits', 'an abort in the queue');

/** Follows the requests of one key: never more than max, first come, first served, and no wait where there is room. */
function checkKey({ events, requests, schedule }: Played, key: Plan['key'], max: number): void {
  let running = 0;
  let last = -1;
  for (const { kind, call, at } of events.filter((event) => schedule[event.call]?.key === key)) {
    if (kind === 'start') {
      const sentAt = requests.find((request) => request.call === call)?.at;
      if (running < max) assert.equal(sentAt, at, `call ${call} waits while ${running} are running`);
      else seen.count(sentAt === undefined ? 'an abort in the queue' : 'a call that waits');
    }
    if (kind === 'request end') running -= 1;
    if (kind !== 'request') continue;
    running += 1;
    assert.ok(running <= max, `${running} requests at once`);
    assert.ok(call > last, 'not first come, first served');
    last = call;
  }
}

const limit: Property = {
  name: 'concurrencyLimit sends never more than max at once, in order, without a needless wait, and leaks no slot',
  runs: 1_000,
  property: fc.asyncProperty(plans(200, 503, 'error'), fc.integer({ min: 1, max: 3 }), async (schedule, max) => {
    const last = (['a', 'b'] as const).flatMap((key, index) => Array.from({ length: max }, (_, call) => lastPlan(key, index + call === 0 ? 300_000 : 0)));
    const whole = [...schedule, ...last];
    const played = await play(whole, () => concurrencyLimit({ max }), { random: () => 0 });

    checkEnds(played);
    checkKey(played, 'a', max);
    checkKey(played, 'b', max);
    for (const call of whole.keys()) {
      if (call >= schedule.length) assert.equal(played.ends[call]?.at, played.starts[call], 'a slot is lost');
    }
  }),
  afterwards: seen.check,
};

export const properties: readonly Property[] = [limit];
