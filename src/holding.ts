import { replace, unfollow, type Follower } from './following.ts';
import { hidden } from './hidden.ts';

/** Follows in another's place, which it does not keep alive. */
class Stand implements Follower {
  signal: AbortSignal | undefined;
  readonly follower: WeakRef<Follower>;

  constructor(signal: AbortSignal, follower: Follower) {
    this.signal = signal;
    this.follower = new WeakRef(follower);
  }

  /** Lets go of the signal, whose reason may hold the body. */
  abort(reason: unknown): void {
    this.signal = undefined;
    this.follower.deref()?.abort(reason);
  }
}

// Missing in some runtimes, where a following lasts as long as its signal.
const collected = typeof FinalizationRegistry === 'function' ? new FinalizationRegistry<Stand>((stand) => unfollow(stand.signal, stand)) : undefined;

const held = hidden<object>();

/**
 * From here on it follows as long as somebody can read the body, which nothing but the collector knows: the body is what is
 * watched, as a caller may keep its reader and let the Response go. Neither the signal nor the collector may lead to what
 * follows, which leads to the body in Firefox; so the body holds it. The response holds the body, as WebKit makes another
 * each time that nobody does. Gives back what the body held before, for whoever takes its place to hold.
 */
export function followWhileHeld(signal: AbortSignal, follower: Follower, response: object, body: object): object | undefined {
  if (collected === undefined) return undefined;
  const stand = new Stand(signal, follower);
  replace(signal, follower, stand);
  collected.register(body, stand);
  const before = held.get(body);
  held.set(body, follower);
  held.set(response, body);
  return before;
}
