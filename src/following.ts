/** What is told of an abort: an AbortController, or whatever else can be aborted. */
export interface Follower {
  abort(reason: unknown): void;
}

/**
 * Who follows which signal. One listener a signal serves all of its followers: a listener each is a walk of a list at
 * every removal, and from the 11th on a warning on Node 20.
 */
const followers = new WeakMap<AbortSignal, Set<Follower>>();

function tellFollowers(this: AbortSignal): void {
  const told = followers.get(this);
  release(this);
  told?.forEach((follower) => follower.abort(this.reason));
}

function release(signal: AbortSignal): void {
  followers.delete(signal);
  signal.removeEventListener('abort', tellFollowers);
}

/** Tells a follower when the signal aborts, at once if it has. */
export function follow(signal: AbortSignal | undefined, follower: Follower): void {
  if (signal === undefined) return;
  if (signal.aborted) return follower.abort(signal.reason);
  const present = followers.get(signal);
  if (present !== undefined) return void present.add(follower);
  followers.set(signal, new Set([follower]));
  signal.addEventListener('abort', tellFollowers);
}

/** Ends a following; the signal's last one takes the listener with it. */
export function unfollow(signal: AbortSignal | undefined, follower: Follower): void {
  if (signal === undefined) return;
  const present = followers.get(signal);
  if (present?.delete(follower) && present.size === 0) release(signal);
}

type Link = readonly [AbortSignal, Follower];

// Missing in some runtimes, where links stay for as long as their signal.
const collected =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<Link>(([signal, follower]) => unfollow(signal, follower))
    : undefined;

/**
 * Lets a signal abort a body for as long as anyone can read it, which nothing but the collector knows.
 * The follower must be the bare controller, as a closure of the call would keep the body alive; and the body is what
 * is watched, as a caller may keep its reader and let the Response go.
 */
export function followWhileReadable(signal: AbortSignal, controller: AbortController, body: object | null | undefined): void {
  if (!body) return;
  follow(signal, controller);
  collected?.register(body, [signal, controller]);
}

/** Settles as the promise does, or with the signal's reason if that aborts first. */
export const untilAborted = <Value>(promise: PromiseLike<Value>, signal: AbortSignal | undefined): Promise<Value> =>
  new Promise((resolve, reject) => {
    const follower = { abort: reject };
    follow(signal, follower);
    promise.then(
      (value) => {
        unfollow(signal, follower);
        resolve(value);
      },
      (error) => {
        unfollow(signal, follower);
        reject(error);
      },
    );
  });

/** The caller's abort wins over whatever came of the call meanwhile. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw signal.reason;
}
