import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withToken } from '../../../src/layers/index.ts';
import type { FakeClock } from '../../../src/testing/index.ts';
import type { Property } from '../property.ts';
import { checkEnds, counter, plans, play, type Played, type SentRequest } from './play.ts';

/** A refresh: the token that it replaced, and the token that the server issued last before it. */
interface Refresh {
  readonly expired: number;
  readonly latest: number;
  readonly at: number;
  abortedAt: number | undefined;
  endedAt: number;
  end: 'done' | 'refused' | 'aborted' | undefined;
}

interface RefreshPlan {
  readonly takes: number;
  readonly isRefused: boolean;
  /** The time from the abort to the rejection. `undefined`: the refresh ignores its signal. */
  readonly lingers: number | undefined;
}

const refused = new Error('refused');

/** The server's side of the tokens, which are numbers. 0 has expired at the start. */
class Tokens {
  readonly refreshes: Refresh[] = [];
  latest = 0;
  valid: number | undefined;

  refresh(expired: number, signal: AbortSignal, { takes, isRefused, lingers }: RefreshPlan, clock: FakeClock): Promise<number> {
    const refresh: Refresh = { expired, latest: this.latest, at: clock.now(), abortedAt: undefined, endedAt: Infinity, end: undefined };
    this.refreshes.push(refresh);
    return new Promise((resolve, reject) => {
      const end = (how: NonNullable<Refresh['end']>, settle: () => void): void => {
        if (refresh.end !== undefined) return;
        Object.assign(refresh, { endedAt: clock.now(), end: how });
        settle();
      };
      const issue = (): number => this.latest = this.valid = this.latest + 1;
      clock.setTimeout(() => (isRefused ? end('refused', () => reject(refused)) : end('done', () => resolve(issue()))), takes);
      signal.onabort = () => {
        refresh.abortedAt = clock.now();
        if (lingers === 0) end('aborted', () => reject(signal.reason));
        else if (lingers !== undefined) clock.setTimeout(() => end('aborted', () => reject(signal.reason)), lingers);
      };
    });
  }
}

const seen = counter('a refresh that is done', 'a refresh that is refused', 'a refresh that is aborted', 'a refresh that ignores its signal', 'a late 401', 'a request that waited for a refresh');

const tokenOf = ({ headers }: SentRequest): number => Number(headers.get('x-token'));

function checkRefreshes({ requests, starts, ends, schedule }: Played, refreshes: readonly Refresh[]): void {
  const hasRequestAt = (call: number, time: number): boolean =>
    requests.some((request) => request.call === call && request.at <= time && time <= request.endedAt);
  for (const [index, { expired, latest, at, abortedAt, endedAt, end }] of refreshes.entries()) {
    assert.ok(end !== undefined, 'a refresh that nobody ended');
    assert.ok((refreshes[index - 1]?.endedAt ?? 0) <= at, 'two refreshes in flight');
    assert.equal(expired, latest, 'refreshed a token that was replaced');
    assert.ok(requests.some((request) => request.status === 401 && request.endedAt <= at && tokenOf(request) === expired), 'a refresh without a 401');
    assert.ok(requests.every((request) => request.at <= at || request.at >= endedAt), 'a request during a refresh');
    if (abortedAt !== undefined) {
      const isWaiting = (call: number): boolean => starts[call] as number < abortedAt && abortedAt < (ends[call]?.at ?? 0) && !hasRequestAt(call, abortedAt);
      assert.deepEqual([...schedule.keys()].filter(isWaiting), [], 'aborted a refresh that calls wait for');
    } else {
      const isEndOrRequest = requests.some((request) => request.at === endedAt) || ends.some(({ at: time }) => time === endedAt);
      assert.ok(isEndOrRequest, 'a refresh that nobody waits for');
    }
    seen.count(`a refresh that is ${end}`);
    if (abortedAt !== undefined && end !== 'aborted') seen.count('a refresh that ignores its signal');
    if (end === 'done') requests.filter((request) => request.at === endedAt).forEach(() => seen.count('a request that waited for a refresh'));
  }
}

function checkCalls({ requests, ends, schedule, reasons }: Played, refreshes: readonly Refresh[]): void {
  for (const call of schedule.keys()) {
    const own = requests.filter((request) => request.call === call);
    const [end, [first, second]] = [ends[call], own];
    assert.ok(own.length <= 2, 'more than one repetition');
    if (first && second) assert.notEqual(tokenOf(first), tokenOf(second), 'repeated with the same token');
    if (end?.response?.status === 401) assert.ok(second, 'a 401 without a repetition');
    if (end?.error === refused) assert.ok(refreshes.some(({ end: how, endedAt }) => how === 'refused' && endedAt === end.at));
    else if (end?.error !== undefined) assert.equal(end.error, reasons[call]);
    const isLate = first && refreshes.some(({ end: how, endedAt }) => how === 'done' && first.at < endedAt && endedAt < first.endedAt);
    if (isLate && second?.at === first.endedAt) seen.count('a late 401');
  }
}

const refreshPlans = fc.array(fc.record({ takes: fc.nat(300), isRefused: fc.constantFrom(false, false, true), lingers: fc.constantFrom(0, 0, 50, 50, undefined) }), { minLength: 1 });

const token: Property = {
  name: 'withToken has at most one refresh in flight, of the current token, which all wait for, and repeats a request once',
  runs: 1_000,
  property: fc.asyncProperty(plans(200), refreshPlans, fc.array(fc.nat(5_000), { maxLength: 4 }), fc.boolean(), async (schedule, plans, expiries, isStored) => {
    const tokens = new Tokens();
    const played = await play(schedule, (clock) => {
      // The server ends the latest token at these moments.
      for (const time of expiries) clock.setTimeout(() => { tokens.valid = undefined; }, time);
      return withToken<number>({
        // The layer knows the new token also where the user's function still returns the old one.
        get: () => (isStored ? tokens.latest : 0),
        refresh: (expired, signal) => tokens.refresh(expired, signal, plans[tokens.refreshes.length % plans.length] as RefreshPlan, clock),
        header: (number) => ({ 'x-token': String(number) }),
      });
    }, { random: () => 0, statusOf: (request) => (tokenOf(request) === tokens.valid ? 200 : 401) });

    checkEnds({ ...played, pending: 0 });
    checkRefreshes(played, tokens.refreshes);
    checkCalls(played, tokens.refreshes);
  }),
  afterwards: seen.check,
};

export const properties: readonly Property[] = [token];
