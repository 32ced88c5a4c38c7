import { createInternalSlot } from './internal-slot.ts';

/** Something that can be aborted, as an AbortController can. */
export interface Abortable {
  abort(reason: unknown): void;
}

/** The targets of each signal share one listener: removing one of many listeners walks a list, and Node 20 warns at the 11th. */
const targetsOf = new WeakMap<AbortSignal, Set<Abortable>>();

function onAbort(this: AbortSignal): void {
  const targets = targetsOf.get(this);
  removeListener(this);
  targets?.forEach((target) => target.abort(this.reason));
}

function removeListener(signal: AbortSignal): void {
  targetsOf.delete(signal);
  signal.removeEventListener('abort', onAbort);
}

/** Aborts the target when the signal aborts, or now if it already has. */
export function forwardAbort(signal: AbortSignal | undefined, target: Abortable): void {
  if (signal === undefined) return;
  if (signal.aborted) return target.abort(signal.reason);
  const targets = targetsOf.get(signal);
  if (targets !== undefined) return void targets.add(target);
  targetsOf.set(signal, new Set([target]));
  signal.addEventListener('abort', onAbort);
}

/** Undoes `forwardAbort`. Removes the listener with the last target. */
export function stopForwarding(signal: AbortSignal | undefined, target: Abortable): void {
  const targets = signal && targetsOf.get(signal);
  if (targets?.delete(target) && targets.size === 0) removeListener(signal as AbortSignal);
}

/** Forwards to a target without keeping it alive. */
class WeakTarget implements Abortable {
  signal: AbortSignal | undefined;
  readonly target: WeakRef<Abortable>;

  constructor(signal: AbortSignal, target: Abortable) {
    this.signal = signal;
    this.target = new WeakRef(target);
  }

  abort(reason: unknown): void {
    // The signal's reason may reference the body, which must stay collectable.
    this.signal = undefined;
    this.target.deref()?.abort(reason);
  }
}

// Some runtimes have no FinalizationRegistry. There the target stays until its signal is collected.
const bodies = typeof FinalizationRegistry === 'function'
  ? new FinalizationRegistry<WeakTarget>((weak) => stopForwarding(weak.signal, weak))
  : undefined;

const keptAlive = createInternalSlot<object>();

/**
 * Keeps forwarding to the target until the body is garbage collected, since the end of an unwrapped body cannot be observed.
 * The body is registered and not the response, because a caller may keep only a reader. The body keeps the target alive, and
 * the response its body (WebKit otherwise creates another one). Returns what the body kept alive before.
 */
export function forwardAbortToBody(signal: AbortSignal, target: Abortable, response: object, body: object): object | undefined {
  if (bodies === undefined) return undefined;
  const weak = new WeakTarget(signal, target);
  targetsOf.get(signal)?.add(weak).delete(target);
  bodies.register(body, weak);
  const previous = keptAlive.get(body);
  keptAlive.set(body, target);
  keptAlive.set(response, body);
  return previous;
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
    promise.then(thenStop(resolve), thenStop(reject));
  });

/** `signal.throwIfAborted()`, for a signal that may be absent. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw signal.reason;
}
