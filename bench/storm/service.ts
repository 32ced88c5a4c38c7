import type { Clock, Fetch } from 'resilient-fetch';

/** What a service is made of. */
export interface ServiceSettings {
  readonly clock: Clock;
  /** Requests a second that it can serve, at a time in milliseconds. Above 0. */
  readonly capacity: (now: number) => number;
  /** How many requests may wait; those above are refused at once, which costs it nothing. Default any number. */
  readonly limit?: number;
  /** What those that are refused get. Default a bare 503. */
  readonly refuse?: () => Response;
  /** Told of each request that comes. */
  readonly onRequest?: (now: number) => void;
}

// A Response without a body can be given to any number of callers, and making one costs more than the rest of a call.
const ok = new Response(null, { status: 200 });
const overloaded = new Response(null, { status: 503 });

/** A request that waits, and who for: nobody, once its caller has given up. */
interface Waiting {
  signal: AbortSignal | null | undefined;
  answer: ((response: Response) => void) | undefined;
}

/** Where a queue that was taken from at its front is made shorter. */
const tidyAt = 65_536;

/**
 * A service that takes one request after the other, first come first served. It does not know who still waits for an answer, and
 * so serves what is stale as well: a caller that has given up has left its work behind.
 */
export class Service {
  readonly #settings: ServiceSettings;
  #queue: Waiting[] = [];
  #first = 0;
  /** Where the first is that may still have a caller. */
  #wanted = 0;
  /** Until when it is busy with the first. */
  #busyUntil = 0;
  served = 0;

  constructor(settings: ServiceSettings) {
    this.#settings = settings;
  }

  get waiting(): number {
    return this.#queue.length - this.#first;
  }

  /** As a client calls it. That it has given up is not noticed. */
  readonly fetch: Fetch = (_input, { signal } = {}) => {
    const { clock, limit = Infinity, refuse, onRequest } = this.#settings;
    const now = clock.now();
    onRequest?.(now);
    if (this.waiting >= limit) return Promise.resolve(refuse?.() ?? overloaded);
    return new Promise((resolve) => {
      this.#queue.push({ signal, answer: resolve });
      this.#forget();
      if (this.waiting === 1) this.#begin(Math.max(now, this.#busyUntil));
    });
  };

  /** Begins with the first. What it is late by, as the clock moves in steps, is not lost. */
  #begin(at: number): void {
    const { clock, capacity } = this.#settings;
    this.#busyUntil = at + 1_000 / capacity(at);
    clock.setTimeout(() => this.#serve(), this.#busyUntil - clock.now());
  }

  #serve(): void {
    this.#queue[this.#first]?.answer?.(ok);
    this.#first += 1;
    this.served += 1;
    if (this.#first > tidyAt) this.#tidy();
    if (this.waiting > 0) this.#begin(this.#busyUntil);
  }

  /** Lets go of callers that have given up, the oldest first, as each holds all of its call. Their work stays. */
  #forget(): void {
    this.#wanted = Math.max(this.#wanted, this.#first);
    for (let next = this.#queue[this.#wanted]; next?.signal?.aborted; next = this.#queue[this.#wanted += 1]) next.answer = next.signal = undefined;
  }

  #tidy(): void {
    this.#queue = this.#queue.slice(this.#first);
    this.#wanted = Math.max(0, this.#wanted - this.#first);
    this.#first = 0;
  }
}
