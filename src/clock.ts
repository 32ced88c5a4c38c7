/** The source of time. Pass your own, or the `FakeClock` of `resilient-fetch/testing`. */
export interface Clock {
  /** Milliseconds on a clock that never steps back. Durations and deadlines are measured with it. */
  now(): number;
  /** Unix time in milliseconds. Read only to turn an HTTP date into a delay. */
  date(): number;
  /** Calls back once, after `ms`, which is at most 2 147 483 647. Returns the value that `clearTimeout` takes. */
  setTimeout(callback: () => void, ms: number): unknown;
  /** Cancels a timer. Does nothing if the timer has fired. */
  clearTimeout(timer: unknown): void;
}

/** The platform's clock. Looks its globals up at each call, so that timers which are patched later are used. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  // The value came from the platform's own setTimeout; only browsers return a number.
  clearTimeout: (timer) => clearTimeout(timer as number),
};

/** The longest delay of a platform's setTimeout: a longer timer fires at once. */
const longest = 2_147_483_647;

/** A timer, which can be part of a larger object. */
export interface Timer {
  readonly clock: Clock;
  /** The clock's handle of the current piece. */
  id?: unknown;
}

/** Calls back after any number of milliseconds. Waits longer than the longest timer are slept in pieces. */
export function startTimer(timer: Timer, ms: number, callback: () => void): void {
  timer.id = ms > longest
    ? timer.clock.setTimeout(() => startTimer(timer, ms - longest, callback), longest)
    : timer.clock.setTimeout(callback, ms);
}

/** Cancels the timer. Does nothing if the timer has fired. */
export const stopTimer = ({ clock, id }: Timer): void => clock.clearTimeout(id);
