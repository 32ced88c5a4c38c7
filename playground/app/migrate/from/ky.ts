import { callOf, codeOf, manual, membersOf, methods, only, statuses, to, type Library } from '../rules.ts';

export const ky: Library = {
  id: 'ky',
  title: 'ky 2',
  sample: 'ky.get(url, {\n  timeout: 5000,\n  retry: { limit: 4, statusCodes: [429, 503], backoffLimit: 3000 },\n})',
  defaults: { 'retry.limit': 2, 'retry.delay': 300, 'retry.jitter': false },
  notes: [
    'ky throws an HTTPError for a bad status; here the response is returned.',
    'ky does not retry a timeout by default; here a timeout is transient.',
    'ky retries 408, 413, 429, 500, 502, 503 and 504 by default; here 425 is retried, and 413 is not.',
    'ky does not cap its waits, nor those that a server names; here `backoff.max` is 30 s and `maxRetryAfter` 60 s.',
    'ky’s own API (json, searchParams, hooks) has no counterpart: to keep it, give ky this fetch.',
  ],
  translate: {
    'retry': to('retries'),
    'retry.limit': to('retries'),
    'retry.methods': methods(),
    'retry.statusCodes': statuses(),
    'retry.afterStatusCodes': only('Here a `Retry-After` is read at each status that is retried.'),
    'retry.delay': (value, { retry }) => {
      if (typeof value === 'number') return { options: { 'backoff.base': codeOf(value) } };
      const { backoffLimit = Infinity, jitter } = membersOf(retry);
      const wait = `${jitter === true ? 'random * ' : ''}${callOf(value, 'retry')}`;
      return { options: { backoff: `(retry${jitter === true ? ', random' : ''}) => ${backoffLimit === Infinity ? wait : `Math.min(${codeOf(backoffLimit)}, ${wait})`}` } };
    },
    'retry.backoffLimit': to('backoff.max'),
    'retry.jitter': (value) => (typeof value === 'boolean'
      ? { options: { 'backoff.jitter': value ? "'full'" : "'none'" }, ...(value ? {} : { note: 'The waits are the same for all clients: prefer the default, full jitter.' }) }
      : { note: 'A function of the wait: write it into `backoff: (retry, random) => ms`.', isManual: true }),
    'retry.maxRetryAfter': to('maxRetryAfter', 'Above it ky waits that long and retries; here the response is returned.'),
    'retry.shouldRetry': manual('`shouldRetry` gets { attempt, error, response, transient }, for good responses too: begin with `transient &&`.'),
    'retry.retryOnTimeout': (value) => (value === true ? { note: 'As here.' } : { note: 'Here a timeout is retried: `shouldRetry` can decline it.', isManual: true }),
    'timeout': to('timeout', 'ky’s is for each attempt, and once more for reading the body: add `bodyTimeout` or `totalTimeout` for that.'),
    'totalTimeout': to('totalTimeout'),
    'hooks.beforeRetry': manual('`onFailure` sees each failure, a layer each request.'),
  },
};
