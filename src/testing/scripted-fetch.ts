import { untilAborted } from '../abort-forwarding.ts';
import { must, numeric } from '../checks.ts';
import type { Clock } from '../clock.ts';
import type { Fetch } from '../dispatch.ts';
import { isObject, type Init, type Input } from '../fetch-arguments.ts';
import { sleep } from './sleep.ts';

/**
 * The outcome of one request: a status (without a body), a Response, an Error to reject with, `'hang'` for no response until
 * the request is aborted, another outcome after some milliseconds, or a function of the request.
 */
export type ScriptedOutcome =
  | number
  | Response
  | Error
  | 'hang'
  | { readonly after: number; readonly outcome: ScriptedOutcome }
  | ((request: Request) => ScriptedOutcome | PromiseLike<ScriptedOutcome>);

/** A request that was made. Its body can be read once: `await fetch.requests[0].request.text()`. */
export interface ScriptedRequest {
  /** The time of the request, on the script's clock. */
  readonly at: number;
  readonly request: Request;
}

/** A fetch that plays a script and logs its requests. */
export interface ScriptedFetch extends Fetch {
  /** The requests, in order. */
  readonly requests: readonly ScriptedRequest[];
  /** The times of the requests, in order, so that a test can be one comparison: `[0, 100, 300]`. */
  readonly times: readonly number[];
}

/**
 * Creates a fetch that plays a script in virtual time, without a network. It rejects the arguments that fetch rejects, with
 * the platform's own error, and obeys the signal: before the request, while it hangs and while it waits.
 * A request without a scripted outcome rejects with a RangeError. Throws for an invalid outcome.
 *
 * @example
 * const fetch = scriptedFetch([503, new TypeError('reset'), { after: 2_000, outcome: 200 }], clock);
 */
export function scriptedFetch(outcomes: readonly ScriptedOutcome[], clock: Clock): ScriptedFetch {
  outcomes.forEach(checkOutcome);
  const requests: ScriptedRequest[] = [];
  const times: number[] = [];
  const fetch = async (input: Input, init?: Init): Promise<Response> => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const at = clock.now();
    times.push(at);
    requests.push({ at, request });
    const outcome = outcomes[requests.length - 1];
    if (outcome === undefined) throw new RangeError(`scriptedFetch: no outcome for request ${requests.length} (${outcomes.length} scripted)`);
    return play(outcome, request, clock);
  };
  return Object.assign(fetch, { requests, times });
}

/** Reports a mistake at once: a request that failed because of it would only be retried. */
function checkOutcome(outcome: unknown): void {
  if (typeof outcome === 'number') return void checkStatus(outcome, 'outcome');
  must(outcome === 'hang' || isObject(outcome), 'outcome', "a status, a Response, an Error, 'hang', { after, outcome } or a function", outcome);
  if (isObject(outcome) && typeof outcome !== 'function' && !(outcome instanceof Error) && 'after' in outcome) checkOutcome((outcome as { readonly outcome?: unknown }).outcome);
}

const checkStatus = numeric('an integer from 200 to 599', 200, 599, true);

async function play(outcome: ScriptedOutcome, request: Request, clock: Clock): Promise<Response> {
  if (typeof outcome === 'number') return new Response(null, { status: outcome });
  if (typeof outcome === 'function') return play(await outcome(request), request, clock);
  if (outcome === 'hang') return untilAborted(new Promise<never>(() => {}), request.signal);
  if (outcome instanceof Error) throw outcome;
  if (!('after' in outcome)) return outcome;
  await sleep(outcome.after, clock, request.signal);
  return play(outcome.outcome, request, clock);
}
