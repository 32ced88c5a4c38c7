import { getEventListeners } from 'node:events';
import { failuresOf, retryBudget, TimeoutError, type Attempt, type Failure, type ResilientInit, type RetryBudget } from '../../../src/index.ts';
import { FakeClock } from '../../../src/testing/index.ts';
import { nameHeader, resultOf } from './answers.ts';
import { urlOf } from './rules.ts';
import { answerTo, backoffFunctions, isBeforeCall, type Abort, type NamedFailure, type Observation, type PredicateCall, type Script } from './script.ts';

/** The function under test: resilientFetch, or a copy with a bug. */
export type Subject = (input: string | Request, init: ResilientInit) => Promise<Response>;

/** The clock's times at the call. */
const [begin, date] = [4_096, Date.UTC(2026, 10, 23, 12)];

/** Longer than any script. */
const end = 1e12;

/** More requests than any script makes: a loop without end is stopped here. */
const tooMany = 100;

const reasons: Record<NonNullable<Abort['reason']>, (totalTimeout: number) => unknown> = {
  text: () => 'enough',
  zero: () => 0,
  null: () => null,
  none: () => undefined,
  // The reason of another call with the same options.
  timeout: (totalTimeout) => new TimeoutError('total', totalTimeout),
};

/** Plays a script in virtual time, and returns everything observed. One script at a time. */
export const play = (script: Script, subject: Subject): Promise<Observation> => new Play(script).run(subject);

class Play {
  readonly script: Script;
  readonly clock: FakeClock = new FakeClock({ now: begin, date, turns: 1 });
  readonly controller: AbortController | undefined;
  readonly budget: RetryBudget | undefined;
  readonly requests: number[] = [];
  readonly predicateCalls: PredicateCall[] = [];
  readonly hookCalls: Failure[] = [];
  readonly responses: Response[] = [];
  readonly leftovers: string[] = [];
  /** The names of responses and errors of the script, and of errors that the caller's functions throw. */
  readonly names: Map<unknown, string> = new Map();
  fetchCalls: number = 0;
  bodies: number = 0;
  /** Pending timers of the script itself. */
  pending: number = 0;

  constructor(script: Script) {
    this.script = script;
    this.controller = script.abort && new AbortController();
    const capacity = script.options?.budget;
    this.budget = capacity === undefined ? undefined : retryBudget({ reserve: capacity, ratio: 0.5 });
  }

  async run(subject: Subject): Promise<Observation> {
    const { clock, script: { abort, body } } = this;
    const onUnhandled = (): void => void this.leftovers.push('an unhandled rejection');
    process.on('unhandledRejection', onUnhandled);
    // The first timer of all, so that the abort comes first at its moment.
    if (abort?.at !== undefined) this.startTimer(abort.at, () => this.abort());
    if (abort !== undefined && isBeforeCall(abort)) this.abort();
    const init = this.init();
    const url = urlOf(this.script);
    let [result, settledAt]: [unknown, number] = ['nothing, ever', Infinity];
    const onSettled = (value: unknown): void => {
      [result, settledAt] = [value, this.now()];
      if (value instanceof Response) this.checkResponse(value);
      this.checkPending();
    };
    subject(body?.kind === 'request' ? new Request(url, { method: init.method ?? 'PUT', body: 'text' }) : url, init).then(onSettled, onSettled);
    await clock.advance(end);
    process.off('unhandledRejection', onUnhandled);
    return this.observation(result, settledAt);
  }

  now(): number {
    return this.clock.now() - begin;
  }

  abort(): void {
    const { abort: { reason } = {}, options: { totalTimeout = 500 } = {} } = this.script;
    this.controller?.abort(reason ? reasons[reason](totalTimeout) : new Error('enough'));
  }

  /** Starts a timer of the script itself. Returns a function that clears it. */
  startTimer(ms: number, callback: () => void): () => void {
    this.pending += 1;
    const timer = this.clock.setTimeout(() => {
      this.pending -= 1;
      callback();
    }, ms);
    return () => {
      this.pending -= 1;
      this.clock.clearTimeout(timer);
    };
  }

  /** Calls a function of the caller's at once, or after some time. */
  callAfter<Value>(ms: number | undefined, callback: () => Value): Value | Promise<Value> {
    if (ms === undefined) return callback();
    if (ms === 0) return Promise.resolve().then(callback);
    return new Promise<void>((resolve) => void this.startTimer(ms, resolve)).then(callback);
  }

  throw(name: string): never {
    const error = new Error(name);
    this.names.set(error, name);
    throw error;
  }

  /** Responds by the script. Like the platform's fetch, refuses bad arguments first, and sends nothing after an abort. */
  fetch(signal: AbortSignal | null | undefined): Promise<Response> {
    const { script, requests } = this;
    const isSent = !script.isRefused && !signal?.aborted;
    if (isSent) requests.push(this.now());
    const attempt = Math.max(1, requests.length);
    const { after, ignoresSignal, ...answer } = answerTo(script, attempt);
    return new Promise((resolve, reject) => {
      if ((this.fetchCalls += 1) > tooMany) return;
      if (!isSent && !script.isRefused && !ignoresSignal) return reject(signal?.reason);
      const settle = (): void => {
        if (script.abort?.answer === attempt) this.abort();
        const result = resultOf(answer, `answer ${attempt}`, date);
        this.names.set(result, `answer ${attempt}`);
        if (result instanceof Error) return reject(result);
        this.responses.push(result);
        resolve(result);
      };
      if (after === undefined) return settle();
      const clear = this.startTimer(after, () => {
        signal?.removeEventListener('abort', onAbort);
        settle();
      });
      const onAbort = (): void => {
        clear();
        reject(signal?.reason);
      };
      if (!ignoresSignal) signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** The script's options, and functions that record their calls. */
  init(): ResilientInit {
    const { script, clock, controller, budget } = this;
    const { method, redirect, hasIdempotencyKey, isRefused, body, shouldRetry, onFailure, options = {} } = script;
    const { backoff, budget: _capacity, statuses, methods, readsOwnHint, ...limits } = options;
    return {
      ...limits,
      clock,
      fetch: (_input, init) => this.fetch(init?.signal),
      random: () => answerTo(script, this.requests.length).random ?? 0.5,
      method: method ?? (body === undefined ? 'GET' : 'PUT'),
      budget,
      ...(redirect && { redirect }),
      backoff: typeof backoff === 'string' ? backoffFunctions[backoff] : backoff,
      retryOn: { statuses, methods },
      ...(readsOwnHint && { retryAfter: ({ headers }) => (headers.has('x-wait') ? Number(headers.get('x-wait')) : undefined) }),
      ...(hasIdempotencyKey && { headers: { 'Idempotency-Key': '7' } }),
      ...(isRefused && { headers: { 'not a name': '' } }),
      ...(controller && { signal: controller.signal }),
      ...this.body(),
      ...(shouldRetry && { shouldRetry: (attempt) => this.shouldRetry(attempt) }),
      ...(onFailure && { onFailure: (failure) => this.onFailure(failure) }),
    };
  }

  body(): Pick<ResilientInit, 'body' | 'duplex'> {
    const { body } = this.script;
    if (body === undefined || body.kind === 'request') return {};
    if (body.kind === 'stream') return { body: new ReadableStream(), duplex: 'half' };
    if (body.kind === undefined) return { body: 'text' };
    return {
      body: () => {
        const throws = (this.bodies += 1) === body.throwsAt;
        return this.callAfter(body.takes, () => (throws ? this.throw('the error of the body factory') : 'text'));
      },
    };
  }

  shouldRetry({ attempt, kind, transient, elapsed }: Attempt): boolean | Promise<boolean> {
    const { abort, shouldRetry: { says = 'rules', takes, throwsAt } = {} } = this.script;
    const count = this.predicateCalls.push([attempt, kind, transient, elapsed]);
    const aborts = count === abort?.shouldRetry;
    if (aborts) this.abort();
    const verdicts = { yes: true, no: false, opposite: !transient, rules: transient };
    return this.callAfter(takes, () => (count === throwsAt && !aborts ? this.throw('the error of shouldRetry') : verdicts[says]));
  }

  onFailure(failure: Failure): void {
    const { abort, onFailure } = this.script;
    const count = this.hookCalls.push(failure);
    if (abort?.onFailure === count) this.abort();
    else if (onFailure?.throwsAt === count) this.throw('the error of onFailure');
  }

  /** The caller's response is unread. Its body is cancelled: a totalTimeout goes on until the end of the body. */
  checkResponse(response: Response): void {
    const { body, bodyUsed } = response;
    if (body === null) return;
    if (bodyUsed || body.locked) this.leftovers.push(`${this.nameOf(response)}, read`);
    void body.cancel();
  }

  /** Called when the call has settled. The signal still has a listener while a response with a body can be collected. */
  checkPending(): void {
    const { clock, controller, responses, leftovers, pending } = this;
    if (clock.pending > pending) leftovers.push('a timer');
    const hasListener = controller !== undefined && getEventListeners(controller.signal, 'abort').length > 0;
    if (hasListener && responses.every(({ body }) => body === null)) leftovers.push('a listener');
  }

  observation(result: unknown, settledAt: number): Observation {
    const { clock, requests, predicateCalls, hookCalls, responses, leftovers } = this;
    const failures = failuresOf(result);
    if (clock.pending > 0) leftovers.push('a timer at the end');
    if (hookCalls.length > 0 && failures.some((failure, index) => hookCalls[index] !== failure)) leftovers.push('a record that the hook did not get');
    for (const response of responses) {
      if (response.body !== null && isUnread(response)) leftovers.push(`${this.nameOf(response)}, not discarded`);
    }
    return {
      requests,
      predicateCalls,
      hookCalls: hookCalls.map((failure) => this.named(failure)),
      failures: failures.map((failure) => this.named(failure)),
      result: this.nameOf(result),
      settledAt,
      retriesLeft: retriesLeft(this.budget, urlOf(this.script)),
      leftovers,
    };
  }

  nameOf(value: unknown): string {
    const { controller, names } = this;
    if (controller?.signal.aborted && value === controller.signal.reason) return 'the reason';
    if (value instanceof TimeoutError) return `the ${value.scope} timeout of ${value.timeout}`;
    const name = value instanceof Response ? value.headers.get(nameHeader) : names.get(value);
    return name ?? (value instanceof RangeError ? 'a RangeError' : String(value));
  }

  named({ error, ...failure }: Failure): NamedFailure {
    return error === undefined ? failure : { ...failure, error: this.nameOf(error) };
  }
}

const isUnread = ({ body, bodyUsed }: Response): boolean => body?.locked === false && !bodyUsed;

/** The uninvited retries that are left, long after the call: all that was saved above the reserve has decayed. */
function retriesLeft(budget: RetryBudget | undefined, url: string): number {
  if (budget === undefined) return Infinity;
  let count = 0;
  while (budget.withdraw({ now: 2 * end, origin: new URL(url).origin })) count += 1;
  return count;
}
