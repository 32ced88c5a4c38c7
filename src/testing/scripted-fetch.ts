import { numeric } from '../checks.ts';
import type { Clock } from '../clock.ts';
import { invalidOption } from '../errors.ts';
import { untilAborted } from '../abort-forwarding.ts';
import type { Init, Input } from '../fetch-arguments.ts';
import type { Fetch } from '../dispatch.ts';
import { sleep } from './sleep.ts';

/**
 * What becomes of one request: a status (with no body), a Response, an Error to reject with, `'hang'` for no answer until
 * it is aborted, another outcome after so many milliseconds, or what a function makes of the request.
 */
export type ScriptedOutcome =
  | number
  | Response
  | Error
  | 'hang'
  | { readonly after: number; readonly outcome: ScriptedOutcome }
  | ((request: Request) => ScriptedOutcome | PromiseLike<ScriptedOutcome>);

/** A request as it was asked for. Its body can be read, once: `await fetch.requests[0].request.text()`. */
export interface ScriptedRequest {
  /** When, on the script's clock. */
  readonly at: number;
  readonly request: Request;
}

/** A fetch that plays a script, and keeps a log of what it was asked. */
export interface ScriptedFetch extends Fetch {
  /** What was asked, in order. */
  readonly requests: readonly ScriptedRequest[];
  /** When it was asked, in order: a whole test can be one comparison, `[0, 100, 300]`. */
  readonly times: readonly number[];
}

/**
 * A fetch that answers by a script, in virtual time, without a network. It refuses what fetch refuses, with the
 * platform's own error, and obeys the signal: before, while it hangs and while it waits.
 * A request for which nothing is scripted rejects with a RangeError that says so. Throws for what is no outcome.
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
    if (outcome === undefined) throw new RangeError(`The script has ${outcomes.length} outcomes, none for request ${requests.length}`);
    return play(outcome, request, clock);
  };
  return Object.assign(fetch, { requests, times });
}

/** A slip in a script is told at once, as a request that fails would just be tried again. */
function checkOutcome(outcome: ScriptedOutcome): void {
  if (typeof outcome === 'string' && outcome !== 'hang') throw invalidOption('outcome', "'hang', a status, a Response and so on", outcome, TypeError);
  if (typeof outcome === 'number') status(outcome, 'outcome');
}

const status = numeric('an integer from 200 to 599', (value) => Number.isInteger(value) && value >= 200 && value <= 599);

async function play(outcome: ScriptedOutcome, request: Request, clock: Clock): Promise<Response> {
  if (typeof outcome === 'number') return new Response(null, { status: outcome });
  if (typeof outcome === 'function') return play(await outcome(request), request, clock);
  if (outcome === 'hang') return untilAborted(new Promise<never>(() => {}), request.signal);
  if (outcome instanceof Error) throw outcome;
  if (!('after' in outcome)) return outcome;
  await sleep(outcome.after, clock, request.signal);
  return play(outcome.outcome, request, clock);
}
