import type { Clock } from 'resilient-fetch';
import { FakeClock } from 'resilient-fetch/testing';

/** What is due at one step: its timers, and the one timer of the clock beneath that fires them all. */
interface Step {
  readonly timers: Timer[];
  live: number;
  beneath: unknown;
}

interface Timer {
  readonly index: number;
  callback: (() => void) | undefined;
}

/**
 * A FakeClock that moves in steps, as a machine's clock does: what is due at one step fires together, in the order it was set.
 * A hundred thousand calls then take as many turns of the event loop as there are steps, and not one each.
 */
export class CoarseClock implements Clock {
  readonly #clock = new FakeClock({ turns: 1 });
  readonly #size: number;
  readonly #steps = new Map<number, Step>();

  /** @param size - milliseconds in a step; timers fire at the nearest */
  constructor(size: number) {
    this.#size = size;
  }

  now(): number {
    return this.#clock.now();
  }

  date(): number {
    return this.#clock.date();
  }

  /** How many timers wait. */
  get pending(): number {
    let pending = 0;
    for (const { live } of this.#steps.values()) pending += live;
    return pending;
  }

  setTimeout(callback: () => void, ms: number): Timer {
    const now = this.#clock.now();
    const index = Math.round((now + ms) / this.#size);
    const timer = { index, callback };
    const step = this.#steps.get(index);
    if (step !== undefined) {
      step.timers.push(timer);
      step.live += 1;
    } else {
      const beneath = this.#clock.setTimeout(() => this.#fire(index), index * this.#size - now);
      this.#steps.set(index, { timers: [timer], live: 1, beneath });
    }
    return timer;
  }

  clearTimeout(timer: unknown): void {
    // Only this clock's setTimeout makes what its clearTimeout is given.
    const known = timer as Timer | undefined;
    const step = known && this.#steps.get(known.index);
    if (step === undefined || known?.callback === undefined) return;
    known.callback = undefined;
    step.live -= 1;
    if (step.live > 0) return;
    this.#steps.delete(known.index);
    this.#clock.clearTimeout(step.beneath);
  }

  advance(ms: number): Promise<void> {
    return this.#clock.advance(ms);
  }

  #fire(index: number): void {
    const step = this.#steps.get(index);
    this.#steps.delete(index);
    for (const timer of step?.timers ?? []) {
      const { callback } = timer;
      timer.callback = undefined;
      callback?.();
    }
  }
}
