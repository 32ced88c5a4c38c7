import { createInternalSlot } from './internal-slot.ts';

/** Something that can be aborted, as an AbortController can. */
export interface Abortable {
  abort(reason: unknown): void;
}

/**
 * The targets of each signal: one, or a Set of them. All share one listener: removing one of many listeners walks a list,
 * and Node 20 warns at the 11th.
 */
const targetsOf = new WeakMap<AbortSignal, Abortable | Set<Abortable>>();

function onAbort(this: AbortSignal): void {
  const targets = targetsOf.get(this);
  removeListener(this);
  if (targets instanceof Set) targets.forEach((target) => target.abort(this.reason));
  else targets?.abort(this.reason);
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
  if (targets instanceof Set) return void targets.add(target);
  targetsOf.set(signal, targets === undefined ? target : new Set([targets, target]));
  if (targets === undefined) signal.addEventListener('abort', onAbort);
}

/** Undoes `forwardAbort`. Removes the listener with the last target. */
export function stopForwarding(signal: AbortSignal | undefined, target: Abortable): void {
  if (signal === undefined) return;
  const targets = targetsOf.get(signal);
  if (targets === target || (targets instanceof Set && targets.delete(target) && targets.size === 0)) removeListener(signal);
}

function replaceTarget(signal: AbortSignal, target: Abortable, replacement: Abortable): void {
  const targets = targetsOf.get(signal);
  if (targets instanceof Set) targets.add(replacement).delete(target);
  else targetsOf.set(signal, replacement);
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
  replaceTarget(signal, target, weak);
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
    forwardAbort(signal, target);
    promise.then(
      (value) => {
        stopForwarding(signal, target);
        resolve(value);
      },
      (error) => {
        stopForwarding(signal, target);
        reject(error);
      },
    );
  });

/** `signal.throwIfAborted()`, for a signal that may be absent. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw signal.reason;
}
