import { callOf, codeOf, isList, statuses, to, type Library } from '../rules.ts';
import { Code } from '../parse.ts';

export const fetchRetry: Library = {
  id: 'fetch-retry',
  title: 'fetch-retry 6',
  sample: 'fetch(url, {\n  retries: 3,\n  retryDelay: 1000,\n  retryOn: [503],\n})',
  defaults: { retries: 3, retryDelay: 1_000, retryOn: [] },
  notes: [
    'fetch-retry sends a lost POST again, and retries an abort; here a POST is sent once: `retryOn: { methods: [...] }` or `idempotencyKey`.',
    'It has no timeout; here an attempt has 10 s.',
    'It does not read `Retry-After`; here a wait is at least as long as that.',
  ],
  translate: {
    retries: to('retries'),
    retryDelay: (value) => {
      if (typeof value === 'number') return { options: { 'backoff.base': codeOf(value), 'backoff.factor': '1', 'backoff.jitter': "'none'" }, note: 'Fixed waits keep clients in step: prefer the default backoff with jitter.' };
      const isShort = value instanceof Code && (value.parameters ?? 2) < 2;
      return { options: { backoff: `(retry) => ${callOf(value, 'retry - 1')}` }, note: `Its attempts count from 0, ours from 1.${isShort ? '' : ' `backoff` gets neither error nor response: a wait that the response names is `retryAfter`.'}`, isManual: !isShort };
    },
    retryOn: (value, all) => (isList(value)
      ? { ...statuses()(value, all), ...(value.length === 0 ? { note: 'It retries no status, network errors alone. The default here is 408, 425, 429, 500, 502, 503 and 504.' } : {}) }
      : { options: { shouldRetry: `({ attempt, error, response }) => ${callOf(value, 'attempt - 1', 'error ?? null', 'response ?? null')}` }, note: 'Its attempts count from 0, ours from 1. Its function decides alone, without `retries`; here it works within `retries`.' }),
  },
};
