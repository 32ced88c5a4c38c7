import type { Clock, Fetch } from 'resilient-fetch';

export interface ServiceSettings {
  readonly clock: Clock;
  /** Requests per second that the service can serve at a time in milliseconds. Above 0. */
  readonly capacity: (now: number) => number;
  /** The longest queue. A request beyond it is shed at once, at no cost to the service. Default Infinity. */
  readonly queueLimit?: number;
  /** Makes the response to a request that is shed. Default a bare 503. */
  readonly shed?: () => Response;
  /** Called for each request that arrives. */
  readonly onRequest?: (now: number) => void;
}

// Responses without a body can be shared by all callers, and making one costs more than the rest of a call.
const ok = new Response(null, { status: 200 });
const overloaded = new Response(null, { status: 503 });

/** A queued request. Both fields are undefined once the caller has aborted and the request was cleared. */
interface QueuedRequest {
  signal: AbortSignal | null | undefined;
  respond: ((response: Response) => void) | undefined;
}

/** The number of served requests at the front of the queue above which the array is shortened. */
const compactAbove = 65_536;

/**
 * A service that serves one request after the other, first come first served. The service does not notice that a caller has
 * aborted, so it also spends its capacity on requests that nobody waits for.
 */
export class Service {
  readonly #settings: ServiceSettings;
  #queue: QueuedRequest[] = [];
  /** Index of the request in service. Those before it are served. */
  #head = 0;
  /** Index of the oldest request whose caller may still be waiting. */
  #oldestLive = 0;
  /** When the request in service is done. */
  #busyUntil = 0;
  served = 0;

  constructor(settings: ServiceSettings) {
    this.#settings = settings;
  }

  get queueLength(): number {
    return this.#queue.length - this.#head;
  }

  /** The `fetch` of the service's clients. An abort is not noticed: the promise stays pending. */
  readonly fetch: Fetch = (_input, { signal } = {}) => {
    const { clock, queueLimit = Infinity, shed, onRequest } = this.#settings;
    const now = clock.now();
    onRequest?.(now);
    if (this.queueLength >= queueLimit) return Promise.resolve(shed?.() ?? overloaded);
    return new Promise((resolve) => {
      this.#queue.push({ signal, respond: resolve });
      this.#clearAborted();
      if (this.queueLength === 1) this.#serve(Math.max(now, this.#busyUntil));
    });
  };

  /** Starts serving the first request at a time that may lie before now, because the clock moves in ticks. No capacity is lost so. */
  #serve(start: number): void {
    const { clock, capacity } = this.#settings;
    this.#busyUntil = start + 1_000 / capacity(start);
    clock.setTimeout(() => this.#respond(), this.#busyUntil - clock.now());
  }

  #respond(): void {
    this.#queue[this.#head]?.respond?.(ok);
    this.#head += 1;
    this.served += 1;
    if (this.#head > compactAbove) this.#compact();
    if (this.queueLength > 0) this.#serve(this.#busyUntil);
  }

  /** Releases aborted callers, oldest first, because each one references its whole call. Their requests stay in the queue. */
  #clearAborted(): void {
    this.#oldestLive = Math.max(this.#oldestLive, this.#head);
    let request = this.#queue[this.#oldestLive];
    while (request?.signal?.aborted) {
      request.respond = request.signal = undefined;
      this.#oldestLive += 1;
      request = this.#queue[this.#oldestLive];
    }
  }

  #compact(): void {
    this.#queue = this.#queue.slice(this.#head);
    this.#oldestLive = Math.max(0, this.#oldestLive - this.#head);
    this.#head = 0;
  }
}
