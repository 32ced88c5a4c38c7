import assert from 'node:assert/strict';
import type { Clock } from '../../src/clock.ts';
import { toPromise, type Dispatch, type Fetch } from '../../src/dispatch.ts';
import { signalOf } from '../../src/fetch-arguments.ts';
import { failuresOf, resilientFetch, type Failure, type ResilientInit } from '../../src/index.ts';
import { FakeClock, scriptedFetch, type ScriptedFetch, type ScriptedOutcome } from '../../src/testing/index.ts';

export const url = 'http://users.test/1';

/** The network error of Node's fetch for a connection that was reset: the server may have received the request. */
export const resetError = (): Error => new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });

/** The network error of Node's fetch for a connection that was refused: the server received nothing. */
export const refusedError = (): Error => new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });

export const respond = (status: number, headers: Record<string, string> = {}): Response => new Response('a body', { status, headers });

/** One call, from start to end. */
export interface Trace {
  readonly fetch: ScriptedFetch;
  /** The times of the requests. */
  readonly times: readonly number[];
  /** The response or the error. */
  readonly result: unknown;
  readonly settledAt: number;
  /** The failures, without the method and the URL, which are the same in all. */
  readonly failures: readonly Omit<Failure, 'method' | 'url'>[];
}

/** Like `trace`, with the method and the URL in each record. */
export async function traceWithRequest(...args: Parameters<typeof trace>): Promise<Omit<Trace, 'failures'> & { readonly failures: readonly Failure[] }> {
  const traced = await trace(...args);
  return { ...traced, failures: failuresOf(traced.result) };
}

/** Runs a call in virtual time until it settles. `random` is 0.5, so the default delays are 100, 200, 400 ms and so on. */
export async function trace(outcomes: ScriptedOutcome[], init: ResilientInit = {}, input: string | Request = url): Promise<Trace> {
  const clock = new FakeClock({ turns: 3 });
  const fetch = scriptedFetch(outcomes, clock);
  const call = resilientFetch(input, { clock, fetch, random: () => 0.5, ...init });
  let settledAt = NaN;
  const settled = call.catch((error: unknown) => error).finally(() => { settledAt = clock.now(); });
  await clock.advance(10_000_000);
  const result = await settled;
  assert.equal(clock.pending, 0, 'a timer is pending at the end');
  return { fetch, times: fetch.times, result, settledAt, failures: failuresOf(result).map(withoutRequest) };
}

/** Removes the method and the URL from a record. */
export const withoutRequest = ({ method: _method, url: _url, ...rest }: Failure): Omit<Failure, 'method' | 'url'> => rest;

export const statusOf = (result: unknown): number => {
  assert.ok(result instanceof Response, String(result));
  return result.status;
};

/** Calls a dispatch as fetch is called. */
export const toFetch = (dispatch: Dispatch): Fetch => (input, init) => toPromise(dispatch, input, init, signalOf(input, init));

/** A clock whose timers fire `lateness` milliseconds late, like those of a program that blocks its event loop. */
export function createLateClock(clock: FakeClock): Clock & { lateness: number } {
  return {
    lateness: 0,
    now() { return clock.now() + this.lateness; },
    date: () => clock.date(),
    setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
    clearTimeout: (timer) => clock.clearTimeout(timer),
  };
}
