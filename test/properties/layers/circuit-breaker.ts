import assert from 'node:assert/strict';
import fc from 'fast-check';
import { circuitBreaker, CircuitOpenError } from '../../../src/layers/index.ts';
import type { Property } from '../property.ts';
import { checkEnds, counter, lastPlan, plans, play, type Played, type SentRequest } from './play.ts';

const limits = { failures: 2, open: 300, probeFor: 700 };

/** A circuit, as the documentation has it. A new object for each state: the outcome of a request that another state sent is stale. */
type State =
  | { readonly kind: 'closed'; failures: number }
  | { readonly kind: 'open'; readonly until: number }
  | { readonly kind: 'probe'; readonly until: number; readonly call: number };

const seen = counter('a refusal', 'a probe that succeeds', 'a probe that fails', 'a probe that is late', 'a probe whose caller aborts', 'a stale outcome');

/** Follows the events, and compares each call with what the state says: a request, or a refusal until a certain moment. */
function checkCalls({ schedule, events, ends }: Played, opening: number): void {
  let state: State = { kind: 'closed', failures: 0 };
  const sentIn = new Map<number, State>();
  const aborted = new Set<number>();
  const endLateProbe = (now: number): void => {
    if (state.kind !== 'probe' || now < state.until) return;
    seen.count('a probe that is late');
    state = { kind: 'open', until: state.until + opening };
  };
  const onStart = (call: number, now: number): void => {
    if (state.kind !== 'closed' && now < state.until) {
      const { error } = ends[call] ?? {};
      assert.ok(error instanceof CircuitOpenError, `call ${call} is not refused, in ${JSON.stringify(state)}`);
      assert.ok(Math.abs(error.retryAfter - state.until + now) < 1e-6, `refused for ${error.retryAfter} ms, not ${state.until - now}`);
      return seen.count('a refusal');
    }
    if (state.kind === 'open') state = { kind: 'probe', until: now + limits.probeFor, call };
    sentIn.set(call, state);
    assert.ok(!(ends[call]?.error instanceof CircuitOpenError), `call ${call} is refused, in ${JSON.stringify(state)}`);
  };
  const onAbort = (call: number, now: number): void => {
    aborted.add(call);
    if (sentIn.get(call) !== state || state.kind !== 'probe' || schedule[call]?.timesOut) return;
    seen.count('a probe whose caller aborts');
    state = { kind: 'open', until: now };
  };
  const onOutcome = (call: number, now: number, { status }: SentRequest): void => {
    if (sentIn.get(call) !== state) return seen.count('a stale outcome');
    const plan = schedule[call];
    const isProbe = state.kind === 'probe';
    if (aborted.has(call) && !plan?.timesOut) return;
    const wasAborted = aborted.has(call) && !plan?.ignoresAbort;
    if (status === 429 && !wasAborted) {
      if (isProbe) state = { kind: 'open', until: now };
      return;
    }
    const hasFailed = wasAborted || status === 'error' || status >= 500;
    if (isProbe) seen.count(hasFailed ? 'a probe that fails' : 'a probe that succeeds');
    if (state.kind === 'closed') state.failures = hasFailed ? state.failures + 1 : 0;
    else if (!hasFailed) state = { kind: 'closed', failures: 0 };
    if (hasFailed && (state.kind !== 'closed' || state.failures >= limits.failures)) state = { kind: 'open', until: now + opening };
  };
  for (const event of events) {
    endLateProbe(event.at);
    if (event.kind === 'start') onStart(event.call, event.at);
    if (event.kind === 'abort') onAbort(event.call, event.at);
    if (event.kind === 'request end') onOutcome(event.call, event.at, event.request);
  }
}

const breaker: Property = {
  name: 'circuitBreaker refuses a call, or sends it, as a model of its circuit says',
  runs: 1_000,
  property: fc.asyncProperty(plans(200, 503, 503, 503, 429, 'error'), fc.constantFrom(0, 0.5, 0.999), async (schedule, random) => {
    const whole = [...schedule.map((plan) => ({ ...plan, key: 'a' as const })), lastPlan('a', 20_000)];
    const played = await play(whole, () => circuitBreaker(limits), { random: () => random });

    checkEnds(played);
    checkCalls(played, limits.open * (1 + random / 2));
    assert.equal(played.ends.at(-1)?.response?.status, 200, 'the slot of a probe is lost');
  }),
  afterwards: seen.check,
};

const keys: Property = {
  name: 'circuitBreaker keeps the circuits of its keys apart',
  runs: 200,
  property: fc.asyncProperty(plans(503, 'error'), async (schedule) => {
    const mixed = schedule.map((plan) => (plan.key === 'a' ? plan : lastPlan('b', plan.after)));
    const played = await play(mixed, () => circuitBreaker(limits), { random: () => 0 });

    for (const [call, { key }] of mixed.entries()) {
      if (key === 'b') assert.equal(played.ends[call]?.response?.status, 200, `call ${call}`);
    }
  }),
};

export const properties: readonly Property[] = [breaker, keys];
