import type { AttemptContext } from '../attempt-context.ts';

/** The circuit is open: the request was not sent. Ends the call, since `transient` is false. */
export class CircuitOpenError extends Error {
  override readonly name: string = 'CircuitOpenError';
  /** The milliseconds until the circuit may let a request through: the rest of the opening, or the limit of a running probe. */
  readonly retryAfter: number;
  readonly transient: boolean = false;

  constructor(retryAfter: number, request: string) {
    super(`${request}: circuit open for ${Math.ceil(retryAfter)} ms`);
    this.retryAfter = retryAfter;
  }
}

/** The failures that open a circuit, and the times that it then takes. */
export interface CircuitLimits {
  readonly failures: number;
  readonly open: number;
  readonly probeFor: number;
}

/** Closed while `failures` is below the limit. Otherwise open, and from `until` on ready for a probe. */
export class Circuit {
  readonly limits: CircuitLimits;
  failures = 0;
  /** The end of the opening or of the probe's time. */
  until = 0;
  /** The running probe: the signal of its caller. */
  probe: { readonly signal: AbortSignal | undefined } | undefined;
  /** Counts the transitions. The outcome of a request from an earlier period is stale. */
  period = 0;

  constructor(limits: CircuitLimits) {
    this.limits = limits;
  }

  /** Lets a request through and returns its period, or throws. No timer ends a probe: the next call does. */
  admit(context: AttemptContext, signal: AbortSignal | undefined): number {
    const now = this.endLateProbe(context);
    if (this.probe?.signal?.aborted) this.moveTo(0);
    if (this.failures < this.limits.failures) return this.period;
    if (now < this.until) throw new CircuitOpenError(this.until - now, `${context.method} ${context.url}`);
    return this.moveTo(now + this.limits.probeFor, { signal });
  }

  /** Records the outcome of a request, where `undefined` shows nothing about the service. */
  record(period: number, isFailure: boolean | undefined, context: AttemptContext): void {
    const now = this.endLateProbe(context);
    if (period !== this.period) return;
    if (isFailure && ++this.failures >= this.limits.failures) return this.open(now, context);
    if (isFailure === false) this.failures = 0;
    if (this.probe) this.moveTo(0);
  }

  private endLateProbe(context: AttemptContext): number {
    if (this.probe && context.clock.now() >= this.until) this.open(this.until, context);
    return context.clock.now();
  }

  /** The randomness spreads the probes of many processes. */
  private open(now: number, { random }: AttemptContext): void {
    this.moveTo(now + this.limits.open * (1 + random() / 2));
  }

  private moveTo(until: number, probe?: Circuit['probe']): number {
    this.until = until;
    this.probe = probe;
    return (this.period += 1);
  }
}
