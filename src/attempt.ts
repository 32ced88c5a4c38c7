import { isBodyFactory, sendsOwnBody, type BodyFactory } from './body.ts';
import { untilAborted } from './following.ts';
import { copyOf, isRequest, withSignal, type Init, type Input } from './layer.ts';
import type { Call } from './retry.ts';

/** Makes the next attempt of a call, and the first with the caller's own init, which has not changed by then. */
export function makeAttempt(call: Call, first?: Init): void {
  try {
    const input = nextInput(call);
    const init = call.attempt === 1 ? first : laterInit(call, input);
    const body: unknown = init?.body;
    if (isBodyFactory(body)) void makeBody(call, input, init, body);
    else call.send(input, init, call);
  } catch (error) {
    call.abort(error);
  }
}

/** The same, with a body that is made for it. */
async function makeBody(call: Call, input: Input, init: Init | undefined, factory: BodyFactory): Promise<void> {
  try {
    const body = await untilAborted(Promise.resolve(factory()), call.signal);
    call.made = { ...copyOf(init), body };
    call.send(input, call.made, call);
  } catch (error) {
    call.abort(error);
  }
}

/** The caller's own Request goes first: it holds what a clone may have lost, on Node 20 its dispatcher. */
function nextInput(call: Call): Input {
  const input = call.attempt === 1 ? call.input : call.spare;
  // A body can be sent but once.
  if (sendsOwnBody(input, call.init)) call.spare = call.attempt <= call.policy.retries ? input.clone() : input;
  return input;
}

/** A clone's own signal goes with the clone; the caller's is what has to last. */
function laterInit({ input, init, signal }: Call, next: Input): Init | undefined {
  const isClone = isRequest(next) && next !== input;
  return isClone && signal !== undefined ? withSignal(input, init, signal) : init;
}
