import assert from 'node:assert/strict';
import fc from 'fast-check';
import { circuitBreaker, CircuitOpenError, concurrencyLimit, hedge, rateGate, withToken } from '../../../src/layers/index.ts';
import { keyed } from '../../../src/layers/keyed.ts';
import { retryBudget } from '../../../src/index.ts';
import { seededRandom } from '../../../src/testing/index.ts';
import type { Property } from '../property.ts';
import { plans, play, reasonOf, type Plan, type Played, type SentRequest } from './play.ts';

const seed = fc.nat();

/** Every call ends, an abort ends its call at its moment with its reason, and no timer is left. */
function checkEnds(schedule: readonly Plan[], { starts, ends, pending }: Played): void {
  assert.equal(pending, 0, 'pending timers');
  for (const [call, { abortsAfter }] of schedule.entries()) {
    const [start, end] = [starts[call] as number, ends[call]];
    assert.ok(end, `call ${call} does not settle`);
    if (abortsAfter === undefined) continue;
    assert.ok(end.at <= start + abortsAfter, `call ${call} ends after its abort`);
    if (end.error === reasonOf(call)) assert.equal(end.at, start + abortsAfter);
  }
}

const isPending = ({ endedAt }: SentRequest): boolean => endedAt === Infinity;

const gate: Property = {
  name: 'rateGate sends no request of a held key before its deadline, and holds no other key',
  runs: 500,
  property: fc.asyncProperty(plans(200, 429, 503, 'error'), seed, async (schedule, seed) => {
    const played = await play(schedule, () => rateGate({ max: 400 }), seededRandom(seed));
    checkEnds(schedule, played);

    const closings = played.requests.flatMap(({ plan: { key, status, hint }, endedAt, call }) => {
      const isAnswered = played.ends[call]?.response !== undefined;
      return isAnswered && status !== 200 && hint !== undefined && hint <= 400 ? [{ key, from: endedAt, until: endedAt + hint }] : [];
    });
    for (const { plan: { key }, at, call } of played.requests) {
      const own = closings.filter((closing) => closing.key === key);
      for (const { from, until } of own) assert.ok(at <= from || at >= until, `sent at ${at}, held from ${from} to ${until}`);
      const start = played.starts[call] as number;
      const isHeld = own.some(({ from, until }) => from <= start && start < until);
      if (at > start) assert.ok(isHeld, `call ${call} waited without a reason`);
    }
  }),
};

const breaker: Property = {
  name: 'circuitBreaker sends at most one probe while it is open, and always gives its slot back',
  runs: 500,
  property: fc.asyncProperty(plans(200, 503, 503, 503, 429, 'error'), seed, async (schedule, seed) => {
    const [open, probeFor] = [300, 700];
    const last: Plan = { after: 20_000, key: 'a', status: 200, takes: 0, hint: undefined, abortsAfter: undefined };
    const whole = [...schedule.map((plan) => ({ ...plan, key: 'a' as const })), last];
    const played = await play(whole, () => circuitBreaker({ failures: 2, open, probeFor }), seededRandom(seed));
    checkEnds(whole, played);

    // Refusals prove that the circuit is open: between two of one opening, at most one request is sent, and it is the probe.
    const refusals = played.ends.filter(({ error }) => error instanceof CircuitOpenError);
    for (const { at, error } of refusals) {
      const { retryAfter } = error as CircuitOpenError;
      assert.ok(retryAfter > 0 && retryAfter <= Math.max(1.5 * open, probeFor), `open for ${retryAfter} ms`);
      const probes = played.requests.filter((request) => request.at > at && request.at < at + Math.min(retryAfter, open));
      const recovered = played.requests.some(({ endedAt, at: sent }) => sent <= at && endedAt >= at && endedAt < at + retryAfter);
      if (!recovered) assert.equal(probes.length, 0, `requests within ${retryAfter} ms of a refusal at ${at}`);
    }
    assert.equal(played.ends.at(-1)?.response?.status, 200, 'the slot of a probe is lost');
  }),
};

const hedges: Property = {
  name: 'hedge sends at most one request for each call, and as many as the budget pays for',
  runs: 500,
  property: fc.asyncProperty(plans(200, 503, 'error'), seed, fc.constantFrom(1, 2, 5), async (schedule, seed, reserve) => {
    const budget = retryBudget({ reserve, ratio: 0.1 });
    const played = await play(schedule, () => hedge({ after: 50, budget }), seededRandom(seed));
    checkEnds(schedule, played);

    for (const key of ['a', 'b']) {
      const calls = schedule.filter((plan) => plan.key === key).length;
      const requests = played.requests.filter(({ plan }) => plan.key === key).length;
      assert.ok(requests <= calls + reserve + 0.1 * calls, `${requests} requests for ${calls} calls`);
    }
    for (const [call, end] of played.ends.entries()) {
      const own = played.requests.filter((request) => request.call === call);
      assert.ok(own.length <= 2, 'more than one hedge');
      assert.ok(own.every(({ endedAt }) => endedAt <= end.at), 'a request outlives its call');
    }
  }),
};

const token: Property = {
  name: 'withToken has at most one refresh in flight, and never refreshes a token that was replaced',
  runs: 500,
  property: fc.asyncProperty(plans(200), seed, fc.array(fc.record({ takes: fc.nat(300), fails: fc.constantFrom(false, false, true) }), { minLength: 1 }), async (schedule, seed, refreshes) => {
    let [current, valid, running, count] = [0, 1, 0, 0];
    const expired: number[] = [];
    const played = await play(schedule, (clock) => withToken<number>({
      get: () => current,
      refresh: (old, signal) => new Promise((resolve, reject) => {
        const { takes, fails } = refreshes[count++ % refreshes.length] as { takes: number; fails: boolean };
        assert.equal(running += 1, 1, 'refreshes in flight');
        expired.push(old);
        const end = (settle: () => void): void => {
          signal.onabort = null;
          clock.clearTimeout(timer);
          running -= 1;
          settle();
        };
        const timer = clock.setTimeout(() => end(() => (fails ? reject(new Error('refused')) : resolve(current = valid = old + 1))), takes);
        signal.onabort = () => end(() => reject(signal.reason));
      }),
      header: (number) => ({ 'x-token': String(number) }),
    }), seededRandom(seed), { statusOf: ({ headers }) => (Number(headers.get('x-token')) === valid ? 200 : 401) });
    checkEnds(schedule, played);

    assert.equal(running, 0, 'a refresh that nobody ended');
    assert.ok(expired.every((old, index) => index === 0 || old >= (expired[index - 1] as number)), `refreshed ${expired.join(', ')}`);
    for (const call of schedule.keys()) assert.ok(played.requests.filter((request) => request.call === call).length <= 2, 'more than one repetition');
  }),
};

const limit: Property = {
  name: 'concurrencyLimit sends never more than max at once, in order, and leaks no slot',
  runs: 500,
  property: fc.asyncProperty(plans(200, 503, 'error'), seed, fc.integer({ min: 1, max: 3 }), async (schedule, seed, max) => {
    const onRequest = ({ plan: { key } }: SentRequest, requests: readonly SentRequest[]): void => {
      const running = requests.filter((request) => isPending(request) && request.plan.key === key).length;
      assert.ok(running <= max, `${running} requests at once`);
    };
    const last: Plan[] = (['a', 'b'] as const).flatMap((key) => Array.from({ length: max }, () => ({ after: 0, key, status: 200, takes: 0, hint: undefined, abortsAfter: undefined })));
    const whole = [...schedule, ...last.map((plan, index) => (index === 0 ? { ...plan, after: 300_000 } : plan))];
    const played = await play(whole, () => concurrencyLimit({ max }), seededRandom(seed), { onRequest });
    checkEnds(whole, played);

    for (const key of ['a', 'b']) {
      const order = played.requests.filter(({ plan }) => plan.key === key).map(({ call }) => call);
      assert.deepEqual(order, order.toSorted((one, other) => one - other), 'not first come, first served');
    }
    for (const call of whole.keys()) {
      if (call >= schedule.length) assert.equal(played.ends[call]?.at, played.starts[call], 'a slot is lost');
    }
  }),
};

const memory: Property = {
  name: 'keyed keeps at most 1,001 states for 100,000 keys, and one state for each key in use',
  runs: 2,
  property: fc.property(fc.nat(1_500), seed, (busy, seed) => {
    const random = seededRandom(seed);
    const created: { key: string; isIdle: boolean }[] = [];
    const map = keyed(() => {
      const state = { key: '', isIdle: true };
      created.push(state);
      return state;
    }, ({ isIdle }) => isIdle);
    for (let key = 0; key < busy; key += 1) map.get(`busy ${key}`).isIdle = false;
    for (let count = 0; count < 100_000; count += 1) map.get(`key ${Math.floor(random() * 1e9)}`);

    const states = new Set(Array.from({ length: busy }, (_, key) => map.get(`busy ${key}`)));
    assert.equal(states.size, Math.min(busy, 1_001), 'states of the keys in use');
    assert.ok([...states].every(({ isIdle }) => !isIdle), 'a key in use lost its state');
    if (busy > 1_000) assert.ok(created.length <= 1_001, `${created.length} states were created`);
  }),
};

export const properties: readonly Property[] = [gate, breaker, hedges, token, limit, memory];
