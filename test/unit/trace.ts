import assert from 'node:assert/strict';
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
  readonly failures: readonly Failure[];
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
  return { fetch, times: fetch.times, result, settledAt, failures: failuresOf(result) };
}

export const statusOf = (result: unknown): number => {
  assert.ok(result instanceof Response, String(result));
  return result.status;
};

/** Calls a dispatch as fetch is called. */
export const toFetch = (dispatch: Dispatch): Fetch => (input, init) => toPromise(dispatch, input, init, signalOf(input, init));
