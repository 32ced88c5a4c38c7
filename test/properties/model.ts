import type { BackoffFunction, BackoffSettings, Failure } from '../../src/index.ts';

/** What a call is made with, and what becomes of it: plain data, in milliseconds, of which every member may be left out. */
export interface Script {
  /** Default PUT with a body, else GET. */
  readonly method?: string;
  readonly scheme?: 'http' | 'ftp';
  readonly hasIdempotencyKey?: boolean;
  /** The platform refuses the arguments, whatever is answered. */
  readonly isRefused?: boolean;
  readonly body?: RequestBody;
  readonly options?: Options;
  readonly shouldRetry?: Predicate;
  readonly onFailure?: { readonly throwsAt?: number };
  readonly abort?: Abort;
  /** What each request comes to. Those for which there is none get a 200 at once. */
  readonly answers?: readonly Answer[];
}

export interface RequestBody {
  /** A string by default. */
  readonly kind?: 'stream' | 'request' | 'factory';
  /** How long the factory takes, and which call of it throws. */
  readonly takes?: number;
  readonly throwsAt?: number;
}

export interface Options {
  readonly retries?: number;
  readonly timeout?: number;
  readonly totalTimeout?: number;
  readonly maxRetryAfter?: number;
  readonly backoff?: Partial<BackoffSettings> | OwnBackoff;
  /** How many retries the budget holds; it gains half of one with a success. */
  readonly budget?: number;
  readonly statuses?: readonly number[];
  readonly methods?: readonly string[];
  /** Has a `retryAfter` function that reads `Answer.ownHint`. */
  readonly readsOwnHint?: boolean;
}

export type OwnBackoff = 'linear' | 'growing' | 'broken';

export interface Predicate {
  /** Agrees with the rules by default. */
  readonly says?: 'yes' | 'no' | 'opposite';
  /** Async where given. */
  readonly takes?: number;
  readonly throwsAt?: number;
}

/** Before the call by default, else at a moment; or at the n-th answer, question to the predicate or call of the hook. */
export interface Abort {
  readonly at?: number;
  readonly answer?: number;
  readonly shouldRetry?: number;
  readonly onFailure?: number;
  /** An Error by default. */
  readonly reason?: 'text' | 'zero' | 'null' | 'none' | 'timeout';
}

export interface Answer {
  /** At once by default. */
  readonly after?: number;
  readonly ignoresSignal?: boolean;
  /** 200 by default, where there is no error. */
  readonly status?: number;
  readonly error?: 'reset' | 'refused' | 'unknown host' | 'no connection' | 'certificate' | 'bad port' | 'no cause' | 'an abort' | 'a timeout';
  readonly hasBody?: boolean;
  readonly hint?: Hint;
  /** What an own `retryAfter` function finds. */
  readonly ownHint?: number;
  /** What chance gives for the wait that follows. Default 0.5. */
  readonly chance?: number;
}

/** A Retry-After: digits, a date (told as time since the call) and the server's clock beside it, or garbage. */
export interface Hint {
  readonly seconds?: string;
  readonly until?: number;
  readonly dated?: number;
  readonly garbage?: string;
}

/** A failure with its error's name in place of the error. */
export type Recorded = Omit<Failure, 'error'> & { readonly error?: string };

export type Asked = readonly [attempt: number, kind: string, transient: boolean, elapsed: number];

/** All that can be seen of a call from outside. Time counts from the call. */
export interface Story {
  /** When each request was made. */
  readonly requests: readonly number[];
  readonly asked: readonly Asked[];
  readonly told: readonly Recorded[];
  readonly failures: readonly Recorded[];
  /** The name of what it came to. */
  readonly result: string;
  readonly settledAt: number;
  /** How many retries the budget can pay for afterwards; Infinity where there is none. */
  readonly left: number;
  /** What else is wrong, in words: what is left behind, or not let go of. */
  readonly faults: readonly string[];
}

/** Functions that users may give as `backoff`; one comes to what is no wait. */
export const ownBackoffs: Readonly<Record<OwnBackoff, BackoffFunction>> = {
  linear: (retry) => retry * 10,
  growing: (retry, random, previous) => previous + 100 * random + retry,
  broken: (retry) => (retry === 1 ? 5 : NaN),
};

export const answerTo = ({ isRefused, answers = [] }: Script, attempt: number): Answer =>
  isRefused ? { error: 'no cause' } : answers[attempt - 1] ?? {};

/** The design in one go: what must be seen of a call, told without a clock, a promise, or anything of what it judges. */
export function storyOf(script: Script): Story {
  const { body, options = {}, shouldRetry, onFailure, abort } = script;
  const { retries = 3, timeout = 10_000, totalTimeout = Infinity, maxRetryAfter = 60_000 } = options;
  const { statuses = [408, 425, 429, 500, 502, 503, 504] } = options;
  const [requests, asked, told, failures]: [number[], Asked[], Recorded[], Recorded[]] = [[], [], [], []];
  const total = `the total timeout of ${totalTimeout}`;
  let now = 0;
  let abortAt = abort?.at ?? Infinity;
  let previous: number | undefined;
  let funds = options.budget ?? Infinity;

  const end = (result: string): Story => {
    const isPrimitive = result === 'the reason' && ['text', 'zero', 'null'].includes(abort?.reason ?? '');
    return { requests, asked, told, failures: isPrimitive ? [] : failures, result, settledAt: now, left: Math.floor(funds), faults: [] };
  };

  /** Lets time pass until then, or until the call is cut. The caller's abort wins. */
  const pass = (until: number): string | undefined => {
    now = Math.min(until, abortAt, totalTimeout);
    return abortAt <= now ? 'the reason' : totalTimeout <= now ? total : undefined;
  };

  /** Records a failure. Whether the hook throws. */
  const fail = (failure: Recorded): boolean => {
    failures.push(failure);
    if (onFailure !== undefined) told.push(failure);
    if (onFailure !== undefined && abort?.onFailure === told.length) abortAt = now;
    return abortAt > now && onFailure?.throwsAt === told.length;
  };

  /** A call that ends well. */
  const succeed = (result: string): Story => {
    funds = Math.min(options.budget ?? Infinity, funds + 0.5);
    return end(result);
  };

  if (isBefore(abort)) return end(script.isRefused ? 'answer 1' : 'the reason');

  for (let attempt = 1; ; attempt += 1) {
    const begun = now;
    if (body?.kind === 'factory') {
      const cut = pass(now + (body.takes ?? 0));
      if (cut) return end(cut);
      if (body.throwsAt === attempt) return end('what the factory threw');
    }

    if (!script.isRefused) requests.push(now);
    const answer = answerTo(script, attempt);
    const comesAt = now + (answer.after ?? 0);
    const isLate = comesAt > now + timeout;
    if (abort?.answer === attempt && (!isLate || answer.ignoresSignal)) abortAt = Math.min(abortAt, comesAt);
    const cut = pass(isLate ? now + timeout : comesAt);
    const duration = now - begun;
    if (cut === total) return end(fail({ attempt, kind: 'timeout', error: total, duration, stopped: 'total-timeout' }) ? 'what onFailure threw' : total);
    if (cut) return end(cut);

    const kind = isLate ? 'timeout' : answer.error ? 'network-error' : 'response';
    const status = kind === 'response' ? answer.status ?? 200 : undefined;
    const result = isLate ? `the attempt timeout of ${timeout}` : `answer ${attempt}`;
    const isBad = status === undefined || statuses.includes(status);
    if (script.isRefused) return end(result);
    if (!isBad && !shouldRetry) return succeed(result);

    const retryAfter = status === undefined ? undefined : hintOf(answer, options, now);
    if (retryAfter !== undefined && !(retryAfter >= 0)) return end('a RangeError');
    const transient = isTransient(script, status, isLate ? undefined : answer.error, statuses, retryAfter);
    let wanted = transient;
    if (shouldRetry) {
      asked.push([attempt, kind, transient, now]);
      if (abort?.shouldRetry === asked.length) abortAt = now;
      const cut = pass(now + (shouldRetry.takes ?? 0));
      if (cut) return end(cut);
      if (shouldRetry.throwsAt === asked.length) return end('what shouldRetry threw');
      wanted = { yes: true, no: false, opposite: !transient, agrees: transient }[shouldRetry.says ?? 'agrees'];
    }
    if (!isBad && !wanted) return succeed(result);

    const outcome = { attempt, kind, duration, ...(status === undefined ? { error: result } : { status }) } as const;
    const hinted = retryAfter === undefined ? outcome : { ...outcome, retryAfter };
    const own = backoffOf(options.backoff, attempt, answer.chance ?? 0.5, previous);
    const delay = retryAfter === undefined ? own : retryAfter + Math.max(own, spreadOf(options.backoff) * retryAfter * (answer.chance ?? 0.5));
    const stopped = !wanted ? (transient ? 'declined' : 'not-repeatable')
      : attempt > retries ? 'retries-spent'
      : body?.kind === 'stream' ? 'one-shot-body'
      : retryAfter !== undefined && retryAfter > maxRetryAfter ? 'retry-after-too-long'
      : Number.isNaN(delay) ? 'broken'
      : now + delay >= totalTimeout ? 'total-timeout'
      : funds < 1 ? 'budget-empty'
      : undefined;
    if (stopped === 'broken') return end('a RangeError');
    if (!stopped) funds -= 1;
    const delayFrom = retryAfter === undefined ? 'backoff' : 'retry-after';
    if (fail(stopped ? { ...hinted, stopped } : { ...hinted, delay, delayFrom })) return end('what onFailure threw');

    const cutInWait = pass(stopped ? now : now + delay);
    if (cutInWait) return end(cutInWait);
    if (stopped) return end(result);
    previous = delay;
  }
}

export const isBefore = (abort: Abort | undefined): boolean =>
  abort !== undefined && (abort.at ?? abort.answer ?? abort.shouldRetry ?? abort.onFailure) === undefined;

/** "What is transient" of the design. */
function isTransient(
  { method, scheme, hasIdempotencyKey = false, body, options: { methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY'] } = {} }: Script,
  status: number | undefined,
  error: Answer['error'],
  statuses: readonly number[],
  retryAfter: number | undefined,
): boolean {
  // Fetch puts these in upper case, and query not.
  const sent = { put: 'PUT', post: 'POST' }[method ?? ''] ?? method ?? (body ? 'PUT' : 'GET');
  const isRepeatable = hasIdempotencyKey || methods.includes(sent);
  if (status !== undefined) return statuses.includes(status) && (isRepeatable || ([429, 503].includes(status) && retryAfter !== undefined));
  const isPermanent = scheme === 'ftp' || error === 'certificate' || error === 'bad port';
  const isUnreached = error === 'refused' || error === 'unknown host' || error === 'no connection';
  return !isPermanent && (isRepeatable || isUnreached);
}

/** What an answer that comes now asks for. */
function hintOf({ hint = {}, ownHint }: Answer, { readsOwnHint }: Options, now: number): number | undefined {
  if (readsOwnHint) return ownHint;
  if (hint.seconds !== undefined) return Number(hint.seconds) * 1_000;
  if (hint.until !== undefined) return Math.max(0, hint.until - (hint.dated ?? now));
  return undefined;
}

/** "How long to wait" of the design, word for word. */
function backoffOf(backoff: Options['backoff'] = {}, retry: number, chance: number, previous: number | undefined): number {
  if (typeof backoff === 'string') return ownBackoffs[backoff](retry, chance, previous ?? 0);
  const { base = 200, factor = 2, max = 30_000, jitter = 'full' } = backoff;
  const uniform = (from: number, to: number): number => from + chance * (to - from);
  const v = Math.min(max, base * factor ** (retry - 1));
  return {
    none: v,
    full: uniform(0, v),
    equal: v / 2 + uniform(0, v / 2),
    decorrelated: Math.min(max, uniform(base, 3 * (previous ?? base))),
  }[jitter];
}

/** Up to which share of what a server asks for is added to it: a quarter, but where the wait is the user's own or has no jitter. */
const spreadOf = (backoff: Options['backoff'] = {}): number => (typeof backoff === 'string' || backoff.jitter === 'none' ? 0 : 1 / 4);
