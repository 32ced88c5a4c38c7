import { systemClock, resilientFetch, type Clock } from 'resilient-fetch';
import type { Call, Client, Fetch, StreamCall } from './client.ts';
import type { Peer, Play, Seen, Step } from './peer.ts';
import { snapshot } from './snapshot.ts';

/** When the caller aborts: once the last request is there, in the wait for the next, or at the first chunk. */
export type AbortAt = 'request' | 'wait' | 'chunk';

/** What is done once, with one fetch. */
export interface Plan {
  readonly client: Client;
  readonly peer: Peer;
  readonly call: Call;
  readonly streams: boolean;
  readonly steps: readonly Step[];
  readonly abort?: AbortAt | undefined;
  /** What it is aborted with; the platform's own reason if `undefined`. */
  readonly reason?: unknown;
  /** How many such calls are made at once, with one signal. */
  readonly calls: number;
}

/** What came of it, at both ends. */
export interface Run {
  /** What the client returned, or threw. */
  readonly result: unknown;
  readonly seen: readonly Seen[];
  readonly cut: number;
  /** Timers of ours that were left behind. */
  readonly pending: number;
  /** Unhandled rejections and warnings. */
  readonly noise: readonly string[];
}

/** How long a call may take that should be over at once, in milliseconds. */
const patience = 8_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** Waits for something to come true, in real time. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + patience;
  while (!condition() && performance.now() < deadline) await pause(1);
}

/** The system's clock, which counts the timers that wait. */
function countingClock(): Clock & { readonly pending: () => number } {
  const waiting = new Set<unknown>();
  return {
    ...systemClock,
    setTimeout(callback, ms) {
      const timer = systemClock.setTimeout(() => { waiting.delete(timer); callback(); }, ms);
      waiting.add(timer);
      return timer;
    },
    clearTimeout(timer) {
      waiting.delete(timer);
      systemClock.clearTimeout(timer);
    },
    pending: () => waiting.size,
  };
}

/** Does it with the client's plain fetch. */
export const runPlain = (plan: Plan): Promise<Run> =>
  perform(plan, plan.client.beneath ?? ((input, init) => fetch(input, init)), () => 0, () => plan.abort === 'wait');

/** Does it with `resilientFetch` in its place, which repeats whatever the client sends. */
export async function runResilient(plan: Plan): Promise<Run> {
  const clock = countingClock();
  let failures = 0;
  const ours = resilientFetch.with({
    clock,
    // Of many calls, one may meet all of the failures.
    retries: plan.calls === 1 ? 2 : plan.steps.length,
    backoff: { base: plan.abort === 'wait' ? 30_000 : 1, jitter: 'none' },
    retryOn: { methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] },
    onFailure: () => { failures += 1; },
    ...(plan.client.beneath === undefined ? {} : { fetch: plan.client.beneath }),
  });
  return perform(plan, ours, clock.pending, () => failures > 0);
}

async function perform(plan: Plan, fetch: Fetch, pending: () => number, isWaiting: () => boolean): Promise<Run> {
  const { peer, steps, abort, reason, streams } = plan;
  const play = peer.play(steps);
  const controller = new AbortController();
  const noise: string[] = [];
  const hear = (error: unknown): void => void noise.push(String(error));
  process.on('unhandledRejection', hear).on('warning', hear);

  const stop = abort && ((): void => controller.abort(reason));
  const make = (): Promise<unknown> => {
    const calling = plan.call({ fetch, url: peer.url, signal: controller.signal });
    // What is called for a stream gives one.
    return streams ? readThrough(calling as ReturnType<StreamCall>, play, stop) : calling;
  };
  const result = withinPatience(settled(plan.calls === 1 ? make() : Promise.allSettled(Array.from({ length: plan.calls }, make))));
  if (abort !== undefined && abort !== 'chunk') {
    await until(() => play.seen.length === steps.length && (abort === 'request' || isWaiting()));
    await pause(5);
    stop?.();
  }
  const done = await result;
  if (abort !== undefined && abort !== 'wait') await until(() => play.cut === plan.calls);
  // What should not be there is given the time to come.
  await pause(abort === undefined ? 2 : 20);
  process.off('unhandledRejection', hear).off('warning', hear);
  return { result: done, seen: play.seen.map(comparable), cut: play.cut, pending: pending(), noise };
}

/** Takes a stream chunk by chunk: the next is sent only once the one before has come through. */
async function readThrough(calling: ReturnType<StreamCall>, play: Play, stop: (() => void) | undefined): Promise<unknown[]> {
  const got: unknown[] = [];
  try {
    for await (const chunk of await calling) {
      got.push(chunk);
      (stop ?? play.next)();
    }
    return [...got, 'the end'];
  } catch (error) {
    return [...got, error];
  }
}

const settled = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then((value) => ({ returned: snapshot(value) }), (error: unknown) => ({ threw: snapshot(error) }));

function withinPatience(promise: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => { timer = setTimeout(resolve, patience, 'It did not settle'); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A form's boundary is drawn anew for each attempt; all else has to be the same. */
function comparable({ headers, body, ...seen }: Seen): Seen {
  const type = String(headers['content-type'] ?? '');
  const boundary = /boundary="?([^";]+)/.exec(type)?.[1];
  if (boundary === undefined) return { ...seen, headers, body };
  return { ...seen, headers: { ...headers, 'content-type': type.replace(boundary, '*') }, body: body.replaceAll(boundary, '*') };
}
