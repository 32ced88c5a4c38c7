import { throwIfAborted } from '../abort-forwarding.ts';
import { contextOf, linkContext, type Layer, type LayeredFetch } from '../attempt-context.ts';
import { callable, checkMembers, merge, must, numeric, withMethods } from '../checks.ts';
import { isOneShot, isRequest, sendsOwnBody, signalOf, snapshotOf, withReadableHeaders, withSignal } from '../fetch-arguments.ts';
import { retryBudget } from '../retry-budget.ts';
import { originOf } from '../request.ts';
import { race, type HedgeBudget, type RaceSettings } from './race.ts';

/** The time, number and price of hedges. */
export interface HedgeOptions {
  /** The milliseconds without a response after which a hedge is sent, and again for each further one. Choose the p95 of your service. */
  after: number;
  /**
   * Limits the hedges of all calls that share the layer: without a limit they double the load when every response is slow.
   * Default `retryBudget({ ratio: 0.05 })`. Do not share it with the option `budget`, because each would deposit.
   */
  budget?: HedgeBudget | undefined;
  /** The number of hedges for each attempt. An integer >= 1. Default 1. */
  max?: number | undefined;
  /**
   * The servers that the hedges go to, in turn: path and query stay the same, and so do all headers, credentials included.
   * Default: the server of the request.
   */
  urls?: readonly string[] | undefined;
  /** Returns whether a response is good, so that no better one is waited for. Default: every status except 429 and those >= 500. */
  isGood?: ((response: Response) => boolean) | undefined;
}

const milliseconds = numeric('a finite number of milliseconds >= 0', 0, Number.MAX_VALUE);

const checks = {
  after: milliseconds,
  budget: withMethods<HedgeBudget>('deposit', 'withdraw'),
  max: numeric('an integer >= 1', 1, Number.MAX_VALUE, true),
  urls(value: unknown, name: string): readonly string[] {
    const rule = 'an array of absolute URLs';
    must(Array.isArray(value), name, rule, value);
    const urls = value.map(String);
    // A page would resolve a relative one against its own address.
    for (const url of urls) must(/^https?:\/\//i.test(url) && originOf(url) !== '', name, rule, url);
    return urls;
  },
  isGood: callable<(response: Response) => boolean>,
};

const isGood = (response: Response): boolean => response?.status !== 429 && !(response?.status >= 500);

/**
 * Sends a second request when the first one is slow, and resolves to the first good response. The other request is aborted,
 * its response discarded. A bad response or an error never beats a pending request: if all are bad, the last one is the
 * outcome. Hedges only requests that may be sent twice, and none with a stream or a Request's own body. Throws for invalid
 * options.
 *
 * @example
 * const api = resilientFetch.with({ layers: [hedge({ after: 250 })] });
 */
export function hedge(options: HedgeOptions): Layer {
  checkMembers(options, 'options', Object.keys(checks));
  const defaults = { after: milliseconds(options.after, 'after'), budget: retryBudget({ ratio: 0.05 }), max: 1, urls: [], isGood };
  const settings = merge<RaceSettings>(options, defaults, checks);
  return (next: LayeredFetch) => async (input, givenInit, given) => {
    const init = withReadableHeaders(givenInit);
    const context = contextOf(input, init, given);
    if (!context.repeatable || isOneShot(init?.body) || sendsOwnBody(input, init)) return next(input, init, context);
    const signal = signalOf(input, init);
    throwIfAborted(signal);
    // Copies, since the caller may change the originals before a hedge is sent.
    const [request, copy] = [isRequest(input) ? input : String(input), snapshotOf(init)];
    return race(settings, context, signal, async (server, ownSignal) => {
      linkContext(ownSignal, context);
      return next(server === undefined ? request : atServer(server, request), withSignal(input, copy, ownSignal), context);
    });
  };
}

/** The same request at another server. Path and query are set one by one: a path of `//x` would be resolved as a host. */
function atServer(server: string, input: Request | string): Request | string {
  const { pathname, search } = new URL(isRequest(input) ? input.url : input, server);
  const url = Object.assign(new URL(server), { pathname, search }).href;
  return isRequest(input) ? new Request(url, input) : url;
}
