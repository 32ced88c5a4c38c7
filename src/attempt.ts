import { isBodyFactory, sendsOwnBody } from './body.ts';
import { TimeoutError } from './errors.ts';
import type { Failure } from './failures.ts';
import { untilAborted } from './following.ts';
import { copyOf, isRequest, withSignal, type Abortable, type Attempted, type Init, type Input } from './layer.ts';
import type { Outcome, RetryPolicy } from './retry-policy.ts';

/** What the attempts of one call share. */
export interface Call extends Abortable {
  readonly policy: RetryPolicy;
  readonly fetch: Attempted;
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
  made: Init | undefined;
  /** What the next attempt sends. */
  spare: Input;
}

/** Makes an attempt, by a layer that never throws. Throws or rejects otherwise only where there is no body to send. */
export function makeAttempt(call: Call, attempt: number): Promise<Outcome> {
  const { signal } = call;
  const input = nextInput(call, attempt);
  // A clone's own signal goes with the clone; the caller's is what has to last.
  const isClone = isRequest(input) && input !== call.input;
  const later = isClone && signal !== undefined ? withSignal(call.input, call.init, signal) : call.init;
  const init = attempt === 1 ? call.first : later;
  const body: unknown = init?.body;
  if (!isBodyFactory(body)) return outcomeOf(call.fetch(input, init, call));
  const made = untilAborted(Promise.resolve(body()), signal);
  return made.then((value) => {
    call.made = { ...copyOf(init), body: value };
    return outcomeOf(call.fetch(input, call.made, call));
  });
}

/** The caller's own Request goes first: it holds what a clone may have lost, on Node 20 its dispatcher. */
function nextInput(call: Call, attempt: number): Input {
  const input = attempt === 1 ? call.input : call.spare;
  // A body can be sent but once.
  if (sendsOwnBody(input, call.init)) call.spare = attempt <= call.policy.retries ? input.clone() : input;
  call.sent = call.policy.clock.now();
  return input;
}

const outcomeOf = (sent: Promise<Response>): Promise<Outcome> => sent.then(responded, failed);

export const responded = (response: Response): Outcome => ({ kind: 'response', response });

export const failed = (error: unknown): Outcome => ({ kind: error instanceof TimeoutError ? 'timeout' : 'network-error', error });
