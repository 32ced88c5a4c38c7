import { abortError } from './errors.ts';
import { createInternalSlot } from './internal-slot.ts';

/** Something that can be aborted, as an AbortController can. */
export interface Abortable {
  abort(reason: unknown): void;
}

/** The reason of an aborted signal. Signals of older platforms and of packages have none. */
export const reasonOf = ({ reason }: AbortSignal): unknown => (reason === undefined ? abortError('This operation was aborted') : reason);

/**
 * The targets of one signal, which share its listener: removing one of many listeners walks a list, and Node 20 warns at the
 * 11th. The listener reads neither `this` nor the event, because signals of packages pass neither.
 */
class Targets extends Set<Abortable> {
  readonly listener: () => void;

  constructor(signal: AbortSignal) {
    super();
    this.listener = () => {
      removeListener(signal, this);
      this.forEach((target) => target.abort(reasonOf(signal)));
    };
    signal.addEventListener('abort', this.listener);
  }
}

const targetsOf = new WeakMap<AbortSignal, Targets>();

function removeListener(signal: AbortSignal, { listener }: Targets): void {
  targetsOf.delete(signal);
  signal.removeEventListener('abort', listener);
}

/** Aborts the target when the signal aborts, or now if it already has. */
export function forwardAbort(signal: AbortSignal | undefined, target: Abortable): void {
  if (signal === undefined) return;
  if (signal.aborted) return target.abort(reasonOf(signal));
  let targets = targetsOf.get(signal);
  if (targets === undefined) targetsOf.set(signal, targets = new Targets(signal));
  targets.add(target);
}

/** Undoes `forwardAbort`. Removes the listener with the last target. */
export function stopForwarding(signal: AbortSignal | undefined, target: Abortable): void {
  const targets = signal && targetsOf.get(signal);
  if (targets?.delete(target) && targets.size === 0) removeListener(signal as AbortSignal, targets);
}

/** Something that ends when an object is garbage collected. Must not reference the object. */
interface Releasable {
  release(): void;
}

/** A weak reference, or a strong one where the platform has none. */
export const weakReferenceTo = <Target extends object>(target: Target): { deref(): Target | undefined } =>
  typeof WeakRef === 'function' ? new WeakRef(target) : { deref: () => target };

// Some runtimes have no FinalizationRegistry. There the target stays until its signal is collected.
const registry = typeof FinalizationRegistry === 'function'
  ? new FinalizationRegistry<Releasable>((releasable) => releasable.release())
  : undefined;

/** Releases the second object when the first is collected, where the platform reports that. */
export const releaseWith = (object: object, releasable: Releasable): void => registry?.register(object, releasable);

/** Forwards to a target without keeping it alive. */
class WeakTarget implements Abortable, Releasable {
  signal: AbortSignal | undefined;
  readonly target: { deref(): Abortable | undefined };

  constructor(signal: AbortSignal, target: Abortable) {
    this.signal = signal;
    this.target = weakReferenceTo(target);
  }

  abort(reason: unknown): void {
    // The signal's reason may reference the body, which must stay collectable.
    this.signal = undefined;
    this.target.deref()?.abort(reason);
  }

  release(): void {
    stopForwarding(this.signal, this);
    this.signal = undefined;
  }
}

const keptAlive = createInternalSlot<object>();

/**
 * Keeps forwarding to the target until the body is garbage collected, since the end of an unwrapped body cannot be observed.
 * The body is registered and not the response, because a caller may keep only a reader. The body keeps the target alive, and
 * the response its body (WebKit otherwise creates another one). Returns the target that is registered from now on.
 */
export function forwardAbortToBody(signal: AbortSignal, target: Abortable & { inner?: object | undefined }, response: object, body: object): Abortable {
  if (registry === undefined) return target;
  const weak = new WeakTarget(signal, target);
  targetsOf.get(signal)?.add(weak).delete(target);
  registry.register(body, weak);
  // An outer limit of the same body takes the place of the inner one, and keeps it alive.
  target.inner = keptAlive.get(body);
  keptAlive.set(body, target);
  keptAlive.set(response, body);
  return weak;
}

/** Settles as the promise does, or rejects with the signal's reason if that aborts first. */
export const untilAborted = <Value>(promise: PromiseLike<Value>, signal: AbortSignal | undefined): Promise<Value> =>
  new Promise((resolve, reject) => {
    const target = { abort: reject };
    const thenStop = <Result>(settle: (result: Result) => void) => (result: Result): void => {
      stopForwarding(signal, target);
      settle(result);
    };
    forwardAbort(signal, target);
    // The `then` of another kind of promise may throw.
    Promise.resolve(promise).then(thenStop(resolve), thenStop(reject));
  });

/** `signal.throwIfAborted()`, for a signal that may be absent. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw reasonOf(signal);
}
