/** DOMException, or an Error that is given a name where there is none (React Native). */
const NamedError: typeof DOMException = typeof DOMException === 'function' ? DOMException : class extends Error {
  constructor(message: string, name: string) {
    super(message);
    this.name = name;
  }
} as unknown as typeof DOMException;

const platform = globalThis as { readonly process?: { readonly versions?: { readonly undici?: string } } };

/** Node's fetch is undici, whose errors and bodies have some habits of their own. */
export const isUndici: boolean = platform.process?.versions?.undici !== undefined;

/** The reason of an abort that has none of its own. */
export const abortError = (message: string): Error => new NamedError(message, 'AbortError');

/**
 * The limit that ran out:
 * - `'attempt'`: `timeout`, the time from sending an attempt to its response headers;
 * - `'total'`: `totalTimeout`, the time for everything, the body too;
 * - `'body'`: `bodyTimeout`, the longest silence while the body is read.
 */
export type TimeoutScope = 'attempt' | 'total' | 'body';

const messages = {
  attempt: 'no response within',
  total: 'not complete within',
  body: 'no data from the body within',
};

/**
 * A limit ran out. Its `name` is `"TimeoutError"`, like that of the platform's own timeouts, so that code which
 * distinguishes errors by name keeps working. A DOMException, or an Error where the platform has none.
 *
 * @example
 * if (error instanceof TimeoutError && error.scope === 'total') showOffline();
 */
export class TimeoutError extends NamedError {
  /** The limit that ran out. */
  readonly scope: TimeoutScope;
  /** The limit, in milliseconds. */
  readonly timeout: number;

  constructor(scope: TimeoutScope, timeout: number, request = 'fetch', attempt = '') {
    super(`${request}: ${messages[scope]} ${timeout} ms${attempt}`, 'TimeoutError');
    this.scope = scope;
    this.timeout = timeout;
  }
}
