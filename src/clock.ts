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

/** The platform's randomness. Jitter needs no secret numbers. */
export const systemRandom = (): number => Math.random();

/** The longest delay of a platform's setTimeout: a longer timer fires at once. */
const longest = 2_147_483_647;

/** A timer, which can be part of a larger object. */
export interface Timer {
  readonly clock: Clock;
  /** The clock's handle of the current piece. Absent once the timer was stopped: a clock may be unable to clear it. */
  id?: unknown;
  /** True for a timer that does not keep the process alive, on platforms that have such timers. */
  readonly isBackground?: boolean;
}

/** Calls back after any number of milliseconds. Waits longer than the longest timer are slept in pieces. */
export function startTimer(timer: Timer, ms: number, callback: () => void): void {
  timer.id = (ms > longest
    ? timer.clock.setTimeout(() => void (timer.id === undefined || startTimer(timer, ms - longest, callback)), longest)
    : timer.clock.setTimeout(callback, ms)) ?? longest;
  if (timer.isBackground) (timer.id as { unref?(): void }).unref?.();
}

/**
 * Calls back when a limit has run out. A timer that fires late means a busy or frozen program, which may not have read yet
 * what has arrived: the callback comes after as much time again as the timer was late, but at most `ms`. A timer that was
 * stopped does nothing, since a clock may be unable to clear it.
 */
export function endLimit(timer: Timer, ms: number, started: number, callback: () => void): void {
  if (timer.id === undefined) return;
  const late = Math.min(ms, timer.clock.now() - started - ms);
  if (late > 0) startTimer(timer, late, () => endLimit(timer, 0, started, callback));
  else callback();
}

/** Stops the timer, if it is running. */
export function stopTimer(timer: Timer): void {
  if (timer.id !== undefined) timer.clock.clearTimeout(timer.id);
  timer.id = undefined;
}
