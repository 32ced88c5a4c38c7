import type { AttemptContext } from '../attempt-context.ts';
import { TimeoutError } from '../errors.ts';
import { isObject } from '../fetch-arguments.ts';

/**
 * Marks an error so that it ends the call, since a retry would not fix it. An error with a `transient` of its own keeps that, and
 * a primitive or frozen one cannot be marked: it counts as transient.
 */
export function permanent(error: unknown): unknown {
  // Not enumerable, because the error is the user's: logs and comparisons of it do not change.
  if (isObject(error) && !('transient' in error)) Reflect.defineProperty(error, 'transient', { value: false, writable: true });
  return error;
}

/** Calls a function of the user. The call ends with what the function throws. */
export function callOption<Result>(option: () => Result): Result {
  try {
    return option();
  } catch (error) {
    throw permanent(error);
  }
}

/** Calls a function of the user that may be async. The call ends with what the function throws or rejects with. */
export async function callAsyncOption<Result>(option: () => Result | PromiseLike<Result>): Promise<Result> {
  try {
    return await option();
  } catch (error) {
    throw permanent(error);
  }
}

/** The error of a wait that would end after the total timeout. Ends the call, because later attempts have less time. */
export const waitTooLong = ({ elapsed, left, method, url }: AttemptContext): unknown =>
  permanent(new TimeoutError('total', elapsed + left, `${method} ${url}`));
