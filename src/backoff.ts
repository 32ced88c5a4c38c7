/** The way in which randomness spreads a wait, so that clients that failed together do not retry together. */
export type Jitter = 'full' | 'equal' | 'decorrelated' | 'none';

/** The waits between attempts: by default up to 200, 400, 800 ms and so on, at most 30 s, each drawn from 0 upwards. */
export interface BackoffSettings {
  /** The first wait before jitter, in milliseconds. Default 200; 0 makes every wait 0. */
  base: number;
  /** The multiplier of each further wait, at least 1. Default 2. */
  factor: number;
  /** The longest wait, in milliseconds, applied last. Finite. Default 30 000. */
  max: number;
  /**
   * With v = base * factor^(retry-1), at most max: `'full'` (default) waits uniform(0, v); `'equal'` v/2 + uniform(0, v/2);
   * `'none'` v; `'decorrelated'` uniform(base, 3 * previous), at most max.
   * (Brooker, "Exponential Backoff And Jitter", 2015.)
   */
  jitter: Jitter;
}

/**
 * Computes a wait in milliseconds. A number that is negative, infinite or NaN rejects the call with a RangeError.
 *
 * @param retry - 1 for the first retry
 * @param random - a number drawn for this wait, 0 <= random < 1
 * @param previous - the wait before this one, in milliseconds; 0 for the first
 */
export type BackoffFunction = (retry: number, random: number, previous: number) => number;

/** The wait before a retry: a function of your own, or any of the settings. */
export type Backoff = Partial<BackoffSettings> | BackoffFunction;

/** The wait before a retry, in milliseconds. Pure: the random number is an argument. */
export function backoffDelay(
  retry: number,
  backoff: BackoffSettings | BackoffFunction,
  random: number,
  previous: number | undefined,
): number {
  if (typeof backoff === 'function') return backoff(retry, random, previous ?? 0);
  const { base, factor, max, jitter } = backoff;
  // Past 2^1024 the power is Infinity, which a base of 0 turns into NaN: still a wait of 0.
  const exponential = Math.min(max, base * factor ** (retry - 1)) || 0;
  switch (jitter) {
    case 'full': return random * exponential;
    case 'equal': return (exponential + random * exponential) / 2;
    case 'decorrelated': return Math.min(max, base + random * Math.max(0, 3 * (previous ?? base) - base));
    case 'none': return exponential;
  }
}
