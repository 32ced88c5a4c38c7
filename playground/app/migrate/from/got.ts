import { codeOf, manual, membersOf, methods, only, statuses, to, type Counterpart, type Library } from '../rules.ts';
import type { Value, Values } from '../parse.ts';

function backoffOf({ retry }: Values): Counterpart {
  const { noise = 100, backoffLimit } = membersOf(retry);
  const wait = '1_000 * 2 ** (retry - 1)';
  return {
    options: { backoff: `(retry, random) => ${backoffLimit === undefined || backoffLimit === Infinity ? wait : `Math.min(${wait}, ${codeOf(backoffLimit)})`} + ${codeOf(noise)} * random` },
    note: 'got waits 1, 2, 4 s and so on, with little jitter: the default backoff here begins at 200 ms and spreads more.',
  };
}

const attemptTimeout = (value: Value, hasResponse: boolean): Counterpart => ({
  options: { ...(hasResponse ? {} : { timeout: codeOf(value) }), bodyTimeout: codeOf(value) },
  note: 'got’s is for each attempt, its body included. `timeout` ends at the headers, and `bodyTimeout` is the longest silence of the body.',
});

export const got: Library = {
  id: 'got',
  title: 'got',
  sample: 'got(url, {\n  retry: { limit: 3, statusCodes: [429, 503], maxRetryAfter: 10000 },\n  timeout: { request: 30000, response: 5000 },\n})',
  defaults: { 'retry.limit': 2, 'retry.noise': 100 },
  notes: [
    'got throws an HTTPError for a bad status; here the response is returned.',
    'got has no timeout by default; here an attempt has 10 s.',
    'got retries 408, 413, 429, 500, 502, 503, 504, 521, 522 and 524 by default; here 408, 425, 429, 500, 502, 503 and 504.',
    'got uses Node’s own HTTP: connect and socket limits, cookies, pagination and HTTP/2 options have no counterpart.',
  ],
  translate: {
    'retry': to('retries'),
    'retry.limit': to('retries'),
    'retry.methods': methods(),
    'retry.statusCodes': statuses(),
    'retry.maxRetryAfter': to('maxRetryAfter'),
    'retry.noise': (_, all) => backoffOf(all),
    'retry.backoffLimit': only('Part of `backoff`.'),
    'retry.calculateDelay': manual('The wait is `backoff`, the decision `shouldRetry`.'),
    'retry.errorCodes': only('Every network error is transient here, unless the request cannot be sent twice.'),
    'timeout': (value) => attemptTimeout(value, false),
    'timeout.request': (value, { timeout }) => attemptTimeout(value, 'response' in membersOf(timeout)),
    'timeout.response': to('timeout', 'got’s begins when the request is sent; here connecting counts too.'),
    'timeout.read': to('bodyTimeout'),
    'hooks.beforeRetry': manual('`onFailure` sees each failure, a layer each request.'),
  },
};
