import { Code, type Value, type Values } from './parse.ts';

/** The counterpart of one option. */
export interface Counterpart {
  /** Our option, such as `retries` or `backoff.base`, and its code. */
  readonly options?: Readonly<Record<string, string>>;
  /** The difference in behaviour. */
  readonly note?: string;
}

export interface Library {
  readonly id: string;
  readonly title: string;
  /** Options to begin with. */
  readonly sample: string;
  /** The counterparts that apply when an option is not given, because its default is not ours. */
  readonly defaults: Values;
  /** What differs, whatever the options are. */
  readonly notes: readonly string[];
  /** Translates one option. Nested ones have names such as `retry.limit`. Undefined for an unknown option. */
  readonly translate: Readonly<Record<string, (value: Value, all: Values) => Counterpart>>;
}

const number = (value: Value): string =>
  typeof value === 'number' && Number.isInteger(value) ? value.toLocaleString('en').replaceAll(',', '_') : codeOf(value);

/** The code of a value that was pasted. */
export const codeOf = (value: Value): string => {
  if (value instanceof Code) return value.text;
  if (Array.isArray(value)) return `[${value.map((item: Value) => codeOf(item)).join(', ')}]`;
  return typeof value === 'string' ? `'${value}'` : String(value);
};

const methods = (value: Value): string => codeOf(Array.isArray(value) ? value.map((method: Value) => (typeof method === 'string' ? method.toUpperCase() : method)) : value);

const to = (option: string, format: (value: Value) => string = number, note?: string) => (value: Value): Counterpart =>
  ({ options: { [option]: format(value) }, ...(note === undefined ? {} : { note }) });
const only = (note: string) => (): Counterpart => ({ note });
const predicate = (note: string) => to('shouldRetry', codeOf, note);
const hook = to('onFailure', codeOf, 'It gets one record: { attempt, method, url, kind, status, error, delay, ... }.');

/** A list of statuses, or a function that decides. */
const retryOn = (value: Value): Counterpart => (Array.isArray(value)
  ? { options: { 'retryOn.statuses': codeOf(value) } }
  : { options: { shouldRetry: codeOf(value) }, note: 'shouldRetry takes one object, { attempt, error, response, transient }; attempts count from 1. It works within `retries`.' });

const perAttempt = 'ky’s timeout includes reading the body: add bodyTimeout or totalTimeout for that.';

export const libraries: readonly Library[] = [
  {
    id: 'urllib3',
    title: 'urllib3 Retry (requests)',
    sample: "Retry(\n    total=5,\n    backoff_factor=1,\n    status_forcelist=[429, 502, 503],\n    allowed_methods=frozenset(['GET', 'POST']),\n)",
    defaults: { total: 10, backoff_factor: 0 },
    notes: ['Waits have full jitter here by default. The function waits exactly as urllib3 does: prefer the default backoff.', 'urllib3 raises MaxRetryError; here you get the last response, or the original error.'],
    translate: {
      total: to('retries'),
      status_forcelist: to('retryOn.statuses'),
      allowed_methods: (value) => (value === false || value === null ? { note: 'Any method was retried: list the methods that are safe to send twice in retryOn.methods.' } : to('retryOn.methods', methods)(value)),
      backoff_factor: (value) => ({ options: { backoff: value === 0 ? '() => 0' : `(n) => n === 1 ? 0 : ${number(typeof value === 'number' ? 1_000 * value : value)} * 2 ** (n - 1)` } }),
      backoff_max: only('A cap of the waits: `backoff.max`, if you take the default backoff.'),
      backoff_jitter: only('Seconds of jitter on top; the default backoff here draws the whole wait at random.'),
      respect_retry_after_header: (value) => (value === false ? { options: { retryAfter: '() => null' } } : {}),
      raise_on_status: only('`if (!response.ok) throw ...`'),
      connect: only('`retries` counts all failures together.'),
      read: only('`retries` counts all failures together.'),
      status: only('`retries` counts all failures together.'),
      redirect: only('Redirects are fetch’s own: `redirect`.'),
    },
  },
  {
    id: 'ky',
    title: 'ky 2',
    sample: "ky.get(url, {\n  timeout: 5000,\n  retry: { limit: 4, statusCodes: [429, 503], backoffLimit: 3000 },\n})",
    defaults: { 'retry.limit': 2, 'retry.delay': 300 },
    notes: ['ky throws an HTTPError for a bad status; here the response is returned.', 'ky does not retry a timeout by default; here a timeout is transient.', 'ky’s own API (json, searchParams, hooks) has no counterpart: to keep it, give ky this fetch.'],
    translate: {
      'retry': to('retries'),
      'retry.limit': to('retries'),
      'retry.methods': to('retryOn.methods', methods),
      'retry.statusCodes': to('retryOn.statuses'),
      'retry.delay': (value) => (typeof value === 'number' ? { options: { 'backoff.base': number(value), 'backoff.jitter': "'none'" } } : { options: { backoff: codeOf(value) } }),
      'retry.backoffLimit': to('backoff.max'),
      'retry.jitter': (value) => ({ options: { 'backoff.jitter': value === false ? "'none'" : "'full'" } }),
      'retry.maxRetryAfter': to('maxRetryAfter', number, 'Above it ky waits that long and retries; here the response is returned.'),
      'retry.shouldRetry': predicate('Called for good responses too: begin with `transient &&`.'),
      'timeout': to('timeout', number, perAttempt),
      'totalTimeout': to('totalTimeout'),
      'hooks.beforeRetry': only('`onFailure` sees each failure, a layer each request.'),
    },
  },
  {
    id: 'fetch-retry',
    title: 'fetch-retry 6',
    sample: 'fetch(url, {\n  retries: 3,\n  retryDelay: 1000,\n  retryOn: [503],\n})',
    defaults: { retries: 3, retryDelay: 1_000 },
    notes: ['fetch-retry sends a lost POST again, and retries an abort; here a POST is sent once: `retryOn: { methods: [...] }` or `idempotencyKey`.', 'It has no timeout; here an attempt has 10 s.', 'Without retryOn it retries no status; here 408, 425, 429, 500, 502, 503 and 504 are retried.'],
    translate: {
      retries: to('retries'),
      retryDelay: (value) => (typeof value === 'number'
        ? { options: { 'backoff.base': number(value), 'backoff.factor': '1', 'backoff.jitter': "'none'" }, note: 'Fixed waits keep clients in step: prefer the default backoff with jitter.' }
        : { options: { backoff: codeOf(value) }, note: 'The function gets the number of the retry from 1, not from 0.' }),
      retryOn,
    },
  },
  {
    id: 'axios-retry',
    title: 'axios-retry 4',
    sample: 'axiosRetry(axios, {\n  retries: 4,\n  retryDelay: axiosRetry.exponentialDelay,\n  shouldResetTimeout: true,\n})',
    defaults: { retries: 3, retryDelay: 0 },
    notes: ['Axios throws for each status outside of 2xx; here the response is returned.', 'axios-retry does not wait by default; here the backoff is exponential with full jitter.'],
    translate: {
      retries: to('retries'),
      retryDelay: (value) => {
        const text = codeOf(value);
        if (text.includes('exponentialDelay')) return { options: { backoff: '(retry, random) => 100 * 2 ** retry * (1 + 0.2 * random)' }, note: 'Its jitter is up to 20 % on top; the default backoff here spreads more.' };
        if (text.includes('linearDelay')) return { options: { backoff: '(retry) => 100 * retry' } };
        return value === 0 ? { options: { backoff: '() => 0' }, note: 'Retries without a wait triple the load of a failing service: leave `backoff` out to get ours.' } : { options: { backoff: text } };
      },
      retryCondition: predicate('Called for good responses too: begin with `transient &&`. The argument is { error, response, transient, ... }.'),
      onRetry: hook,
      shouldResetTimeout: (value) => ({ note: value === true ? 'As here: `timeout` is for each attempt.' : 'Its timeout was for all attempts: that is `totalTimeout` here.' }),
      onMaxRetryTimesExceeded: only('`failuresOf(result)` lists what failed.'),
    },
  },
  {
    id: 'p-retry',
    title: 'p-retry 9',
    sample: 'pRetry(() => fetch(url), {\n  retries: 5,\n  minTimeout: 500,\n  randomize: true,\n})',
    defaults: { retries: 10, minTimeout: 1_000 },
    notes: ['p-retry retries any function, so it cannot know methods, bodies, `Retry-After` or connections. It also retries a lost POST.', 'It retries a 503 only if you throw; here it is retried.', 'It does not cap its waits; here `backoff.max` is 30 s.'],
    translate: {
      retries: to('retries'),
      minTimeout: (value, all) => ({ options: { 'backoff.base': number(value), ...(all.randomize === true ? {} : { 'backoff.jitter': "'none'" }) } }),
      factor: to('backoff.factor'),
      maxTimeout: (value) => (value === Infinity ? {} : to('backoff.max')(value)),
      randomize: (value) => (value === true ? { options: { 'backoff.jitter': "'full'" }, note: '0 to the wait; its own is 1 to 2 times the wait.' } : {}),
      maxRetryTime: to('totalTimeout', number, 'Here the limit ends the attempt in flight too.'),
      onFailedAttempt: hook,
      shouldRetry: predicate('Called for good responses too: begin with `transient &&`. The argument is { error, response, transient, ... }.'),
      signal: to('signal', codeOf),
    },
  },
  {
    id: 'got',
    title: 'got',
    sample: 'got(url, {\n  retry: { limit: 3, statusCodes: [429, 503], maxRetryAfter: 10000 },\n  timeout: { request: 30000, response: 5000 },\n})',
    defaults: { 'retry.limit': 2, 'retry.noise': 100 },
    notes: ['got throws an HTTPError for a bad status; here the response is returned.', 'got uses Node’s own HTTP: connect and socket limits, cookies, pagination and HTTP/2 options have no counterpart.'],
    translate: {
      'retry.limit': to('retries'),
      'retry.methods': to('retryOn.methods', methods),
      'retry.statusCodes': to('retryOn.statuses'),
      'retry.maxRetryAfter': to('maxRetryAfter'),
      'retry.noise': (value) => ({ options: { backoff: `(retry, random) => 1_000 * 2 ** (retry - 1) + ${number(value)} * random` }, note: 'got waits 1, 2, 4 s and so on, with little jitter: the default backoff here begins at 200 ms and spreads more.' }),
      'retry.backoffLimit': only('A cap of the waits: `backoff.max`, if you take the default backoff.'),
      'retry.calculateDelay': only('The wait is `backoff`, the decision `shouldRetry`.'),
      'retry.errorCodes': only('Every network error is transient here, unless the request cannot be sent twice.'),
      'timeout.request': to('totalTimeout'),
      'timeout.response': to('timeout'),
      'timeout.read': to('bodyTimeout'),
      'hooks.beforeRetry': only('`onFailure` sees each failure, a layer each request.'),
    },
  },
];

/** The options of two levels, with names such as `retry.limit`. */
const flatten = (values: Values): [name: string, value: Value][] => Object.entries(values).flatMap(([name, value]) =>
  typeof value === 'object' && value !== null && !(value instanceof Code) && !Array.isArray(value)
    // Neither a list nor code: the members of an option.
    ? Object.entries(value as Values).map(([member, inner]): [string, Value] => [`${name}.${member}`, inner])
    : [[name, value]]);

export interface Row extends Counterpart {
  readonly name: string;
  readonly value: string;
  readonly isDefault: boolean;
}

/** Translates options one by one: first those that were given, then the defaults that are not ours. */
export function translate({ defaults, translate: rules }: Library, values: Values): readonly Row[] {
  const given = flatten(values);
  const isGiven = (name: string): boolean => given.some(([other]) => other === name || (other === 'retry' && name === 'retry.limit') || (name === 'retry.noise' && other === 'retry.calculateDelay'));
  return [...given, ...Object.entries(defaults).filter(([name]) => !isGiven(name))].map(([name, value], index) => ({
    name,
    value: codeOf(value),
    isDefault: index >= given.length,
    ...(Object.hasOwn(rules, name) ? rules[name]?.(value, values) : { note: 'No counterpart is known.' }),
  }));
}

/** The call with our options. A function for `backoff` replaces its settings. */
export function codeOfRows(rows: readonly Row[]): string {
  const options = new Map(rows.flatMap(({ options = {} }) => Object.entries(options)));
  const lines = new Map<string, string[]>();
  for (const [path, code] of options) {
    const [name = '', member] = path.split('.');
    if (member !== undefined && options.has(name)) continue;
    lines.set(name, [...(lines.get(name) ?? []), member === undefined ? code : `${member}: ${code}`]);
  }
  const isNested = (name: string): boolean => !options.has(name);
  const body = [...lines].map(([name, parts]) => `  ${name}: ${isNested(name) ? `{ ${parts.join(', ')} }` : parts.join('')},\n`).join('');
  return `import { resilientFetch } from 'resilient-fetch';\n\nexport const api = resilientFetch.with({\n${body}});\n`;
}
