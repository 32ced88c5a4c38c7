import { reasonOf } from './abort-forwarding.ts';
import { contextOfSignal, linkContext, type AttemptContext, type Layer, type LayeredFetch } from './attempt-context.ts';
import { hintOf, type AttemptedCall } from './classify.ts';
import type { Clock } from './clock.ts';
import { toDispatch, toPromise, type Attempted, type DispatchLayer } from './dispatch.ts';
import { signalOf } from './fetch-arguments.ts';
import { loggableUrl, requestFacts } from './request.ts';
import { withTimeout } from './timeout.ts';

/** The fetch inside the layers, which differs from call to call, by the context of the attempt. */
const innerFetches = new WeakMap<AttemptContext, LayeredFetch>();

/** Applies the layers, the first outermost. They keep state, so each copy of resilientFetch applies them once. */
export const applyLayers = (layers: readonly Layer[], inner: LayeredFetch): LayeredFetch =>
  layers.reduceRight<LayeredFetch>((next, layer) => layer(next), inner);

/** The innermost fetch of layers that many calls share: finds the call by its context, which a wrapper may not pass on. */
export const sharedInnerFetch = (fallback: LayeredFetch): LayeredFetch => (input, init, context) => {
  const attempt = context ?? contextOfSignal(signalOf(input, init));
  return (innerFetches.get(attempt as AttemptContext) ?? fallback)(input, init, attempt);
};

/**
 * Sends each attempt through the layers, with a signal of its own, so that a discarded response is aborted through them. The
 * timeout of the attempt starts when the innermost layer sends it, since a wait in a layer is no slow response.
 */
export const withLayers = (layered: LayeredFetch, own: readonly Layer[], clock: Clock): DispatchLayer => (dispatch) =>
  withTimeout(Infinity, 'attempt', clock, () => true)((input, init, signal, callback, attempted) => {
    // Only retries dispatch attempts, and they pass themselves.
    const context = contextFrom(attempted as AttemptedCall & Attempted);
    const inner: LayeredFetch = (innerInput, innerInit) => {
      const innerSignal = signalOf(innerInput, innerInit);
      // A layer may send later than it was called.
      return innerSignal?.aborted ? Promise.reject(reasonOf(innerSignal)) : toPromise(dispatch, innerInput, innerInit, innerSignal, attempted);
    };
    innerFetches.set(context, applyLayers(own, inner));
    linkContext(signal as AbortSignal, context);
    toDispatch((outerInput, outerInit) => layered(outerInput, outerInit, context))(input, init, signal, callback);
  });

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
