import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AttemptContext, LayeredFetch } from '../../../src/attempt-context.ts';
import { FakeClock } from '../../../src/testing/index.ts';

/** The outcome of a request. */
export interface Answer {
  readonly status: number | 'error';
  /** The time from the request to the outcome, in milliseconds. */
  readonly takes: number;
}

/** A call of a layer. All times are in milliseconds. */
export interface Plan {
  /** The time since the call before. */
  readonly after: number;
  readonly key: 'a' | 'b';
  readonly answer: Answer;
  /** The outcome of a second request. */
  readonly secondAnswer: Answer;
  /** The `retryAfter` of the responses. */
  readonly hint: number | undefined;
  /** The time from the start to the abort. */
  readonly abortsAfter: number | undefined;
  /** True if the reason of the abort is a timeout. */
  readonly timesOut: boolean;
  /** True if fetch ignores the abort, and responds all the same. */
  readonly ignoresAbort: boolean;
  /** The `left` of the context. */
  readonly left: number;
}

const moment = fc.oneof(fc.constantFrom(0, 0, 10, 100), fc.integer({ min: 0, max: 500 }));

const answers = (statuses: readonly Answer['status'][]): fc.Arbitrary<Answer> => fc.record({
  status: fc.constantFrom(...statuses),
  takes: fc.oneof({ weight: 9, arbitrary: moment }, { weight: 1, arbitrary: fc.constant(5_000) }),
});

export const plans = (...statuses: readonly Answer['status'][]): fc.Arbitrary<Plan[]> =>
  fc.array(fc.record<Plan>({
    after: moment,
    key: fc.constantFrom('a', 'a', 'b'),
    answer: answers(statuses),
    secondAnswer: answers(statuses),
    hint: fc.option(moment, { nil: undefined }),
    abortsAfter: fc.option(moment, { nil: undefined, freq: 3 }),
    timesOut: fc.constantFrom(false, false, true),
    ignoresAbort: fc.constantFrom(false, false, false, true),
    left: fc.oneof({ weight: 4, arbitrary: fc.constant(Infinity) }, { weight: 1, arbitrary: moment }),
  }), { minLength: 1, maxLength: 25, size: 'max' });

/** A call with a good response at once. Long after all others, it proves that nothing is left behind. */
export const lastPlan = (key: Plan['key'], after: number): Plan => {
  const answer = { status: 200, takes: 0 };
  return { after, key, answer, secondAnswer: answer, hint: undefined, abortsAfter: undefined, timesOut: false, ignoresAbort: false, left: Infinity };
};

/** A request that reached the fetch inside the layer. */
export interface SentRequest {
  readonly call: number;
  readonly plan: Plan;
  readonly at: number;
  readonly headers: Headers;
  readonly isAborted: boolean;
  status: number | 'error';
  /** The time of the outcome or of the abort. `Infinity` before. */
  endedAt: number;
}

/** The end of a call. */
export interface End {
  readonly at: number;
  readonly response?: Response;
  readonly error?: unknown;
}

/** The events of all calls, in their order. A request ends with its outcome or with the abort. */
export type Event =
  | { readonly kind: 'start' | 'abort'; readonly at: number; readonly call: number }
  | { readonly kind: 'request' | 'request end'; readonly at: number; readonly call: number; readonly request: SentRequest };

export interface Played {
  readonly schedule: readonly Plan[];
  readonly events: readonly Event[];
  readonly starts: readonly number[];
  readonly requests: readonly SentRequest[];
  readonly ends: readonly End[];
  readonly reasons: readonly Error[];
  /** The layer's timers that are left when all calls and requests have ended. */
  readonly pending: number;
}

export interface PlayOptions {
  readonly random: () => number;
  /** Chooses the status of a request when its response comes, in place of the plan. */
  readonly statusOf?: (request: SentRequest) => number;
}

/** Plays the calls on a fake clock. The layer is given with the clock, so that functions of the user can take time. */
export async function play(schedule: readonly Plan[], layer: (clock: FakeClock) => (next: LayeredFetch) => LayeredFetch, { random, statusOf }: PlayOptions): Promise<Played> {
  const clock = new FakeClock({ turns: 1 });
  const [events, requests, starts, ends, reasons]: [Event[], SentRequest[], number[], End[], Error[]] = [[], [], [], [], []];

  const next = (call: number, plan: Plan): LayeredFetch => (_input, init) => new Promise((resolve, reject) => {
    const { status, takes } = requests.some((request) => request.call === call) ? plan.secondAnswer : plan.answer;
    const { signal } = init as { signal: AbortSignal };
    const request: SentRequest = { call, plan, at: clock.now(), headers: new Headers(init?.headers), isAborted: signal.aborted, status, endedAt: Infinity };
    requests.push(request);
    events.push({ kind: 'request', at: request.at, call, request });
    const end = (settle: () => void): void => {
      if (request.endedAt < Infinity) return;
      request.endedAt = clock.now();
      events.push({ kind: 'request end', at: request.endedAt, call, request });
      clock.clearTimeout(timer);
      settle();
    };
    const answer = (): void => {
      request.status = statusOf?.(request) ?? status;
      if (request.status === 'error') reject(new TypeError('fetch failed'));
      else resolve(new Response(null, { status: request.status }));
    };
    const timer = clock.setTimeout(() => end(answer), takes);
    if (!plan.ignoresAbort) signal.addEventListener('abort', () => end(() => reject(signal.reason)));
  });

  // One layered fetch for all calls: the context leads to the call.
  const calls = new Map<unknown, LayeredFetch>();
  const layered = layer(clock)((input, init, context) => (calls.get(context) as LayeredFetch)(input, init, context));
  const start = (call: number, plan: Plan): Promise<unknown> => {
    const controller = new AbortController();
    const url = `http://${plan.key}.test/`;
    const context: AttemptContext = {
      attempt: 1, elapsed: 0, left: plan.left, failures: [], method: 'GET', url, clock, random, repeatable: true, retryAfter: () => plan.hint,
    };
    calls.set(context, next(call, plan));
    starts[call] = clock.now();
    events.push({ kind: 'start', at: clock.now(), call });
    const reason = reasons[call] = Object.assign(new Error(`abort of call ${call}`), plan.timesOut && { name: 'TimeoutError' });
    const abort = (): void => {
      events.push({ kind: 'abort', at: clock.now(), call });
      controller.abort(reason);
    };
    const timer = plan.abortsAfter === undefined ? undefined : clock.setTimeout(abort, plan.abortsAfter);
    return layered(url, { signal: controller.signal }, context).then(
      (response) => { ends[call] = { at: clock.now(), response }; },
      (error: unknown) => { ends[call] = { at: clock.now(), error }; },
    ).finally(() => clock.clearTimeout(timer));
  };

  let at = 0;
  const all = schedule.map((plan, call) => new Promise((resolve) => clock.setTimeout(() => resolve(start(call, plan)), at += plan.after)));
  await clock.run(Promise.all(all));
  // Fetches that ignored their abort.
  const running = (): number => requests.filter(({ endedAt }) => endedAt === Infinity).length;
  await clock.settle();
  const pending = clock.pending - running();
  await clock.advance(10_000);
  return { schedule, events, starts, requests, ends, reasons, pending };
}

/** Every call ends, an abort ends its call at its moment with its reason, no request follows it, and no timer is left. */
export function checkEnds({ schedule, starts, ends, requests, reasons, pending }: Played): void {
  assert.equal(pending, 0, 'pending timers');
  assert.ok(requests.every(({ isAborted }) => !isAborted), 'a request with a signal that is aborted');
  for (const [call, { abortsAfter = Infinity, ignoresAbort }] of schedule.entries()) {
    const [abortAt, end, own] = [starts[call] as number + abortsAfter, ends[call] as End, requests.filter((request) => request.call === call)];
    assert.ok(own.every(({ at }) => at <= abortAt), `call ${call} sends a request after its abort`);
    if (end.error === reasons[call]) assert.ok(end.at >= abortAt, `call ${call} rejects before its abort`);
    if (!ignoresAbort || own.length === 0) assert.ok(end.at <= abortAt, `call ${call} ends after its abort`);
  }
}

/** Counts how often runs reach a state, so that a property that never reaches it fails. */
export function counter(...names: readonly string[]): { count(name: string): void; check(): void } {
  const counts = new Map(names.map((name) => [name, 0]));
  return {
    count: (name) => void counts.set(name, (counts.get(name) ?? 0) + 1),
    check: () => counts.forEach((count, name) => assert.ok(count >= 10, `only ${count} times: ${name}`)),
  };
}
