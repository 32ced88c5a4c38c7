/** The limit that ran out: one attempt's, the whole call's, or the longest silence allowed while the body is read. */
export type TimeoutScope = 'attempt' | 'total' | 'body';

const messages = {
  attempt: 'No response within',
  total: 'The call did not settle within',
  body: 'No data from the body within',
};

/**
 * A limit ran out. Its `name` is `"TimeoutError"`, like that of the platform's own timeouts, so that code which
 * distinguishes errors by name keeps working.
 */
export class TimeoutError extends DOMException {
  /** The limit that ran out. */
  readonly scope: TimeoutScope;
  /** The limit, in milliseconds. */
  readonly timeout: number;

  constructor(scope: TimeoutScope, timeout: number) {
    super(`${messages[scope]} ${timeout} ms`, 'TimeoutError');
    this.scope = scope;
    this.timeout = timeout;
  }
}
