import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TimeoutError } from '../../../src/index.ts';
import { rateGate } from '../../../src/layers/index.ts';
import type { Property } from '../property.ts';
import { checkEnds, counter, plans, play, type Played, type Plan } from './play.ts';

const [max, spread] = [400, 0.5];

/** A time during which a gate is closed, because of one response. */
interface Closing {
  readonly key: Plan['key'];
  readonly from: number;
  readonly until: number;
  /** The moment at which a call that waits for this closing goes. */
  readonly release: number;
}

const seen = counter('a call that waits', 'a call that waits for more than one response', 'a wait too long for what is left', 'an abort of a wait');

const closingsOf = ({ requests, ends }: Played, random: number): Closing[] => requests.flatMap(({ plan: { key, hint }, status, endedAt, call }) => {
  const isHint = ends[call]?.response !== undefined && status !== 200 && hint !== undefined && hint <= max;
  return isHint ? [{ key, from: endedAt, until: endedAt + hint, release: endedAt + hint + random * spread * hint }] : [];
});

const gate: Property = {
  name: 'rateGate sends no request of a held key before its deadline, each at its moment after it, and holds no other key',
  runs: 1_000,
  property: fc.asyncProperty(plans(200, 429, 503, 'error'), fc.constantFrom(0, 0.5, 0.999), async (schedule, random) => {
    const played = await play(schedule, () => rateGate({ max, spread }), { random: () => random });

    checkEnds(played);
    const closings = closingsOf(played, random);
    for (const [call, { key, left, abortsAfter }] of schedule.entries()) {
      const [start, end] = [played.starts[call] as number, played.ends[call]];
      const sentAt = played.requests.find((request) => request.call === call)?.at;
      const own = closings.filter((closing) => closing.key === key);
      const isHeld = own.some(({ from, until }) => from <= start && start < until);
      const releases = own.filter(({ from, release }) => from <= (sentAt ?? end?.at ?? 0) && release > start);

      if (sentAt === undefined) {
        assert.ok(isHeld, `call ${call} is not sent, without a reason`);
        const isTooLong = end?.error instanceof TimeoutError;
        if (isTooLong) assert.ok(releases.some(({ release }) => release >= start + left), `call ${call} could have gone in time`);
        else assert.equal(end?.at, start + (abortsAfter ?? NaN));
        seen.count(isTooLong ? 'a wait too long for what is left' : 'an abort of a wait');
        continue;
      }
      for (const { from, until } of own) assert.ok(sentAt <= from || sentAt >= until, `sent at ${sentAt}, held from ${from} to ${until}`);
      if (sentAt === start) continue;
      assert.ok(isHeld, `call ${call} waited without a reason`);
      assert.ok(sentAt < start + left, `call ${call} is sent after its total timeout`);
      assert.ok(releases.some(({ release }) => Math.abs(release - sentAt) < 1e-6), `sent at ${sentAt}, not at ${releases.map(({ release }) => release).join(' or ')}`);
      seen.count(own.some(({ from }) => from > start && from < sentAt) ? 'a call that waits for more than one response' : 'a call that waits');
    }
  }),
  afterwards: seen.check,
};

export const properties: readonly Property[] = [gate];
