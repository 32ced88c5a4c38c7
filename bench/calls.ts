import { check } from './check.ts';
import type { Call, Contestant, Settings } from './contestant.ts';
import { stubUrl, stubWith } from './stub.ts';

/** The four ways of a successful call, each with more to do than the one before. */
export const callCases = ['retries only', 'retries + timeout', '+ a signal of its own', '+ a signal shared by all'] as const;

/** Makes calls one after another. */
export type Calls = (count: number) => Promise<void>;

const defaults = { retries: 3, timeout: 10_000, wait: 200 } satisfies Settings;

/** What makes the calls of a case, after a check. Only where there is a signal has the Response a body, for it to abort. */
export async function callsOf(contestant: Contestant, name: string): Promise<Calls> {
  const [hasTimeout, hasSignal] = [name !== callCases[0], name === callCases[2] || name === callCases[3]];
  await check(contestant, { retries: true, timeout: hasTimeout, signal: hasSignal });
  stubWith(hasSignal ? '{}' : null);
  const call = await contestant.make(hasTimeout ? defaults : { ...defaults, timeout: undefined });
  if (name === callCases[2]) return repeat(() => call(stubUrl, new AbortController().signal));
  const shared = name === callCases[3] ? new AbortController().signal : undefined;
  return repeat(() => call(stubUrl, shared));
}

/** Lets the event loop turn now and then, as every program does, so that what waits for that has its time. */
export const repeat = (call: () => ReturnType<Call>): Calls => async (count) => {
  for (let made = 1; made <= count; made += 1) {
    await call();
    if (made % 64 === 0) await new Promise((resolve) => { setImmediate(resolve); });
  }
};
