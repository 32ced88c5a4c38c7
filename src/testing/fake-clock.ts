import { numeric } from '../checks.ts';
import type { Clock } from '../clock.ts';
import { TimerQueue, type Timer } from './timer-queue.ts';
import { nextTurn } from './turn.ts';

/** The start of a `FakeClock`, and the turns it allows for promises to settle. */
export interface FakeClockOptions {
  /** The monotonic time at the start, in milliseconds. Default 0. */
  now?: number;
  /** The wall time at the start, in Unix milliseconds. Default 0, the first moment of 1970. */
  date?: number;
  /**
   * The number of turns of the event loop in which promises, streams and I/O may settle. Default 10, enough for streams and
   * for requests to a server in the same process. 1 is enough, and fastest, where there are only promises.
   */
  turns?: number;
}

const checkDuration = numeric('a finite number of milliseconds >= 0', 0, Number.MAX_VALUE);
const checkTurns = numeric('an integer >= 1', 1, Number.MAX_VALUE, true);

/**
 * A clock that stands still until you advance it: a test of an hour takes a millisecond, and is the same each time.
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
  readonly #turns: number;
  readonly #timers: TimerQueue = new TimerQueue();
  /** The latest advance, which the next one waits for. */
  #moving: Promise<void> = Promise.resolve();

  constructor({ now = 0, date = 0, turns = 10 }: FakeClockOptions = {}) {
    this.#now = now;
    this.#date = date;
    this.#turns = checkTurns(turns, 'turns');
  }

  /** The number of pending timers. 0 at the end of a test shows that nothing was left behind. */
  get pending(): number {
    return this.#timers.size;
  }

  /** The monotonic time, in milliseconds. */
  now(): number {
    return this.#now;
  }

  /** The wall time, in Unix milliseconds. Moves with the monotonic time, and can be stepped apart from it. */
  date(): number {
    return this.#date;
  }

  /** Sets a timer. As on the platform, NaN and negative numbers count as 0. */
  setTimeout(callback: () => void, ms: number): unknown {
    return this.#timers.add(this.#now + Math.max(0, ms || 0), callback);
  }

  /** Clears a timer of this clock. Does nothing for one that has fired, or for `undefined`. */
  clearTimeout(timer: unknown): void {
    // The value came from this clock's setTimeout.
    if (timer !== undefined) this.#timers.clear(timer as Timer);
  }

  /** Steps the wall time by `ms`, which may be negative, as a time server does. Timers do not change. */
  stepDate(ms: number): void {
    this.#date += ms;
  }

  /**
   * Advances time by `ms`. Each timer fires at its own moment, those of one moment in the order they were set. Before each
   * timer and at the end, promises settle, so that they can set the next timer.
   * `advance(0)` fires the timers that are due now. Calls run one after another. Rejects with what a callback throws, and with
   * a TypeError or RangeError unless `ms` is a finite number >= 0.
   */
  async advance(ms: number): Promise<void> {
    checkDuration(ms, 'ms');
    return this.#queue(() => this.#moveOn(ms));
  }

  /**
   * Advances until the promise settles, and settles as the promise does, so that the rejection of a call is never unhandled.
   * Rejects with an Error where no timer is left and the promise is still pending.
   *
   * @example
   * await assert.rejects(clock.run(resilientFetch(url, { clock, fetch })), TimeoutError);
   */
  async run<Value>(promise: PromiseLike<Value>): Promise<Value> {
    let isPending = true;
    const onSettled = (): void => { isPending = false; };
    promise.then(onSettled, onSettled);
    await this.#queue(() => this.#fireTimers(Infinity, () => !isPending));
    if (isPending) throw new Error('FakeClock: the promise is pending, and no timer is left');
    return promise;
  }

  /** Lets an advance begin when the one before has ended. */
  #queue(advance: () => Promise<void>): Promise<void> {
    const advanced = this.#moving.then(advance);
    this.#moving = advanced.catch(() => {});
    return advanced;
  }

  async #moveOn(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.#fireTimers(end, () => false);
    this.#moveTo(end);
  }

  async #fireTimers(end: number, isDone: () => boolean): Promise<void> {
    await this.settle();
    for (let timer = this.#takeUnless(isDone, end); timer !== undefined; timer = this.#takeUnless(isDone, end)) {
      this.#moveTo(timer.at);
      timer.callback();
      await this.settle();
    }
  }

  #takeUnless(isDone: () => boolean, end: number): ReturnType<TimerQueue['take']> {
    return isDone() ? undefined : this.#timers.take(end);
  }

  /**
   * Runs promises, streams and I/O that are ready, while time stands still. With a condition, waits until it holds, for I/O
   * of other processes: `await clock.settle(() => clock.pending === 1)`.
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
