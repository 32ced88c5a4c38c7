import { cancel, isBodyFactory, sendsOwnBody, type BodyFactory } from './body.ts';
import { untilAborted } from './following.ts';
import { copyOf, isRequest, withSignal, type Init, type Input } from './init.ts';
import type { Call } from './retry.ts';

/** Makes an attempt of a call: the first with the caller's own input and init, later ones with those of the call. */
export function makeAttempt(call: Call, input: Input = call.spare ?? call.input, init: Init | undefined = laterInit(call, input)): void {
  try {
    // A body can be sent but once. The caller's own Request goes first, as a clone may lose something, on Node 20 its dispatcher.
    if (sendsOwnBody(input, init)) call.spare = call.attempt <= call.policy.retries ? input.clone() : input;
    const body: unknown = init?.body;
    if (isBodyFactory(body)) void makeBody(call, input, init, body);
    else call.send(input, init, call);
  } catch (error) {
    call.abort(error);
  }
}

/** The same, with a body that is made for it. */
async function makeBody(call: Call, input: Input, init: Init | undefined, factory: BodyFactory): Promise<void> {
  const making = new Promise<Awaited<ReturnType<BodyFactory>>>((resolve) => resolve(factory()));
  try {
    const body = await untilAborted(making, call.signal);
    call.made = { ...copyOf(init), body };
    call.send(input, call.made, call);
  } catch (error) {
    call.abort(error);
    // What comes too late to be sent holds what it reads from.
    making.then(cancel, () => {});
  }
}

/** A clone's own signal goes with the clone; the caller's is what has to last. */
function laterInit({ input, init, signal }: Call, next: Input): Init | undefined {
  const isClone = isRequest(next) && next !== input;
  return isClone && signal !== undefined ? withSignal(input, init, signal) : init;
}
