import type { Call, Library, Settings } from '../libraries/library.ts';
import { assertConformance } from './conformance.ts';
import { mockResponses, mockUrl } from './mock-fetch.ts';

const retriesOnly = 'retries only';
export const retriesAndTimeout = 'retries + timeout';
const ownSignal = '+ a signal for each call';
export const sharedSignal = '+ one signal for all calls';

/** The cases of a successful call, each with more to do than the one before. */
export const successfulCases: readonly string[] = [retriesOnly, retriesAndTimeout, ownSignal, sharedSignal];

/** Makes a number of calls, one after another. */
export type Calls = (count: number) => Promise<void>;

const defaults = { retries: 3, timeout: 10_000, wait: 200 } satisfies Settings;

/** Checks the library and returns the calls of a case. The response has a body where a signal could abort it. */
export async function successfulCalls(library: Library, caseName: string): Promise<Calls> {
  const hasTimeout = caseName !== retriesOnly;
  const hasSignal = caseName === ownSignal || caseName === sharedSignal;
  await assertConformance(library, { retries: true, timeout: hasTimeout, signal: hasSignal });
  mockResponses(hasSignal ? '{}' : null);
  const call = await library.create(hasTimeout ? defaults : { ...defaults, timeout: undefined });
  if (caseName === ownSignal) return repeat(() => call(mockUrl, new AbortController().signal));
  const shared = caseName === sharedSignal ? new AbortController().signal : undefined;
  return repeat(() => call(mockUrl, shared));
}

/** Lets the event loop turn after every 64 calls, as every program does: some work of a call waits for that. */
export const repeat = (call: () => ReturnType<Call>): Calls => async (count) => {
  for (let done = 1; done <= count; done += 1) {
    await call();
    if (done % 64 === 0) await new Promise((resolve) => { setImmediate(resolve); });
  }
};
