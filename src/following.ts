/** What is told of an abort: an AbortController, or whatever else can be aborted. */
export interface Follower {
  abort(reason: unknown): void;
}

/**
 * Who follows which signal: one follower, or a set. One listener a signal serves all of them: a listener each is a walk of a
 * list at every removal, and from the 11th on a warning on Node 20.
 */
const followers = new WeakMap<AbortSignal, Follower | Set<Follower>>();

function tellFollowers(this: AbortSignal): void {
  const told = followers.get(this);
  release(this);
  if (told instanceof Set) told.forEach((follower) => follower.abort(this.reason));
  else told?.abort(this.reason);
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
  if (present instanceof Set) return void present.add(follower);
  followers.set(signal, present === undefined ? follower : new Set([present, follower]));
  if (present === undefined) signal.addEventListener('abort', tellFollowers);
}

/** Ends a following; the signal's last one takes the listener with it. */
export function unfollow(signal: AbortSignal | undefined, follower: Follower): void {
  if (signal === undefined) return;
  const present = followers.get(signal);
  if (present === follower || (present instanceof Set && present.delete(follower) && present.size === 0)) release(signal);
}

/** Puts another in a follower's place. */
export function replace(signal: AbortSignal, follower: Follower, other: Follower): void {
  const present = followers.get(signal);
  if (present instanceof Set) present.add(other).delete(follower);
  else followers.set(signal, other);
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
