import { getEventListeners } from 'node:events';
import { failuresOf, retryBudget, TimeoutError, type Attempt, type Failure, type ResilientInit, type RetryBudget } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { answerTo, isBefore, ownBackoffs, type Abort, type Answer, type Asked, type Recorded, type Script, type Story } from './model.ts';

/** What is compared with the model: resilientFetch, or something like it. */
export type Subject = (input: string | Request, init: ResilientInit) => Promise<Response>;

/** Where the clocks stand at the call. */
const [begin, date] = [4_096, Date.UTC(2026, 10, 23, 12)];

/** Longer than any script: 12 waits of 1e10 ms, and answers that come after 1e9. */
const end = 1e12;

/** So many requests that a loop without end must be behind them. */
const tooMany = 100;

const failed = (cause: unknown): Error => new TypeError('fetch failed', { cause });
const coded = (code: string) => (): Error => failed(Object.assign(new Error(code), { code }));

/** Errors as Node's fetch has them. */
const errors: Record<NonNullable<Answer['error']>, () => Error> = {
  'reset': coded('ECONNRESET'),
  'refused': coded('ECONNREFUSED'),
  'unknown host': coded('ENOTFOUND'),
  'no connection': coded('UND_ERR_CONNECT_TIMEOUT'),
  'certificate': coded('CERT_HAS_EXPIRED'),
  'bad port': () => failed(new Error('bad port')),
  'no cause': () => new TypeError('Failed to fetch'),
  'an abort': () => new DOMException('Nobody aborted', 'AbortError'),
  'a timeout': () => new DOMException('Not ours', 'TimeoutError'),
};

const reasons: Record<NonNullable<Abort['reason']>, (totalTimeout: number) => unknown> = {
  text: () => 'enough',
  zero: () => 0,
  null: () => null,
  none: () => undefined,
  // As another call's would be, that was made with the same options.
  timeout: (totalTimeout) => new TimeoutError('total', totalTimeout),
};

/** A script that is being played. */
interface Stage {
  readonly script: Script;
  readonly clock: FakeClock;
  readonly controller: AbortController | undefined;
  readonly budget: RetryBudget | undefined;
  readonly requests: number[];
  readonly asked: Asked[];
  readonly told: Failure[];
  readonly responses: Response[];
  /** What each answer, and each error that a function of the user throws, is called. */
  readonly names: Map<unknown, string>;
  /** How often fetch was called. */
  calls: number;
  /** How many bodies were made. */
  made: number;
  /** How many timers of the script's own wait. */
  waiting: number;
}

const now = ({ clock }: Stage): number => clock.now() - begin;

function abort({ script: { abort, options }, controller }: Stage): void {
  const reasonOf = abort?.reason && reasons[abort.reason];
  controller?.abort(reasonOf ? reasonOf(options?.totalTimeout ?? 500) : new Error('enough'));
}

/** A timer of the script's own. Returns what clears it. */
function wait(stage: Stage, ms: number, callback: () => void): () => void {
  stage.waiting += 1;
  const timer = stage.clock.setTimeout(() => {
    stage.waiting -= 1;
    callback();
  }, ms);
  return () => {
    stage.waiting -= 1;
    stage.clock.clearTimeout(timer);
  };
}

/** What a function of the user gives, at once or in its own time. */
function inTime<Value>(stage: Stage, takes: number | undefined, make: () => Value): Value | Promise<Value> {
  if (takes === undefined) return make();
  if (takes === 0) return Promise.resolve().then(make);
  return new Promise<void>((resolve) => void wait(stage, takes, resolve)).then(make);
}

function fail({ names }: Stage, name: string): never {
  const error = new Error(name);
  names.set(error, name);
  throw error;
}

/** Answers by the script. As the platform does, it refuses before it looks at its signal, and sends nothing if that has aborted. */
const fetchOf = (stage: Stage) => (_input: unknown, { signal }: { signal?: AbortSignal | null } = {}): Promise<Response> =>
  new Promise((resolve, reject) => {
    const { script, requests } = stage;
    const isSent = !script.isRefused && !signal?.aborted;
    if (isSent) requests.push(now(stage));
    const attempt = Math.max(1, requests.length);
    const { after, ignoresSignal, ...answer } = answerTo(script, attempt);
    const settle = (): void => {
      signal?.removeEventListener('abort', stop);
      if (script.abort?.answer === attempt) abort(stage);
      const came = answer.error === undefined ? responseOf(answer, script) : errors[answer.error]();
      stage.names.set(came, `answer ${attempt}`);
      if (came instanceof Error) return reject(came);
      stage.responses.push(came);
      resolve(came);
    };
    const stop = (): void => {
      clear?.();
      reject(signal?.reason);
    };
    let clear: (() => void) | undefined;
    if ((stage.calls += 1) > tooMany) return;
    if (!isSent && !script.isRefused && !ignoresSignal) return stop();
    if (after === undefined) return settle();
    clear = wait(stage, after, settle);
    if (!ignoresSignal) signal?.addEventListener('abort', stop, { once: true });
  });

function responseOf({ status = 200, hasBody = false, hint = {}, ownHint }: Answer, { options }: Script): Response {
  const headers: [string, string][] = [];
  const { seconds, until, dated, garbage } = hint;
  const httpDate = (ms: number): string => new Date(date + ms).toUTCString();
  const value = seconds ?? (until === undefined ? garbage : httpDate(until));
  if (value !== undefined) headers.push(['Retry-After', value]);
  if (dated !== undefined) headers.push(['Date', httpDate(dated)]);
  if (ownHint !== undefined && options?.readsOwnHint) headers.push(['X-Wait', String(ownHint)]);
  const mayHaveBody = status !== 204 && status !== 304;
  return new Response(hasBody && mayHaveBody ? 'a body' : null, headers.length > 0 ? { status, headers } : { status });
}

/** What the subject is given: the script's options, and functions that note what they are told. */
function initOf(stage: Stage): ResilientInit {
  const { script, requests, controller } = stage;
  const { method, hasIdempotencyKey, isRefused, body, shouldRetry, onFailure, options: { backoff, budget, statuses, methods, readsOwnHint, ...limits } = {} } = script;
  return {
    ...limits,
    clock: stage.clock,
    fetch: fetchOf(stage) as NonNullable<ResilientInit['fetch']>,
    random: () => answerTo(script, requests.length).chance ?? 0.5,
    method: method ?? (body === undefined ? 'GET' : 'PUT'),
    budget: stage.budget,
    backoff: typeof backoff === 'string' ? ownBackoffs[backoff] : backoff,
    retryOn: { statuses, methods },
    ...(readsOwnHint && { retryAfter: ({ headers }) => (headers.has('x-wait') ? Number(headers.get('x-wait')) : undefined) }),
    ...(hasIdempotencyKey && { headers: { 'Idempotency-Key': '7' } }),
    ...(isRefused && { headers: { 'not a name': '' } }),
    ...(controller && { signal: controller.signal }),
    ...bodyOf(stage),
    ...(shouldRetry && { shouldRetry: (attempt) => answerOf(stage, attempt) }),
    ...(onFailure && { onFailure: (failure) => hear(stage, failure) }),
  };
}

function bodyOf(stage: Stage): ResilientInit & { duplex?: 'half' } {
  const { body } = stage.script;
  if (body === undefined || body.kind === 'request') return {};
  if (body.kind === 'stream') return { body: new ReadableStream(), duplex: 'half' };
  if (body.kind === undefined) return { body: 'text' };
  const make = (): string | Promise<string> => {
    const isBroken = (stage.made += 1) === body.throwsAt;
    return inTime(stage, body.takes, () => (isBroken ? fail(stage, 'what the factory threw') : 'made'));
  };
  return { body: make };
}

function answerOf(stage: Stage, { attempt, kind, transient, elapsed }: Attempt): boolean | Promise<boolean> {
  const { script: { abort: { shouldRetry: abortsAt } = {}, shouldRetry: { says = 'agrees', takes, throwsAt } = {} }, asked } = stage;
  const count = asked.push([attempt, kind, transient, elapsed]);
  if (count === abortsAt) abort(stage);
  const answers = { yes: true, no: false, opposite: !transient, agrees: transient };
  return inTime(stage, takes, () => (count === throwsAt && count !== abortsAt ? fail(stage, 'what shouldRetry threw') : answers[says]));
}

function hear(stage: Stage, failure: Failure): void {
  const { script, told } = stage;
  const count = told.push(failure);
  if (script.abort?.onFailure === count) abort(stage);
  else if (script.onFailure?.throwsAt === count) fail(stage, 'what onFailure threw');
}

/** Calls the subject as the script says, in virtual time, and tells all that can be seen of it. */
export async function play(script: Script, subject: Subject): Promise<Story> {
  const clock = new FakeClock({ now: begin, date, turns: 1 });
  const controller = script.abort && new AbortController();
  const capacity = script.options?.budget;
  const budget = capacity === undefined ? undefined : retryBudget({ capacity, ratio: 0.5 });
  const stage: Stage = { script, clock, controller, budget, requests: [], asked: [], told: [], responses: [], names: new Map(), calls: 0, made: 0, waiting: 0 };
  let settled: Settled | undefined;
  const settle = (result: unknown): void => { settled = { result, settledAt: now(stage), faults: leftovers(stage) }; };

  // Set before all else, and so the first of all that is due at its moment.
  if (script.abort?.at !== undefined) wait(stage, script.abort.at, () => abort(stage));
  if (isBefore(script.abort)) abort(stage);
  const init = initOf(stage);
  const url = `${script.scheme ?? 'http'}://users.test/`;
  subject(script.body?.kind === 'request' ? new Request(url, { method: init.method ?? 'PUT', body: 'text' }) : url, init).then(settle, settle);
  await clock.advance(end);
  return storyOf(stage, settled ?? { result: 'nothing, for ever', settledAt: Infinity, faults: [] });
}

interface Settled {
  readonly result: unknown;
  readonly settledAt: number;
  readonly faults: readonly string[];
}

/** What is left when the call has settled. The signal of an answer with a body is listened to until that is collected. */
function leftovers({ clock, controller, responses, waiting }: Stage): string[] {
  const isHeard = controller !== undefined && getEventListeners(controller.signal, 'abort').length > 0;
  const faults = [clock.pending > waiting && 'a timer is left', isHeard && responses.every(({ body }) => body === null) && 'a listener is left'];
  return faults.filter((fault) => fault !== false);
}

function storyOf(stage: Stage, { result, settledAt, faults }: Settled): Story {
  const { clock, controller, requests, asked, told, responses, names } = stage;
  const nameOf = (value: unknown): string => {
    if (controller?.signal.aborted && value === controller.signal.reason) return 'the reason';
    if (value instanceof TimeoutError) return `the ${value.scope} timeout of ${value.timeout}`;
    return names.get(value) ?? (value instanceof RangeError ? 'a RangeError' : String(value));
  };
  const recorded = ({ error, ...failure }: Failure): Recorded => (error === undefined ? failure : { ...failure, error: nameOf(error) });
  const failures = failuresOf(result);
  const hasOthers = told.length > 0 && failures.some((failure, index) => told[index] !== failure);
  const misread = responses.filter((response) => response.body !== null && isUnread(response) !== (response === result));
  const later = [clock.pending > 0 && 'a timer is left at the end', hasOthers && 'the hook is told of other records'];
  const unread = misread.map((response) => `${nameOf(response)} is ${isUnread(response) ? 'not let go of' : 'read'}`);
  return {
    requests,
    asked,
    told: told.map(recorded),
    failures: failures.map(recorded),
    result: nameOf(result),
    settledAt,
    left: leftOf(stage.budget),
    faults: [...faults, ...later.filter((fault) => fault !== false), ...unread],
  };
}

/** Draws all that is left. */
function leftOf(budget: RetryBudget | undefined): number {
  if (budget === undefined) return Infinity;
  let left = 0;
  while (budget.withdraw()) left += 1;
  return left;
}

const isUnread = ({ body, bodyUsed }: Response): boolean => body?.locked === false && !bodyUsed;
