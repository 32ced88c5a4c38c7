import { isBodyFactory, sendsOwnBody } from './body.ts';
import { TimeoutError } from './errors.ts';
import type { Failure } from './failures.ts';
import { untilAborted } from './following.ts';
import { copyOf, isRequest, withSignal, type Fetch, type Init, type Input } from './layer.ts';
import type { Outcome, RetryPolicy } from './retry-policy.ts';

/** What the attempts of one call share. */
export interface Call {
  readonly policy: RetryPolicy;
  readonly fetch: Fetch;
  readonly input: Input;
  /** Init as the caller gave it, for the first attempt. */
  readonly first: Init | undefined;
  /** Init as it was at the call, for all else. */
  readonly init: Init | undefined;
  /** The abort of the caller, or of the total timeout. */
  readonly signal: AbortSignal | undefined;
  readonly started: number;
  /** The attempts that failed so far, oldest first. */
  readonly failures: Failure[];
  /** When the present attempt was begun. */
  sent: number;
  /** Init with the body that its factory made for the present attempt. */
  made?: Init;
  /** What the next attempt sends, if there can be one. */
  spare?: Input | undefined;
}

/** Makes an attempt and tells what came of it. Throws or rejects only where there is no body to send. */
export function makeAttempt(call: Call, attempt: number): Promise<Outcome> {
  const { policy, signal } = call;
  // The caller's own Request goes first: it holds what a clone may have lost, on Node 20 its dispatcher.
  const input = call.spare ?? call.input;
  call.spare = attempt <= policy.retries ? spareOf(input, call.init) : undefined;
  // A clone's own signal goes with the clone; the caller's is what has to last.
  const isClone = isRequest(input) && input !== call.input;
  const later = isClone && signal !== undefined ? withSignal(call.input, call.init, signal) : call.init;
  const init = attempt === 1 ? call.first : later;
  call.sent = policy.clock.now();
  const body: unknown = init?.body;
  if (!isBodyFactory(body)) return send(call, input, init);
  const made = untilAborted(Promise.resolve(body()), signal);
  return made.then((value) => {
    call.made = { ...copyOf(init), body: value };
    return send(call, input, call.made);
  });
}

/** A body can be sent but once, and a URL can be changed by its owner. */
function spareOf(input: Input, init: Init | undefined): Input {
  if (sendsOwnBody(input, init)) return input.clone();
  return typeof input === 'string' || isRequest(input) ? input : String(input);
}

async function send({ fetch }: Call, input: Input, init: Init | undefined): Promise<Outcome> {
  try {
    return { kind: 'response', response: await fetch(input, init) };
  } catch (error) {
    return { kind: error instanceof TimeoutError ? 'timeout' : 'network-error', error };
  }
}
