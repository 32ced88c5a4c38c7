import { anyMethod, callOf, codeOf, manual, only, to, type Counterpart, type Library } from '../rules.ts';
import { Code, type Value } from '../parse.ts';

const conditions: Readonly<Record<string, Counterpart>> = {
  isNetworkOrIdempotentRequestError: { note: 'Its default. Here a POST whose connection broke is not sent again.' },
  isIdempotentRequestError: { note: 'As here: GET, HEAD, OPTIONS, PUT and DELETE are retried.' },
  isSafeRequestError: { options: { 'retryOn.methods': "['GET', 'HEAD', 'OPTIONS']" } },
  isNetworkError: { options: { shouldRetry: '({ transient, response }) => transient && response === undefined' }, note: 'Here a lost POST is not sent again, unless `retryOn.methods` has it.' },
  isRetryableError: anyMethod,
};

/** Names of the library itself, with or without its object. */
const ownName = (value: Value): string => (value instanceof Code ? value.text.replace(/^axiosRetry\./, '') : '');

function backoffOf(value: Value): Counterpart {
  const name = ownName(value);
  const [, factor] = /^linearDelay(?:\(([\d_]*)\))?$/.exec(name) ?? [];
  if (value === 0) return { options: { backoff: '() => 0' }, note: 'Its default: no wait, but for a `Retry-After`. Retries without a wait multiply the load of a failing service: leave `backoff` out to get ours.' };
  if (name === 'exponentialDelay') return { options: { backoff: '(retry, random) => 100 * 2 ** retry * (1 + 0.2 * random)' }, note: 'Its jitter is up to 20 % on top; the default backoff here spreads more.' };
  if (name.startsWith('linearDelay') && /^linearDelay(?:\([\d_]*\))?$/.test(name)) return { options: { backoff: `(retry) => ${factor || '100'} * retry` } };
  if (value instanceof Code && value.text.includes('axiosRetry')) return { note: 'It calls axios-retry: write the wait as a function of the retry, from 1.', isManual: true };
  const isShort = value instanceof Code && (value.parameters ?? 2) < 2;
  return { options: { backoff: `(retry) => ${callOf(value, 'retry')}` }, ...(isShort ? {} : { note: '`backoff` gets no error: a wait that the response names is `retryAfter`.', isManual: true }) };
}

export const axiosRetry: Library = {
  id: 'axios-retry',
  title: 'axios-retry 4',
  sample: 'axiosRetry(axios, {\n  retries: 4,\n  retryDelay: axiosRetry.exponentialDelay,\n  shouldResetTimeout: true,\n})',
  defaults: { retries: 3, retryDelay: 0 },
  notes: [
    'axios throws for each status outside of 2xx; here the response is returned.',
    'By default axios-retry retries a network error of any method, and 429 or 5xx of idempotent methods. It retries no timeout. Here a lost POST is not sent again, a timeout is retried, and so are 408, 425, 429, 500, 502, 503 and 504.',
    'axios has no timeout by default; here an attempt has 10 s.',
    'It waits for a `Retry-After` of any length; here a response whose wait is above `maxRetryAfter`, 60 s, is returned.',
  ],
  translate: {
    retries: to('retries'),
    retryDelay: backoffOf,
    retryCondition: (value) => (Object.hasOwn(conditions, ownName(value)) ? conditions[ownName(value)] ?? {}
      : { note: 'Its function gets errors of axios. `shouldRetry` gets { error, response, transient, ... }, for good responses too: begin with `transient &&`.', isManual: true }),
    onRetry: manual('`onFailure` gets one record: { attempt, method, url, kind, status, error, delay, ... }.'),
    shouldResetTimeout: (value) => ({ note: value === true ? 'As here: `timeout` is for each attempt.' : 'The timeout of axios is for all attempts then: `totalTimeout`.' }),
    timeout: (value, { shouldResetTimeout }) => ({
      options: shouldResetTimeout === true ? { timeout: codeOf(value), bodyTimeout: codeOf(value) } : { timeout: 'false', totalTimeout: codeOf(value) },
      note: shouldResetTimeout === true ? 'The timeout of axios includes the body. `bodyTimeout` is the longest silence of the body.' : 'The timeout of axios is for all attempts, unless `shouldResetTimeout` is true.',
    }),
    validateResponse: only('The response is returned here, whatever its status.'),
    onMaxRetryTimesExceeded: manual('`failuresOf(result)` lists what failed.'),
  },
};
