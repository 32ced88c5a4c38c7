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

/** The time between two transitions of a circuit. The outcome of a request from an earlier one is stale. */
interface Period {
  /** The end of the opening or of the probe's time. */
  readonly until: number;
  readonly isProbe?: boolean;
}

/** Closed while `failures` is below the limit. Otherwise open, and from the end of the period on ready for a probe. */
export class Circuit {
  readonly limits: CircuitLimits;
  failures: number = 0;
  period: Period = { until: 0 };

  constructor(limits: CircuitLimits) {
    this.limits = limits;
  }

  /** Lets a request through and returns its period, or throws. No timer ends a probe: the next call does. */
  admit(context: AttemptContext): Period {
    const now = this.endLateProbe(context);
    if (this.failures < this.limits.failures) return this.period;
    const { until } = this.period;
    if (now < until) throw new CircuitOpenError(until - now, `${context.method} ${context.url}`);
    return this.period = { until: now + this.limits.probeFor, isProbe: true };
  }

  /** Records the outcome of a request. `isFailure` is undefined for one that shows nothing about the service. */
  record(period: Period, isFailure: boolean | undefined, context: AttemptContext): void {
    const now = this.endLateProbe(context);
    if (period !== this.period) return;
    if (isFailure && ++this.failures >= this.limits.failures) return this.open(now, context);
    if (isFailure === false) this.failures = 0;
    if (period.isProbe) this.period = { until: 0 };
  }

  private endLateProbe(context: AttemptContext): number {
    const { until, isProbe } = this.period;
    const now = context.clock.now();
    if (isProbe && now >= until) this.open(until, context);
    return now;
  }

  /** The randomness spreads the probes of many processes. */
  private open(now: number, { random }: AttemptContext): void {
    this.period = { until: now + this.limits.open * (1 + random() / 2) };
  }
}
