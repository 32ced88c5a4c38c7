import { numeric } from '../checks.ts';
import type { Clock } from '../clock.ts';
import { TimerQueue, type Timer } from './timer-queue.ts';
import { nextTurn } from './turn.ts';

/** Where a `FakeClock` starts, and how patient it is. */
export interface FakeClockOptions {
  /** The monotonic time at first, in milliseconds. Default 0. */
  now?: number;
  /** The wall time at first, in Unix milliseconds. Default 0, the first moment of 1970. */
  date?: number;
  /**
   * How many turns of the event loop things get to settle. Default 10, enough for streams and for requests to a server
   * in the same process; 1 is enough, and fastest, where all is promises.
   */
  turns?: number;
}

const duration = numeric('a finite number of milliseconds >= 0', (value) => value >= 0 && value < Infinity);
const count = numeric('an integer >= 1', (value) => value >= 1 && Number.isInteger(value));

/**
 * A clock that stands still until it is told to move: a test of an hour takes a millisecond, and is the same each time.
 *
 * @example
 * const clock = new FakeClock();
 * const fetch = scriptedFetch([503, 200], clock);
 * const call = resilientFetch('http://users.test/', { clock, fetch, random: () => 0.5 });
 *
 * await clock.advance(100);
 *
 * assert.equal((await call).status, 200);
 * assert.deepEqual(fetch.times, [0, 100]);
 */
export class FakeClock implements Clock {
  #now: number;
  #date: number;
  #turns: number;
  #timers: TimerQueue = new TimerQueue();
  /** The advance that is under way. */
  #moving: Promise<void> = Promise.resolve();

  constructor({ now = 0, date = 0, turns = 10 }: FakeClockOptions = {}) {
    this.#now = now;
    this.#date = date;
    this.#turns = count(turns, 'turns');
  }

  /** How many timers wait. 0 at the end of a test shows that nothing was left behind. */
  get pending(): number {
    return this.#timers.size;
  }

  /** The monotonic time, in milliseconds. */
  now(): number {
    return this.#now;
  }

  /** The wall time, in Unix milliseconds. It moves with the monotonic time, and can be stepped apart from it. */
  date(): number {
    return this.#date;
  }

  /** Sets a timer. As on the platform, NaN and what is below 0 count as 0. */
  setTimeout(callback: () => void, ms: number): unknown {
    return this.#timers.add(this.#now + Math.max(0, ms || 0), callback);
  }

  /** Clears a timer of this clock. One that has fired, or none, is let be. */
  clearTimeout(timer: unknown): void {
    // Only this clock's setTimeout makes what its clearTimeout is given.
    if (timer !== undefined) this.#timers.clear(timer as Timer);
  }

  /** Steps the wall time by `ms`, which may be negative, as its owner or a time server does. No timer notices. */
  stepDate(ms: number): void {
    this.#date += ms;
  }

  /**
   * Moves time on by `ms`. Each timer on the way fires at its own moment, those of one moment in the order they were set;
   * before each and at the end things get to settle, so that what one timer leads to can set the next.
   * `advance(0)` fires what is due now. One that is called before another has ended goes on from there. What a callback
   * throws, `advance` rejects with; and with a TypeError or RangeError for what is no finite number >= 0.
   */
  async advance(ms: number): Promise<void> {
    duration(ms, 'ms');
    const moved = this.#moving.then(() => this.#moveOn(ms));
    this.#moving = moved.catch(() => {});
    return moved;
  }

  async #moveOn(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.settle();
    for (let timer = this.#timers.take(end); timer !== undefined; timer = this.#timers.take(end)) {
      this.#moveTo(timer.at);
      timer.callback();
      await this.settle();
    }
    this.#moveTo(end);
  }

  /**
   * Lets promises, streams and I/O that is ready take their turns, while time stands still. Given a condition, waits as
   * long as it takes, which is for I/O of other processes: `await clock.settle(() => clock.pending === 1)`.
   */
  async settle(until?: () => boolean): Promise<void> {
    if (until === undefined) for (let turn = 0; turn < this.#turns; turn += 1) await nextTurn();
    else while (!until()) await nextTurn();
  }

  #moveTo(now: number): void {
    this.#date += now - this.#now;
    this.#now = now;
  }
}
