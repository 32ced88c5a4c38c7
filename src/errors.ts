/** Which limit ran out: one attempt's, the whole call's, or the silence allowed while the body is read. */
export type TimeoutScope = 'attempt' | 'total' | 'body';

/**
 * A limit ran out. Its `name` is `"TimeoutError"`, as with the platform's own timeouts, so code that tells errors by
 * name keeps working.
 */
export class TimeoutError extends DOMException {
  /** Which limit ran out. */
  readonly scope: TimeoutScope;
  /** The limit, in milliseconds. */
  readonly timeout: number;

  constructor(scope: TimeoutScope, timeout: number) {
    super(`${messages[scope]} ${timeout} ms`, 'TimeoutError');
    this.scope = scope;
    this.timeout = timeout;
  }
}

const messages = {
  attempt: 'The attempt had no answer within',
  total: 'The call had not settled within',
  body: 'The body was silent for',
};

/** The error for a value that cannot be used: a TypeError if its type is wrong, a RangeError if only its size is. */
export function invalidOption(name: string, rule: string, value: unknown, Kind: ErrorConstructor): Error {
  return new Kind(`Cannot use '${name}' as it must be ${rule}: current value is ${shown(value)}`);
}

/** A value in words. Objects are told by their kind alone, as they may hold secrets, or no way to become a string. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const isPrimitive = value === null || (typeof value !== 'object' && typeof value !== 'function');
  return isPrimitive ? String(value) : Object.prototype.toString.call(value);
}
