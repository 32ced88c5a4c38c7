/** A pending timer. */
export interface Timer {
  readonly at: number;
  readonly order: number;
  /** Absent once the timer has fired or was cleared. */
  callback: (() => void) | undefined;
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Timers in the order they are due: a binary heap, so that each costs little even among a hundred thousand. */
export class TimerQueue {
  /** The number of pending timers. */
  size = 0;
  #heap: Timer[] = [];
  #added = 0;

  add(at: number, callback: () => void): Timer {
    const timer = { at, order: this.#added++, callback };
    this.size += 1;
    this.#rise(timer);
    return timer;
  }

  /** Clears a timer. Its entry is removed when it is due, or when half of the entries are cleared ones. */
  clear(timer: Timer): void {
    if (timer.callback === undefined) return;
    timer.callback = undefined;
    this.size -= 1;
    if (this.#heap.length < 2 * this.size + 64) return;
    // A sorted array is a heap.
    this.#heap = this.#heap.filter(({ callback }) => callback !== undefined).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  /** Removes and returns the earliest timer that is due by then. */
  take(by: number): { at: number; callback: () => void } | undefined {
    for (let first = this.#heap[0]; first !== undefined && first.at <= by; first = this.#heap[0]) {
      const { at, callback } = first;
      this.#sink();
      if (callback === undefined) continue;
      first.callback = undefined;
      this.size -= 1;
      return { at, callback };
    }
    return undefined;
  }

  /** Inserts a timer above all later ones. */
  #rise(timer: Timer): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above] as Timer;
      if (isBefore(parent, timer)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = timer;
  }

  /** Removes the first timer, and fills its place with the last. */
  #sink(): void {
    const heap = this.#heap;
    // The heap is not empty, and each index below its length has a timer.
    const last = heap.pop() as Timer;
    let index = 0;
    for (let below = 1; below < heap.length; below = 2 * index + 1) {
      const [left, right] = [heap[below] as Timer, heap[below + 1]];
      const child = right !== undefined && isBefore(right, left) ? below + 1 : below;
      if (isBefore(last, heap[child] as Timer)) break;
      heap[index] = heap[child] as Timer;
      index = child;
    }
    if (heap.length > 0) heap[index] = last;
  }
}
