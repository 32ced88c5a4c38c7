import { anyMethod, codeOf, isList, isObject, manual, methods, only, statuses, to, type Library } from '../rules.ts';
import { Code, type Value, type Values } from '../parse.ts';

const together = '`retries` counts all failures together.';

/** Seconds as code in milliseconds. */
const milliseconds = (value: Value): string => (typeof value === 'number' ? codeOf(value * 1_000) : `1_000 * ${codeOf(value)}`);

/** The wait of urllib3: none before the first retry, then exponential, with jitter on top, and a cap over all. */
function backoffOf({ backoff_factor: factor = 0, backoff_jitter: jitter = 0, backoff_max: max = 120 }: Values): string {
  if (factor === 0 && jitter === 0) return '() => 0';
  const parts = [...(factor === 0 ? [] : [`${milliseconds(factor)} * 2 ** (retry - 1)`]), ...(jitter === 0 ? [] : [`${milliseconds(jitter)} * random`])];
  return `(retry${jitter === 0 ? '' : ', random'}) => retry === 1 ? 0 : Math.min(${milliseconds(max)}, ${parts.join(' + ')})`;
}

const inBackoff = only('Part of `backoff`.');

const allowed: Library['translate'][string] = (value, all) => (value === null || value === false || (isList(value) && value.length === 0) ? anyMethod : methods()(value, all));

/** The argument of requests' HTTPAdapter, or of a pool, contains the Retry, or its total. */
function normalize(values: Values): Values {
  const { max_retries: own, retries: inner = own, ...rest } = values;
  if (inner === undefined) return values;
  if (inner instanceof Code) throw new SyntaxError(`Paste the Retry(...) that ${inner.text} stands for`);
  return isObject(inner) ? { ...rest, ...inner } : { ...rest, total: inner };
}

const isPython = (value: Value): boolean => value instanceof Code || (isList(value) && value.some(isPython));

/** Code of Python cannot be run here. */
const dataOnly = (rules: Library['translate']): Library['translate'] => Object.fromEntries(Object.entries(rules).map(([name, rule]) =>
  [name, (value: Value, all: Values) => (isPython(value) ? { note: 'This is code of Python: paste its value.', isManual: true } : rule(value, all))]));

export const urllib3: Library = {
  id: 'urllib3',
  title: 'urllib3 Retry (requests)',
  sample: "Retry(\n    total=5,\n    backoff_factor=1,\n    status_forcelist=[429, 502, 503],\n    allowed_methods=frozenset(['GET', 'POST']),\n)",
  parameters: ['total', 'connect', 'read', 'redirect', 'status', 'other', 'allowed_methods', 'status_forcelist', 'backoff_factor', 'backoff_max'],
  normalize,
  defaults: { total: 10, backoff_factor: 0, status_forcelist: null },
  notes: [
    'Its wait is the same for all clients unless `backoff_jitter` is set. The function waits exactly as urllib3 does; the default backoff here spreads the clients.',
    'With a `Retry-After`, urllib3 retries 413, 429 and 503 even if they are not in `status_forcelist`; here the list alone decides.',
    'urllib3 waits for a `Retry-After` of any length, or up to 6 hours in its newest versions. Here a response whose wait is above `maxRetryAfter`, 60 s, is returned.',
    'urllib3 raises MaxRetryError; here you get the last response, or the original error.',
    'requests has no timeout by default; here an attempt has 10 s.',
  ],
  translate: dataOnly({
    total: (value) => (value === null ? { note: 'Without a total, urllib3 counts each kind of failure: choose `retries`.', isManual: true } : { options: { retries: value === false ? '0' : codeOf(value) } }),
    status_forcelist: (value, all) => (value === null || (isList(value) && value.length === 0)
      ? {
        options: { 'retryOn.statuses': '[413, 429, 503]', shouldRetry: "({ transient, response }) => transient && (response === undefined || response.headers.has('retry-after'))" },
        note: 'urllib3 retries these only with a `Retry-After`. The default here is 408, 425, 429, 500, 502, 503 and 504, with and without one.',
      }
      : statuses()(value, all)),
    allowed_methods: allowed,
    method_whitelist: allowed,
    backoff_factor: (_, all) => ({ options: { backoff: backoffOf(all) }, note: 'At most `backoff_max`, which is 120 s by default.' }),
    backoff_max: inBackoff,
    backoff_jitter: inBackoff,
    respect_retry_after_header: (value) => (value === false ? { options: { retryAfter: '() => null' } } : {}),
    retry_after_max: (value) => ({ options: { maxRetryAfter: milliseconds(value) }, note: 'Above it urllib3 waits that long and retries; here the response is returned.' }),
    raise_on_status: only('`if (!response.ok) throw ...`'),
    connect: only(together),
    read: only(together),
    status: only(together),
    other: only(together),
    redirect: only('Redirects are those of fetch: `redirect`.'),
    raise_on_redirect: only('Redirects are those of fetch: `redirect`.'),
    remove_headers_on_redirect: only('fetch itself drops `Authorization` when a redirect leaves the origin.'),
    timeout: to('timeout', 'Seconds there. Its read timeout is a silence, also in the body: `bodyTimeout`.', milliseconds),
    history: manual('`failuresOf(result)` lists what failed.'),
  }),
};
