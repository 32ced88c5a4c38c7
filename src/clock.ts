/** Where the library takes its time from. Give your own, or the `FakeClock` of `resilient-fetch/testing`. */
export interface Clock {
  /** Milliseconds on a clock that never steps back. Durations and deadlines are measured with it. */
  now(): number;
  /** Unix time in milliseconds. Read only to turn an HTTP date into a delay. */
  date(): number;
  /** Calls back once, after `ms`, which is at most 2 147 483 647. Returns what `clearTimeout` takes. */
  setTimeout(callback: () => void, ms: number): unknown;
  /** Forgets a timer, whether or not it has fired. */
  clearTimeout(timer: unknown): void;
}

/** The platform's clock. Its globals are looked up at each call, so that timers patched later on are honoured. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  // What comes back is what the platform's own setTimeout gave, which is a number to browsers alone.
  clearTimeout: (timer) => clearTimeout(timer as number),
};

/** The longest that a platform's setTimeout can wait: above it, it fires at once. */
const longest = 2_147_483_647;

/** A timer, which may be part of something larger. */
export interface Timer {
  readonly clock: Clock;
  /** What the clock knows the present piece of it by. */
  id?: unknown;
}

/** Calls back after `ms`, however many: more than the longest timer is waited in pieces. */
export function startTimer(timer: Timer, ms: number, callback: () => void): void {
  timer.id = ms > longest
    ? timer.clock.setTimeout(() => startTimer(timer, ms - longest, callback), longest)
    : timer.clock.setTimeout(callback, ms);
}

/** Forgets a timer, whether or not it has fired. */
export const stopTimer = ({ clock, id }: Timer): void => clock.clearTimeout(id);
