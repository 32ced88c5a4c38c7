import type { Clock } from 'resilient-fetch';
import { FakeClock } from 'resilient-fetch/testing';

/** The timers that are due at one tick, and the one timer of the FakeClock that fires them all. */
interface Tick {
  readonly timers: Timer[];
  pending: number;
  readonly fakeTimer: unknown;
}

interface Timer {
  readonly tick: number;
  callback: (() => void) | undefined;
}

/**
 * A FakeClock that moves in ticks, like the clock of a machine. All timers of one tick fire together, in the order they were set.
 * A hundred thousand calls then take one turn of the event loop per tick, not one per timer.
 */
export class CoarseClock implements Clock {
  readonly #clock = new FakeClock({ turns: 1 });
  readonly #resolution: number;
  readonly #ticks = new Map<number, Tick>();

  /** @param resolution - milliseconds between two ticks. A timer fires at the nearest tick, but a wait above 0 never at the present one */
  constructor(resolution: number) {
    this.#resolution = resolution;
  }

  now(): number {
    return this.#clock.now();
  }

  date(): number {
    return this.#clock.date();
  }

  /** The number of pending timers. */
  get pending(): number {
    let pending = 0;
    for (const tick of this.#ticks.values()) pending += tick.pending;
    return pending;
  }

  setTimeout(callback: () => void, ms: number): Timer {
    const now = this.#clock.now();
    const nearest = Math.round((now + ms) / this.#resolution);
    const index = ms > 0 ? Math.max(nearest, Math.floor(now / this.#resolution + 0.001) + 1) : nearest;
    const timer = { tick: index, callback };
    const tick = this.#ticks.get(index);
    if (tick !== undefined) {
      tick.timers.push(timer);
      tick.pending += 1;
    } else {
      const fakeTimer = this.#clock.setTimeout(() => this.#fire(index), index * this.#resolution - now);
      this.#ticks.set(index, { timers: [timer], pending: 1, fakeTimer });
    }
    return timer;
  }

  clearTimeout(handle: unknown): void {
    // The cast is safe because callers pass only what this clock's setTimeout returned, or undefined.
    const timer = handle as Timer | undefined;
    const tick = timer && this.#ticks.get(timer.tick);
    if (tick === undefined || timer?.callback === undefined) return;
    timer.callback = undefined;
    tick.pending -= 1;
    if (tick.pending > 0) return;
    this.#ticks.delete(timer.tick);
    this.#clock.clearTimeout(tick.fakeTimer);
  }

  advance(ms: number): Promise<void> {
    return this.#clock.advance(ms);
  }

  #fire(index: number): void {
    const tick = this.#ticks.get(index);
    this.#ticks.delete(index);
    for (const timer of tick?.timers ?? []) {
      const { callback } = timer;
      timer.callback = undefined;
      callback?.();
    }
  }
}
