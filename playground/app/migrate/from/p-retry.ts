import { codeOf, manual, only, to, type Library } from '../rules.ts';

const attempt = 'Its function gets { error, attemptNumber, retriesLeft, ... }.';

export const pRetry: Library = {
  id: 'p-retry',
  title: 'p-retry 9',
  sample: 'pRetry(() => fetch(url), {\n  retries: 5,\n  minTimeout: 500,\n  randomize: true,\n})',
  defaults: { retries: 10, minTimeout: 1_000, randomize: false },
  notes: [
    'p-retry retries any function, so it cannot know methods, bodies, `Retry-After` or connections. It also retries a lost POST.',
    'It retries a 503 only if you throw; here it is retried.',
    'It has no timeout of an attempt; here an attempt has 10 s.',
    'It does not cap its waits; here `backoff.max` is 30 s.',
  ],
  translate: {
    retries: to('retries'),
    minTimeout: to('backoff.base'),
    factor: (value) => ({ options: { 'backoff.factor': value === 0 ? '1' : codeOf(value) } }),
    maxTimeout: (value) => (value === Infinity ? { note: 'No cap there. Here a wait is at most 30 s.' } : { options: { 'backoff.max': codeOf(value) } }),
    randomize: (value) => (value === true
      ? { options: { 'backoff.jitter': "'full'" }, note: '0 to the wait; its own is 1 to 2 times the wait.' }
      : { options: { 'backoff.jitter': "'none'" }, note: 'The waits are the same for all clients: prefer the default, full jitter.' }),
    maxRetryTime: to('totalTimeout', 'Here the limit ends the attempt in flight too.'),
    onFailedAttempt: manual(`${attempt} \`onFailure\` gets one record: { attempt, method, url, kind, status, error, delay, ... }.`),
    shouldRetry: manual(`${attempt} \`shouldRetry\` gets { attempt, error, response, transient }, for good responses too: begin with \`transient &&\`.`),
    shouldConsumeRetry: manual('No retry is free here.'),
    signal: manual('A signal belongs to one call: `api(url, { signal })`.'),
    unref: only('A wait here keeps the process alive.'),
  },
};
