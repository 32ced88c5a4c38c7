import { reasonOf } from './abort-forwarding.ts';
import { contextOfSignal, linkContext, type AttemptContext, type Layer, type LayeredFetch } from './attempt-context.ts';
import { hintOf, type AttemptedCall } from './classify.ts';
import type { Clock } from './clock.ts';
import { toDispatch, toPromise, type DispatchLayer, type LabeledAttempt } from './dispatch.ts';
import { fixedInput, signalOf, snapshotOf } from './fetch-arguments.ts';
import { loggableUrl, requestFacts } from './request.ts';
import { withTimeout } from './timeout.ts';

/** An attempt on its way through the layers. */
interface RunningAttempt {
  readonly attempt: LabeledAttempt;
  /** The fetch inside the layers that calls share: the layers of the call itself, around the timeout of the attempt. */
  readonly inner: LayeredFetch;
}

const runningAttempts = new WeakMap<AttemptContext, RunningAttempt>();

/** Finds an attempt by its context, else by its signal: a wrapper may pass on neither, or a context of its own. */
const runningAttempt = (context: AttemptContext | undefined, signal: AbortSignal | undefined): RunningAttempt | undefined =>
  // Without a context, nothing is found.
  runningAttempts.get(context as AttemptContext) ?? runningAttempts.get(contextOfSignal(signal) as AttemptContext);

/** Applies the layers, the first outermost. They keep state: each copy of resilientFetch, and each call, applies its own once. */
export const applyLayers = (layers: readonly Layer[], inner: LayeredFetch): LayeredFetch =>
  layers.reduceRight<LayeredFetch>((next, layer) => layer(next), inner);

/** The innermost fetch of layers that many calls share: finds the call by its context, which a wrapper may not pass on. */
export const sharedInnerFetch = (fallback: LayeredFetch): LayeredFetch => (input, init, context) => {
  const signal = signalOf(input, init);
  return (runningAttempt(context, signal)?.inner ?? fallback)(input, init, context ?? contextOfSignal(signal));
};

/**
 * Sends each attempt through the layers, with a signal of its own, so that a discarded response is aborted through them. The
 * timeout of the attempt starts when the innermost layer sends it, since a wait in a layer is no slow response.
 */
export const withLayers = (shared: LayeredFetch, own: readonly Layer[], clock: Clock): DispatchLayer => (dispatch) => {
  const inner = applyLayers(own, (input, init, context) => {
    const signal = signalOf(input, init);
    // A layer may send later than it was called.
    return signal?.aborted ? Promise.reject(reasonOf(signal)) : toPromise(dispatch, input, init, signal, runningAttempt(context, signal)?.attempt);
  });
  return withTimeout(Infinity, 'attempt', clock, () => true)((input, init, signal, callback, attempt) => {
    // Only retries dispatch attempts, and they pass themselves.
    const call = attempt as AttemptedCall & LabeledAttempt;
    const context = contextFrom(call);
    runningAttempts.set(context, { attempt: call, inner });
    linkContext(signal as AbortSignal, context);
    // Copies, since the caller may change the originals while a layer waits.
    toDispatch((outerInput, outerInit) => shared(outerInput, outerInit, context))(fixedInput(input), snapshotOf(init), signal, callback);
  });
};

/** The attempt as its layers see it. */
function contextFrom(call: AttemptedCall): AttemptContext {
  const { policy, attempt, started, failures, input, init, signal } = call;
  const { clock, random, totalTimeout, retryOn } = policy;
  const request = requestFacts(input, init);
  const { method } = request;
  return {
    attempt, failures, method, clock, random,
    url: loggableUrl(request.url),
    get elapsed() {
      return clock.now() - started;
    },
    get left() {
      return totalTimeout - this.elapsed;
    },
    get repeatable() {
      return retryOn.methods.has(method) || request.headers.has('idempotency-key');
    },
    retryAfter: (response) => hintOf(response, policy, signal),
  };
}
