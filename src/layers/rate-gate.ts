import { untilAborted } from '../abort-forwarding.ts';
import { contextOf, type AttemptContext, type Layer, type LayeredFetch } from '../attempt-context.ts';
import { callable, checkMembers, merge, numeric } from '../checks.ts';
import { startTimer, stopTimer, type Timer } from '../clock.ts';
import { discard } from '../discard.ts';
import { signalOf } from '../fetch-arguments.ts';
import { loggableUrl, originOf } from '../request.ts';
import { keyed } from './keyed.ts';
import { waitTooLong, callAsyncOption, callOption } from './permanent.ts';

/** The hints that a `rateGate` obeys, and the calls that share one. */
export interface RateGateOptions {
  /** The longest hint that is obeyed, in milliseconds. Finite. Default 60 000. A longer one delays nobody. */
  max?: number | undefined;
  /**
   * The time over which the delayed calls are spread after the hint, as a share of the hint, from 0 to 1. Default 0.25; 0 sends
   * all of them at once.
   */
  spread?: number | undefined;
  /** Returns the key of a URL (without query and fragment). Calls with the same key share a gate. Default: the origin. */
  key?: ((url: string) => string) | undefined;
}

const defaults = { max: 60_000, spread: 0.25, key: originOf };

const checks = {
  max: numeric('a finite number of milliseconds >= 0', 0, Number.MAX_VALUE),
  spread: numeric('a number from 0 to 1', 0, 1),
  key: callable<typeof originOf>,
};

/** A gate, which is closed until a moment that can only move forward. */
interface Gate {
  until: number;
  /** The wait that the server named, in milliseconds. */
  hint: number;
}

/**
 * Creates a layer that delays all calls while a server is known to refuse them: a 429 or 503 that names a wait (read as the
 * option `retryAfter` says) closes the gate of its key for that long. Calls that are delayed then go at random times over a
 * part of the hint. A later response can only extend the wait.
 *
 * A call that could not go before its `totalTimeout` rejects at once, with a `TimeoutError` of scope `'total'`. An abort ends
 * the wait. At most 1,000 keys are kept apart at a time; further ones share a gate. Throws for invalid options.
 *
 * @example
 * const api = resilientFetch.with({ layers: [rateGate()] });
 */
export function rateGate(options: RateGateOptions = {}): Layer {
  checkMembers(options, 'options', Object.keys(checks));
  const { max, spread, key } = merge(options, defaults, checks);
  const gates = keyed<Gate>(() => ({ until: -Infinity, hint: 0 }), ({ until }, now) => until <= now);
  return (next: LayeredFetch) => async (input, init, given) => {
    const context = contextOf(input, init, given);
    const { clock, url } = context;
    const signal = signalOf(input, init);
    const name = callOption(() => key(url));
    await pass(() => gates.get(name, clock.now()), spread, context, signal);
    const response = await next(input, init, context);
    if (response?.status !== 429 && response?.status !== 503) return response;
    const received = clock.now();
    try {
      const hint = await untilAborted(callAsyncOption(() => context.retryAfter(response)), signal) ?? Infinity;
      // After a redirect, the hint is that of another server.
      const gate = gates.get(response.redirected ? callOption(() => key(loggableUrl(response.url))) : name, clock.now());
      if (hint <= max && received + hint > gate.until) Object.assign(gate, { until: received + hint, hint });
      return response;
    } catch (error) {
      discard(response);
      throw error;
    }
  };
}

/** Waits while the gate is closed, and for a random part of the spread. */
async function pass(currentGate: () => Gate, spread: number, context: AttemptContext, signal: AbortSignal | undefined): Promise<void> {
  const { clock, random } = context;
  const end = clock.now() + context.left;
  let sendAt = -Infinity;
  let until = sendAt;
  for (;;) {
    const gate = currentGate();
    const now = clock.now();
    // A random part is drawn again only where a later response has moved the moment.
    if (gate.until > Math.max(until, now)) {
      until = gate.until;
      sendAt = until + random() * spread * gate.hint;
    }
    if (sendAt <= now) return;
    if (sendAt >= end) throw waitTooLong(context);
    const timer: Timer = { clock };
    await untilAborted(new Promise<void>((resolve) => startTimer(timer, sendAt - now, resolve)), signal).finally(() => stopTimer(timer));
  }
}
