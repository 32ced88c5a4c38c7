import { untilAborted } from '../abort-forwarding.ts';
import { contextOf, type AttemptContext, type Layer, type LayeredFetch } from '../attempt-context.ts';
import { callable } from '../checks.ts';
import { copyBeside, signalOf, type Init } from '../fetch-arguments.ts';
import { requestFacts } from '../request.ts';
import { callAsyncOption } from './permanent.ts';

/** Headers as fetch takes them. */
type HeadersLike = NonNullable<Init['headers']>;

/**
 * Creates a layer that sets headers for each attempt, such as the number of the attempt or a new signature. They replace those
 * of the same name that the caller gave; everything else of the request stays. The function may be async: an abort ends the
 * wait for it. The call rejects with what it throws. Throws for a value that is no function.
 *
 * @example
 * const api = resilientFetch.with({ layers: [setHeaders(({ attempt }) => ({ 'x-attempt': String(attempt) }))] });
 */
export function setHeaders(headers: (context: AttemptContext) => HeadersLike | PromiseLike<HeadersLike>): Layer {
  callable(headers, 'headers');
  return (next: LayeredFetch) => async (input, init, given) => {
    const context = contextOf(input, init, given);
    const copy = copyBeside(input, init);
    const merged = copy.headers = requestFacts(input, init).headers;
    // Invalid headers end the call too, because the next attempt would have the same.
    const created = callAsyncOption(async () => new Headers(await headers(context)));
    (await untilAborted(created, signalOf(input, init))).forEach((value, name) => merged.set(name, value));
    return next(input, copy, context);
  };
}
