import { forwardAbort, stopForwarding, throwIfAborted } from '../abort-forwarding.ts';
import { contextOf, type AttemptContext, type Layer, type LayeredFetch } from '../attempt-context.ts';
import { callable, checkMembers, merge, numeric } from '../checks.ts';
import { discard } from '../discard.ts';
import { signalOf, type Init, type Input } from '../fetch-arguments.ts';
import { isRejectedByFetch, originOf } from '../request.ts';
import { Circuit } from './circuit.ts';
import { keyed } from './keyed.ts';
import { callOption } from './permanent.ts';

/** The end of a request: its response, or the error that it rejected with. */
export type CircuitOutcome =
  | { readonly response: Response; readonly error?: undefined }
  | { readonly error: unknown; readonly response?: undefined };

/** The failures that open a circuit, and the times that it then takes. */
export interface CircuitBreakerOptions {
  /** The number of failures in a row that open the circuit. An integer >= 1. Default 10; a low one opens by bad luck alone. */
  failures?: number | undefined;
  /** The milliseconds for which the circuit stays open: from `open` to 1.5 times `open`, at random. Default 5,000. */
  open?: number | undefined;
  /** The milliseconds after which a probe without a response counts as failed. The probe itself goes on. Default 30,000. */
  probeFor?: number | undefined;
  /** Returns the name of the circuit that a URL belongs to. Default: the URL's origin. */
  key?: ((url: string) => string) | undefined;
  /** Returns whether an outcome is a failure, and not a success. Default: for an error, and a status >= 500. */
  isFailure?: ((outcome: CircuitOutcome) => boolean) | undefined;
}

const milliseconds = numeric('a finite number of milliseconds >= 1', 1, Number.MAX_VALUE);

const checks = {
  failures: numeric('an integer >= 1', 1, Number.MAX_VALUE, true),
  open: milliseconds,
  probeFor: milliseconds,
  key: callable<(url: string) => string>,
  isFailure: callable<(outcome: CircuitOutcome) => boolean>,
};

const defaults = {
  failures: 10,
  open: 5_000,
  probeFor: 30_000,
  key: originOf,
  isFailure: (outcome: CircuitOutcome): boolean => 'error' in outcome || outcome.response?.status >= 500,
};

const isTimeout = (reason: unknown): boolean => (reason as { name?: unknown } | null | undefined)?.name === 'TimeoutError';

/** Returns whether an outcome shows nothing about the service. A timeout does, also one that aborts the caller's signal. */
function isNeutral(input: Input, init: Init | undefined, signal: AbortSignal | undefined, { response, error }: CircuitOutcome): boolean {
  if (signal?.aborted && !isTimeout(signal.reason)) return true;
  if (response) return response.status === 429;
  return (error as { transient?: unknown } | undefined)?.transient === false || isRejectedByFetch(input, init);
}

/**
 * Rejects at once with a `CircuitOpenError` after many failures in a row, so that nobody waits for a service that fails. After
 * the opening, one request probes the service: a success closes the circuit, a failure opens it again. These count neither
 * way: a 429, an error with `transient: false`, arguments that fetch rejects, and the caller's abort (other than by a timeout,
 * such as `totalTimeout` or `AbortSignal.timeout()`). Put it inside layers that wait, because a wait is no slow response.
 * Throws for invalid options.
 *
 * @example
 * const api = resilientFetch.with({ layers: [circuitBreaker()] });
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): Layer {
  checkMembers(options, 'options', Object.keys(defaults));
  const limits = merge(options, defaults, checks);
  const circuits = keyed(() => new Circuit(limits), ({ period }, now) => period.until <= now);
  return (next: LayeredFetch) => async (input, init, given) => {
    const context = contextOf(input, init, given);
    const signal = signalOf(input, init);
    throwIfAborted(signal);
    const circuit = circuits.get(callOption(() => limits.key(context.url)), context.clock.now());
    const period = circuit.admit(context);
    // An abort frees the place of a probe, even if fetch ignores the signal. A timeout does not: it counts as a failure.
    const probe = period.isProbe && { abort: (reason: unknown): void => void (isTimeout(reason) || circuit.record(period, undefined, context)) };
    if (probe) forwardAbort(signal, probe);

    const outcome = await settle(next, input, init, context);
    let isFailure: boolean | undefined;
    try {
      if (!isNeutral(input, init, signal, outcome)) isFailure = callOption(() => Boolean(limits.isFailure(outcome)));
    } catch (error) {
      discard(outcome.response);
      throw error;
    } finally {
      if (probe) stopForwarding(signal, probe);
      circuit.record(period, isFailure, context);
    }
    if ('error' in outcome) throw outcome.error;
    return outcome.response;
  };
}

async function settle(next: LayeredFetch, input: Input, init: Init | undefined, context: AttemptContext): Promise<CircuitOutcome> {
  try {
    return { response: await next(input, init, context) };
  } catch (error) {
    return { error };
  }
}
