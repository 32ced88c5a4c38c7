import { isBodyFactory, sendsOwnBody } from './body.ts';
import { TimeoutError } from './errors.ts';
import type { Failure } from './failures.ts';
import { untilAborted } from './following.ts';
import { copyOf, withSignal, type Fetch, type Init, type Input } from './layer.ts';
import type { Outcome, RetryPolicy } from './retry-policy.ts';

/** What the attempts of one call share. */
export interface Call {
  readonly policy: RetryPolicy;
  readonly fetch: Fetch;
  readonly input: Input;
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
  /** A clone of a Request with a body, for the next attempt, as a body can be sent but once. */
  spare?: Request | undefined;
}

/** Makes an attempt and tells what came of it. Rejects only where a body could not be had. */
export function makeAttempt(call: Call, attempt: number): Promise<Outcome> {
  const { policy, signal } = call;
  // The caller's own Request goes first: it holds what a clone may have lost, on Node 20 its dispatcher.
  const input = call.spare ?? call.input;
  call.spare = attempt <= policy.retries && sendsOwnBody(input, call.init) ? input.clone() : undefined;
  // A clone's own signal goes with the clone; the caller's is what has to last.
  const init = input === call.input || signal === undefined ? call.init : withSignal(call.input, call.init, signal);
  call.sent = policy.clock.now();
  const body: unknown = init?.body;
  if (!isBodyFactory(body)) return send(call, input, init);
  const made = untilAborted(Promise.resolve(body()), signal);
  return made.then((value) => {
    call.made = { ...copyOf(init), body: value };
    return send(call, input, call.made);
  });
}

async function send({ fetch }: Call, input: Input, init: Init | undefined): Promise<Outcome> {
  try {
    return { kind: 'response', response: await fetch(input, init) };
  } catch (error) {
    return { kind: error instanceof TimeoutError ? 'timeout' : 'network-error', error };
  }
}
