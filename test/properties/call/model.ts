import { delayAfter, hintOf, isFailureStatus, methodOf, obstacleTo, urlOf, type Outcome } from './rules.ts';
import { answerTo, isBeforeCall, type Answer, type NamedFailure, type Observation, type Options, type PredicateCall, type Script } from './script.ts';

/** Thrown by the model where the call settles. */
class Settled {
  readonly result: string;

  constructor(result: string) {
    this.result = result;
  }
}

/** The expected behaviour of a call: arithmetic on a script, without clocks, promises or the code under test. */
export function expectedOf(script: Script): Observation {
  const call = new ModelCall(script);
  const result = call.run();
  const { requests, predicateCalls, hookCalls, now, balance } = call;
  // Failures cannot be attached to a primitive.
  const isPrimitive = result === 'the reason' && ['text', 'zero', 'null'].includes(script.abort?.reason ?? '');
  const failures = isPrimitive ? [] : call.failures;
  return { requests, predicateCalls, hookCalls, failures, result, settledAt: now, retriesLeft: Math.floor(balance), leftovers: [] };
}

class ModelCall {
  readonly script: Script;
  readonly options: Options;
  readonly totalTimeout: number;
  readonly requests: number[] = [];
  readonly predicateCalls: PredicateCall[] = [];
  readonly hookCalls: NamedFailure[] = [];
  readonly failures: NamedFailure[] = [];
  now: number = 0;
  abortAt: number;
  balance: number;

  constructor(script: Script) {
    this.script = script;
    this.options = script.options ?? {};
    this.totalTimeout = this.options.totalTimeout ?? Infinity;
    this.abortAt = script.abort?.at ?? Infinity;
    this.balance = this.options.budget ?? Infinity;
  }

  run(): string {
    const { abort, isRefused } = this.script;
    if (abort !== undefined && isBeforeCall(abort)) return isRefused ? 'answer 1' : 'the reason';
    try {
      for (let attempt = 1; ; attempt += 1) this.runAttempt(attempt);
    } catch (settled) {
      if (settled instanceof Settled) return settled.result;
      throw settled;
    }
  }

  /** One attempt and the wait after it. */
  runAttempt(attempt: number): void {
    const { script } = this;
    const answer = answerTo(script, attempt);
    const outcome = this.send(attempt, answer);
    const result = outcome.error ?? `answer ${attempt}`;
    if (script.isRefused) throw new Settled(result);
    const isFailure = outcome.status === undefined || isFailureStatus(outcome.status, this.options);
    if (!isFailure && script.shouldRetry === undefined) this.succeed(result);

    const hint = outcome.status === undefined ? undefined : hintOf(answer, this.options, this.now);
    if (hint !== undefined && !(hint >= 0)) throw new Settled('a RangeError');
    const obstacle = obstacleTo(script, outcome, answer, hint);
    const transient = obstacle === undefined;
    const isWanted = this.callPredicate(attempt, outcome.kind, transient);
    if (!isFailure && !isWanted) this.succeed(result);

    const delay = delayAfter(attempt, answer, hint, this.options.backoff, this.failures.at(-1)?.delay);
    const stopped = isWanted ? this.limitOn(attempt, delay, hint) : obstacle ?? 'declined';
    // An invited retry is free.
    if (stopped === undefined && hint === undefined) this.balance -= 1;
    const next = stopped === undefined ? { delay, delayFrom: hint === undefined ? 'backoff' : 'retry-after' } as const : { stopped };
    this.fail({ attempt, ...outcome, ...(hint !== undefined && { retryAfter: hint }), ...next });
    this.waitUntil(stopped === undefined ? this.now + delay : this.now);
    if (stopped !== undefined) throw new Settled(result);
  }

  /** Lets time pass. At one moment the caller's abort comes first, then the total timeout, then everything else. */
  waitUntil(moment: number): void {
    this.now = Math.min(moment, this.abortAt, this.totalTimeout);
    if (this.now === this.abortAt) throw new Settled('the reason');
    if (this.now === this.totalTimeout) throw new Settled(this.total());
  }

  total(): string {
    return `the total timeout of ${this.totalTimeout}`;
  }

  /** Creates the body, makes the request and waits for its outcome. */
  send(attempt: number, answer: Answer): Outcome {
    const { script: { abort, body, isRefused }, options } = this;
    // The upload of a stream may take any time.
    const timeout = body?.kind === 'stream' ? Infinity : options.timeout ?? 10_000;
    const started = this.now;
    if (body?.kind === 'factory') {
      this.waitUntil(this.now + (body.takes ?? 0));
      if (body.throwsAt === attempt) throw new Settled('the error of the body factory');
    }
    if (!isRefused) this.requests.push(this.now);

    const comesAt = this.now + (answer.after ?? 0);
    const isLate = answer.after !== undefined && answer.after >= timeout;
    // A late response comes only if fetch ignores its signal.
    const comes = comesAt < this.totalTimeout && (!isLate || answer.ignoresSignal);
    if (abort?.answer === attempt && comes) this.abortAt = comesAt;
    try {
      this.waitUntil(isLate ? this.now + timeout : comesAt);
    } catch (settled) {
      if (settled instanceof Settled && settled.result === this.total()) {
        this.fail({ attempt, kind: 'timeout', error: this.total(), duration: this.now - started, stopped: 'total-timeout' });
      }
      throw settled;
    }
    const duration = this.now - started;
    if (isLate) return { kind: 'timeout', error: `the attempt timeout of ${timeout}`, duration };
    if (answer.error !== undefined) return { kind: 'network-error', error: `answer ${attempt}`, duration };
    return { kind: 'response', status: answer.status ?? 200, duration };
  }

  /** Calls the predicate. If there is none, the rules decide. */
  callPredicate(attempt: number, kind: string, transient: boolean): boolean {
    const { abort, shouldRetry } = this.script;
    if (shouldRetry === undefined) return transient;
    const count = this.predicateCalls.push([attempt, kind, transient, this.now]);
    if (abort?.shouldRetry === count) this.abortAt = this.now;
    this.waitUntil(this.now + (shouldRetry.takes ?? 0));
    if (shouldRetry.throwsAt === count) throw new Settled('the error of shouldRetry');
    return { yes: true, no: false, opposite: !transient, rules: transient }[shouldRetry.says ?? 'rules'];
  }

  /** The limit that forbids a retry, if one does. */
  limitOn(attempt: number, delay: number, hint: number | undefined): NamedFailure['stopped'] {
    const { retries = 3, maxRetryAfter = 60_000 } = this.options;
    if (attempt > retries) return 'retries-spent';
    if (this.script.body?.kind === 'stream') return 'one-shot-body';
    if (hint !== undefined && hint > maxRetryAfter) return 'retry-after-too-long';
    if (Number.isNaN(delay)) throw new Settled('a RangeError');
    if (this.now + delay >= this.totalTimeout) return 'total-timeout';
    return hint === undefined && this.balance < 1 ? 'budget-empty' : undefined;
  }

  fail(end: Omit<NamedFailure, 'method' | 'url'>): void {
    const { abort, onFailure } = this.script;
    const failure = { method: methodOf(this.script), url: urlOf(this.script), ...end };
    this.failures.push(failure);
    if (onFailure === undefined) return;
    const count = this.hookCalls.push(failure);
    if (abort?.onFailure === count) this.abortAt = this.now;
    else if (onFailure.throwsAt === count) throw new Settled('the error of onFailure');
  }

  succeed(result: string): never {
    this.balance = Math.min(this.options.budget ?? Infinity, this.balance + 0.5);
    throw new Settled(result);
  }
}
