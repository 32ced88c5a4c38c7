import { systemClock, resilientFetch, type Clock } from 'resilient-fetch';
import type { Adapter, Call, Fetch, StreamCall } from './adapter.ts';
import type { MockServer, ReceivedRequest, ScriptRun, Step } from './mock-server.ts';
import { snapshot } from './snapshot.ts';

/** The moment of the abort: when the last request has arrived, in the backoff after it, or at the first chunk. */
export type AbortAt = 'request' | 'backoff' | 'chunk';

/** A call, or several calls at once. */
export interface CallPlan {
  readonly adapter: Adapter;
  readonly server: MockServer;
  readonly call: Call;
  /** Is true if the call resolves to a stream. */
  readonly isStream: boolean;
  readonly steps: readonly Step[];
  readonly abortAt?: AbortAt | undefined;
  /** The abort's reason. The platform's default reason if undefined. */
  readonly reason?: unknown;
  /** The number of simultaneous calls with one signal. */
  readonly calls: number;
}

/** The observations on both sides. */
export interface CallRecord {
  /** The client's result or its error. */
  readonly result: unknown;
  readonly requests: readonly ReceivedRequest[];
  readonly disconnects: number;
  /** The number of our timers that are left. */
  readonly pendingTimers: number;
  /** Unhandled rejections and warnings. */
  readonly warnings: readonly string[];
}

/** The longest time in milliseconds for something that happens at once. */
const timeout = 8_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** Waits for a condition in real time. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + timeout;
  while (!condition() && performance.now() < deadline) await sleep(1);
}

/** The system's clock with a count of its pending timers. */
function countingClock(): Clock & { readonly pending: () => number } {
  const pending = new Set<unknown>();
  return {
    ...systemClock,
    setTimeout(callback, ms) {
      const timer = systemClock.setTimeout(() => { pending.delete(timer); callback(); }, ms);
      pending.add(timer);
      return timer;
    },
    clearTimeout(timer) {
      pending.delete(timer);
      systemClock.clearTimeout(timer);
    },
    pending: () => pending.size,
  };
}

/** Calls the client with plain fetch. */
export const callWithFetch = (plan: CallPlan): Promise<CallRecord> =>
  record(plan, plan.adapter.baseFetch ?? ((input, init) => fetch(input, init)), () => 0, () => plan.abortAt === 'backoff');

/** Calls the client with `resilientFetch`, which retries every method here. */
export async function callWithResilientFetch(plan: CallPlan): Promise<CallRecord> {
  const clock = countingClock();
  let failures = 0;
  const fetch = resilientFetch.with({
    clock,
    // One of many calls may get all of the failures.
    retries: plan.calls === 1 ? 2 : plan.steps.length,
    backoff: { base: plan.abortAt === 'backoff' ? 30_000 : 1, jitter: 'none' },
    retryOn: { methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] },
    onFailure: () => { failures += 1; },
    ...plan.adapter.createOptions?.(),
    ...(plan.adapter.baseFetch === undefined ? {} : { fetch: plan.adapter.baseFetch }),
  });
  return record(plan, fetch, clock.pending, () => failures > 0);
}

async function record(plan: CallPlan, fetch: Fetch, pendingTimers: () => number, isInBackoff: () => boolean): Promise<CallRecord> {
  const { server, steps, abortAt, reason, isStream } = plan;
  const run = server.start(steps);
  const controller = new AbortController();
  const warnings: string[] = [];
  const onWarning = (error: unknown): void => void warnings.push(String(error));
  process.on('unhandledRejection', onWarning).on('warning', onWarning);

  const abort = abortAt && ((): void => controller.abort(reason));
  const start = (): Promise<unknown> => {
    const call = plan.call({ fetch, url: server.url, signal: controller.signal });
    // The calls with isStream are the adapters' readStream.
    return isStream ? readStream(call as ReturnType<StreamCall>, run, abort) : call;
  };
  const result = withTimeout(outcomeOf(plan.calls === 1 ? start() : Promise.allSettled(Array.from({ length: plan.calls }, start))));
  if (abortAt !== undefined && abortAt !== 'chunk') {
    await until(() => run.requests.length === steps.length && (abortAt === 'request' || isInBackoff()));
    await sleep(5);
    abort?.();
  }
  const outcome = await result;
  if (abortAt !== undefined && abortAt !== 'backoff') await until(() => run.disconnects === plan.calls);
  // Late requests and warnings are failures, so they get the time to appear.
  await sleep(abortAt === undefined ? 2 : 20);
  process.off('unhandledRejection', onWarning).off('warning', onWarning);
  return { result: outcome, requests: run.requests.map(comparable), disconnects: run.disconnects, pendingTimers: pendingTimers(), warnings };
}

/** Reads a stream. The server sends a chunk when the one before has arrived. */
async function readStream(call: ReturnType<StreamCall>, run: ScriptRun, abort: (() => void) | undefined): Promise<unknown[]> {
  const chunks: unknown[] = [];
  try {
    for await (const chunk of await call) {
      chunks.push(chunk);
      (abort ?? run.sendNext)();
    }
    return [...chunks, 'the end'];
  } catch (error) {
    return [...chunks, error];
  }
}

const outcomeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then((value) => ({ returned: snapshot(value) }), (error: unknown) => ({ threw: snapshot(error) }));

function withTimeout(promise: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => { timer = setTimeout(resolve, timeout, 'the call did not settle'); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Removes the boundary of a form, because each attempt has another. */
function comparable({ headers, body, ...request }: ReceivedRequest): ReceivedRequest {
  const type = String(headers['content-type'] ?? '');
  const boundary = /boundary="?([^";]+)/.exec(type)?.[1];
  if (boundary === undefined) return { ...request, headers, body };
  return { ...request, headers: { ...headers, 'content-type': type.replace(boundary, '*') }, body: body.replaceAll(boundary, '*') };
}
