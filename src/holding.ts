import { replace, unfollow, type Follower } from './following.ts';

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

class Itself {
  constructor(object: object) {
    return object;
  }
}

/** Has one object hold another, where nobody sees it. A WeakMap does the same for 4 µs a call, on Node 26, of the collector's time. */
class Holder extends Itself {
  #held: object;

  private constructor(holder: object, held: object) {
    super(holder);
    this.#held = held;
  }

  /** Gives back what it held before. What is frozen, as a stand-in may be, holds nothing: engines are about to refuse it. */
  static hold(holder: object, held: object): object | undefined {
    if (!Object.isExtensible(holder)) return undefined;
    if (!(#held in holder)) return void new Holder(holder, held);
    const before = holder.#held;
    holder.#held = held;
    return before;
  }
}

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
  Holder.hold(response, body);
  return Holder.hold(body, follower);
}
