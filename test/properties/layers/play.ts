import fc from 'fast-check';
import type { AttemptContext, LayeredFetch } from '../../../src/attempt-context.ts';
import { FakeClock } from '../../../src/testing/index.ts';

/** A call of a layer: its start, its answer, and the caller's abort, in milliseconds. */
export interface Plan {
  /** The time since the call before. */
  readonly after: number;
  readonly key: 'a' | 'b';
  readonly status: number | 'error';
  /** The time from the request to its answer. */
  readonly takes: number;
  /** The `retryAfter` of the answer. */
  readonly hint: number | undefined;
  /** The time from the start to the abort. */
  readonly abortsAfter: number | undefined;
}

const moment = fc.oneof(fc.constantFrom(0, 0, 10, 100), fc.integer({ min: 0, max: 500 }));

export const plans = (...statuses: readonly (number | 'error')[]): fc.Arbitrary<Plan[]> =>
  fc.array(fc.record<Plan>({
    after: moment,
    key: fc.constantFrom('a', 'a', 'b'),
    status: fc.constantFrom(...statuses),
    takes: fc.oneof({ weight: 9, arbitrary: moment }, { weight: 1, arbitrary: fc.constant(5_000) }),
    hint: fc.option(moment, { nil: undefined }),
    abortsAfter: fc.option(moment, { nil: undefined, freq: 3 }),
  }), { minLength: 1, maxLength: 25, size: 'max' });

/** A request that reached the fetch beneath the layer. */
export interface SentRequest {
  readonly call: number;
  readonly plan: Plan;
  readonly at: number;
  readonly headers: Headers;
  /** The time of the answer or of the abort. `Infinity` before. */
  endedAt: number;
}

/** The end of a call. */
export interface End {
  readonly at: number;
  readonly response?: Response;
  readonly error?: unknown;
}

export interface Played {
  readonly starts: readonly number[];
  readonly requests: readonly SentRequest[];
  readonly ends: readonly End[];
  /** Timers that are left. */
  readonly pending: number;
}

/** Observes each request and answer as it happens, and may choose the status. */
export interface Observer {
  onRequest?(request: SentRequest, requests: readonly SentRequest[]): void;
  statusOf?(request: SentRequest): number | 'error';
}

export const reasonOf = (call: number): string => `abort of call ${call}`;

/** Plays the calls on a fake clock. The layer is given with the clock, so that functions of the user can take time. */
export async function play(schedule: readonly Plan[], layer: (clock: FakeClock) => (next: LayeredFetch) => LayeredFetch, random: () => number, observer: Observer = {}): Promise<Played> {
  const clock = new FakeClock({ turns: 1 });
  const requests: SentRequest[] = [];
  const [starts, ends]: [number[], End[]] = [[], []];
  const next = (call: number, plan: Plan): LayeredFetch => (_input, init) => new Promise((resolve, reject) => {
    const request: SentRequest = { call, plan, at: clock.now(), headers: new Headers(init?.headers), endedAt: Infinity };
    requests.push(request);
    observer.onRequest?.(request, requests);
    const end = (settle: () => void): void => {
      if (request.endedAt < Infinity) return;
      request.endedAt = clock.now();
      clock.clearTimeout(timer);
      settle();
    };
    const status = observer.statusOf?.(request) ?? plan.status;
    const answer = (): void => (status === 'error' ? reject(new TypeError('fetch failed')) : resolve(new Response(null, { status })));
    const timer = clock.setTimeout(() => end(answer), plan.takes);
    init?.signal?.addEventListener('abort', () => end(() => reject(init.signal?.reason)));
  });
  // One layered fetch for all calls: the signal leads to the call.
  const calls = new Map<unknown, LayeredFetch>();
  const layered = layer(clock)((input, init, context) => (calls.get(context) as LayeredFetch)(input, init, context));

  const start = (call: number, plan: Plan): void => {
    const controller = new AbortController();
    const url = `http://${plan.key}.test/`;
    const context: AttemptContext = {
      attempt: 1, elapsed: 0, left: Infinity, failures: [], method: 'GET', url, clock, random, repeatable: true, retryAfter: () => plan.hint,
    };
    calls.set(context, next(call, plan));
    starts[call] = clock.now();
    if (plan.abortsAfter !== undefined) clock.setTimeout(() => controller.abort(reasonOf(call)), plan.abortsAfter);
    layered(url, { signal: controller.signal }, context).then(
      (response) => { ends[call] = { at: clock.now(), response }; },
      (error: unknown) => { ends[call] = { at: clock.now(), error }; },
    );
  };
  let at = 0;
  for (const [call, plan] of schedule.entries()) clock.setTimeout(() => start(call, plan), at += plan.after);
  await clock.advance(1_000_000);
  return { starts, requests, ends, pending: clock.pending };
}
