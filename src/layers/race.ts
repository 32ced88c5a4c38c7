import { forwardAbort, forwardAbortToBody, stopForwarding } from '../abort-forwarding.ts';
import type { AttemptContext } from '../attempt-context.ts';
import { withdrawFrom } from '../checks.ts';
import { startTimer, stopTimer, type Timer } from '../clock.ts';
import { discard } from '../discard.ts';
import { isObject } from '../fetch-arguments.ts';
import { originOf } from '../request.ts';
import { permanent } from './permanent.ts';

/** The time and the origin that a budget keeps its account by. */
export interface BudgetEntry {
  readonly now: number;
  readonly origin: string;
}

/** Pays for the hedges. A `RetryBudget` is one. */
export interface HedgeBudget {
  /** Called for each attempt that could be hedged and has a good response. */
  deposit(entry: BudgetEntry): void;
  /** Pays for one hedge. Returns false if too little is left. */
  withdraw(entry: BudgetEntry): boolean;
}

/** The options of `hedge`, resolved. */
export interface RaceSettings {
  readonly after: number;
  readonly budget: HedgeBudget;
  readonly max: number;
  readonly urls: readonly string[];
  readonly isGood: (response: Response) => boolean;
}

/** Sends a request, and hedges while there is no outcome. Settles with the first good response, else with the last outcome. */
export const race = (
  { after, budget, max, urls, isGood }: RaceSettings,
  context: AttemptContext,
  signal: AbortSignal | undefined,
  send: (server: string | undefined, signal: AbortSignal) => Promise<Response>,
): Promise<Response> => new Promise((resolve, reject) => {
  const pending = new Set<AbortController>();
  const timer: Timer = { clock: context.clock };
  const entry = (): BudgetEntry => ({ now: context.clock.now(), origin: originOf(context.url) });

  const end = (reason?: unknown): void => {
    stopTimer(timer);
    stopForwarding(signal, caller);
    pending.forEach((request) => request.abort(reason));
    pending.clear();
  };
  const fail = (reason: unknown): void => {
    end(reason);
    reject(reason);
  };
  const caller = { abort: fail };

  const onResponse = (response: Response, request: AbortController): void => {
    try {
      const isWinner = pending.has(request) && isGood(response);
      if (isWinner) budget.deposit(entry());
      if (!pending.delete(request) || (!isWinner && pending.size > 0)) return discard(response, request);
      end();
      forwardToBody(signal, request, response);
      resolve(response);
    } catch (error) {
      discard(response, request);
      fail(permanent(error));
    }
  };

  const onError = (error: unknown, request: AbortController): void => {
    if (pending.delete(request) && pending.size === 0) fail(error);
  };

  const sendTo = (server: string | undefined, hedges: number): void => {
    const request = new AbortController();
    pending.add(request);
    if (hedges < max) startTimer(timer, after, () => sendHedge(hedges));
    send(server, request.signal).then((response) => onResponse(response, request), (error) => onError(error, request));
  };

  const sendHedge = (hedges: number): void => {
    try {
      // The clock may have been unable to clear the timer of a call that has settled.
      if (pending.size > 0 && withdrawFrom(budget, entry())) sendTo(urls[hedges % urls.length], hedges + 1);
    } catch (error) {
      fail(permanent(error));
    }
  };

  forwardAbort(signal, caller);
  sendTo(undefined, 0);
});

/** After the headers, the caller's signal aborts the body, as with fetch alone. */
function forwardToBody(signal: AbortSignal | undefined, request: AbortController, response: Response): void {
  const body: unknown = response?.body;
  if (signal === undefined || !isObject(body)) return;
  forwardAbort(signal, request);
  forwardAbortToBody(signal, request, response, body);
}
