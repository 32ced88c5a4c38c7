import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { libraries } from '../app/migrate/libraries.ts';
import { parseOptions } from '../app/migrate/parse.ts';
import type { Library } from '../app/migrate/rules.ts';
import { programOf, translate, type Row } from '../app/migrate/translate.ts';
import { runInNode } from './browsers.ts';

const libraryOf = (id: string): Library => libraries.find((library) => library.id === id) as Library; // The tests name libraries that exist.

const rowsOf = (id: string, source: string): readonly Row[] => translate(libraryOf(id), parseOptions(source, libraryOf(id).parameters));

let files = 0;

/** The options that a program gives to the library. */
async function optionsOf(program: string): Promise<Record<string, unknown>> {
  files += 1;
  const { options } = await runInNode(`migrate-options-${files}`, program.replace(/^import.*$/m, '').replace('export const api = resilientFetch.with(', 'export const options = ('));
  return options as Record<string, unknown>;
}

type Backoff = (retry: number, random: number) => number;

/** The first waits of a function for the backoff, at a random number of one half. */
const waits = (backoff: unknown): number[] => [1, 2, 3].map((retry) => Math.round((backoff as Backoff)(retry, 0.5))); // The rows have a function here.

/** The decisions of a predicate: without a response, without and with a `Retry-After`. */
const decisions = (shouldRetry: unknown): boolean[] => [undefined, new Response(), new Response(null, { headers: { 'retry-after': '1' } })]
  .map((response) => (shouldRetry as (attempt: object) => boolean)({ transient: true, response })); // The rows have a function here.

const hintOnly = [true, false, true];

interface Case {
  readonly source: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** The names of what is left to a person. */
  readonly manual?: readonly string[];
}

/** A function for the backoff stands as its first waits, a predicate as its decisions. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  'urllib3': [
    { source: 'Retry()', options: { retries: 10, backoff: [0, 0, 0], retryOn: { statuses: [413, 429, 503] }, shouldRetry: hintOnly } },
    { source: 'Retry(3)', options: { retries: 3, backoff: [0, 0, 0], retryOn: { statuses: [413, 429, 503] }, shouldRetry: hintOnly } },
    { source: 'urllib3.util.Retry(3, None, 2, backoff_factor=0.5)', options: { retries: 3, backoff: [0, 1_000, 2_000], retryOn: { statuses: [413, 429, 503] }, shouldRetry: hintOnly } },
    { source: 'Retry.from_int(3)', options: { retries: 3, backoff: [0, 0, 0], retryOn: { statuses: [413, 429, 503] }, shouldRetry: hintOnly } },
    { source: 'HTTPAdapter(max_retries=3)', options: { retries: 3, backoff: [0, 0, 0], retryOn: { statuses: [413, 429, 503] }, shouldRetry: hintOnly } },
    { source: "session.mount('https://', HTTPAdapter(max_retries=Retry(total=2, status_forcelist={503})))", options: { retries: 2, backoff: [0, 0, 0], retryOn: { statuses: [503] } } },
    { source: 'PoolManager(retries=Retry(2, status_forcelist=(502,)))', options: { retries: 2, backoff: [0, 0, 0], retryOn: { statuses: [502] } } },
    { source: 'Retry(total=False)', options: { retries: 0, backoff: [0, 0, 0], retryOn: { statuses: [413, 429, 503] }, shouldRetry: hintOnly } },
    { source: 'Retry(total=None, connect=3)', options: { backoff: [0, 0, 0], retryOn: { statuses: [413, 429, 503] }, shouldRetry: hintOnly }, manual: ['total'] },
    {
      source: "retry = Retry(\n  total=2,  # it's 2, \"really\"\n  allowed_methods=None,\n  status_forcelist=[503],\n  # the end\n)",
      options: { retries: 2, backoff: [0, 0, 0], retryOn: { statuses: [503], methods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH'] } },
    },
    { source: "Retry(2, method_whitelist=['get', '#a'], status_forcelist=list(range(500, 503)))", options: { retries: 2, backoff: [0, 0, 0], retryOn: { statuses: [500, 501, 502], methods: ['GET', '#A'] } } },
    { source: 'Retry(2, backoff_factor=100, status_forcelist=[503])', options: { retries: 2, backoff: [0, 120_000, 120_000], retryOn: { statuses: [503] } } },
    { source: 'Retry(2, backoff_factor=1, backoff_max=3, backoff_jitter=0.5, status_forcelist=[503])', options: { retries: 2, backoff: [0, 2_250, 3_000], retryOn: { statuses: [503] } } },
    { source: 'Retry(2, backoff_jitter=1, status_forcelist=[503])', options: { retries: 2, backoff: [0, 500, 500], retryOn: { statuses: [503] } } },
    { source: 'Retry(2, status_forcelist=STATUSES, allowed_methods=Retry.DEFAULT_ALLOWED_METHODS)', options: { retries: 2, backoff: [0, 0, 0] }, manual: ['status_forcelist', 'allowed_methods'] },
    { source: 'Retry(2, retry_after_max=60, respect_retry_after_header=True, status_forcelist=[503])', options: { retries: 2, backoff: [0, 0, 0], maxRetryAfter: 60_000, retryOn: { statuses: [503] } } },
  ],
  'ky': [
    { source: '{ retry: 3 }', options: { retries: 3, backoff: { base: 300, jitter: 'none' } } },
    { source: '{ retry: { limit: 3, jitter: true } }', options: { retries: 3, backoff: { base: 300, jitter: 'full' } } },
    { source: '{ retry: { delay: (n) => 100 * n, backoffLimit: 250 } }', options: { retries: 2, backoff: [100, 200, 250] } },
    { source: '{ retry: { delay: (n) => 100 * n, jitter: true } }', options: { retries: 2, backoff: [50, 100, 150] } },
    { source: '{ retry: { methods: ["get", "post"], jitter: (ms) => ms }, timeout: false }', options: { retries: 2, retryOn: { methods: ['GET', 'POST'] }, timeout: false, backoff: { base: 300 } }, manual: ['retry.jitter'] },
    { source: 'ky.create({ ...shared, retry: { shouldRetry: ({ error }) => true } })', options: { retries: 2, backoff: { base: 300, jitter: 'none' } }, manual: ['...shared', 'retry.shouldRetry'] },
  ],
  'fetch-retry': [
    { source: '{}', options: { retries: 3, backoff: { base: 1_000, factor: 1, jitter: 'none' }, retryOn: { statuses: [] } } },
    { source: '{ retryDelay: (attempt) => 2 ** attempt * 1000, retryOn: [503] }', options: { retries: 3, backoff: [1_000, 2_000, 4_000], retryOn: { statuses: [503] } } },
    { source: '{ retryDelay(attempt, error, response) { return attempt * 10; }, retryOn: [503] }', options: { retries: 3, backoff: [0, 10, 20], retryOn: { statuses: [503] } }, manual: ['retryDelay'] },
  ],
  'axios-retry': [
    { source: 'axiosRetry(axios)', options: { retries: 3, backoff: [0, 0, 0] } },
    { source: '{ retryDelay: axiosRetry.linearDelay(200), retryCondition: axiosRetry.isSafeRequestError }', options: { retries: 3, backoff: [200, 400, 600], retryOn: { methods: ['GET', 'HEAD', 'OPTIONS'] } } },
    { source: '{ retryDelay: exponentialDelay, timeout: 5000 }', options: { retries: 3, backoff: [220, 440, 880], timeout: false, totalTimeout: 5_000 } },
    { source: '{ retryDelay: (n, error) => axiosRetry.exponentialDelay(n, error, 500) }', options: { retries: 3 }, manual: ['retryDelay'] },
    { source: '{ retryDelay: exponentialDelay, retryCondition: isNetworkError }', options: { retries: 3, backoff: [220, 440, 880], shouldRetry: [true, false, false] } },
    { source: '{ retryDelay: (n) => n * 7, timeout: 5000, shouldResetTimeout: true }', options: { retries: 3, backoff: [7, 14, 21], timeout: 5_000, bodyTimeout: 5_000 } },
    { source: '{ retryDelay: (n, error) => n * 7, retryCondition: (error) => true, onRetry: console.log }', options: { retries: 3, backoff: [7, 14, 21] }, manual: ['retryDelay', 'retryCondition', 'onRetry'] },
  ],
  'p-retry': [
    { source: '{ signal: controller.signal, retries: 2, factor: 0 }', options: { retries: 2, backoff: { base: 1_000, factor: 1, jitter: 'none' } }, manual: ['signal'] },
    { source: '{ minTimeout: 60 * 1000, maxTimeout: Infinity, maxRetryTime: 9_000, signal: undefined }', options: { retries: 10, backoff: { base: 60_000, jitter: 'none' }, totalTimeout: 9_000 } },
    { source: '{ maxTimeout: 500, randomize: true }', options: { retries: 10, backoff: { base: 1_000, max: 500, jitter: 'full' } } },
  ],
  'got': [
    { source: '{ retry: { limit: 1 } }', options: { retries: 1, backoff: [1_050, 2_050, 4_050] } },
    { source: '{ retry: { noise: 0, backoffLimit: 1500 }, timeout: { request: 2000 } }', options: { retries: 2, backoff: [1_000, 1_500, 1_500], timeout: 2_000, bodyTimeout: 2_000 } },
    { source: '{ timeout: { request: 2000, response: 500 } }', options: { retries: 2, backoff: [1_050, 2_050, 4_050], timeout: 500, bodyTimeout: 2_000 } },
    { source: '{ retry: { calculateDelay: () => 1, constructor: 2 } }', options: { retries: 2 }, manual: ['retry.calculateDelay', 'retry.constructor'] },
  ],
};

/** A sample of each library, and its options here. */
const samples: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'urllib3': { retries: 5, backoff: [0, 2_000, 4_000], retryOn: { statuses: [429, 502, 503], methods: ['GET', 'POST'] } },
  'ky': { timeout: 5_000, retries: 4, retryOn: { statuses: [429, 503] }, backoff: { max: 3_000, base: 300, jitter: 'none' } },
  'fetch-retry': { retries: 3, backoff: { base: 1_000, factor: 1, jitter: 'none' }, retryOn: { statuses: [503] } },
  'axios-retry': { retries: 4, backoff: [220, 440, 880] },
  'p-retry': { retries: 5, backoff: { base: 500, jitter: 'full' } },
  'got': { retries: 3, retryOn: { statuses: [429, 503] }, maxRetryAfter: 10_000, bodyTimeout: 30_000, timeout: 5_000, backoff: [1_050, 2_050, 4_050] },
};

describe('a translation', () => {
  for (const library of libraries) {
    for (const { source, options, manual = [] } of [{ source: library.sample, options: samples[library.id] ?? {} } as Case, ...cases[library.id] ?? []]) {
      it(`from ${library.id} has the same options: ${source}`, async () => {
        const rows = rowsOf(library.id, source);
        const program = programOf(rows);
        const actual = await optionsOf(program);
        const { backoff, shouldRetry } = actual;

        assert.deepEqual({ ...actual, ...(typeof backoff === 'function' ? { backoff: waits(backoff) } : {}), ...(Array.isArray(options.shouldRetry) ? { shouldRetry: decisions(shouldRetry) } : {}) }, options);
        // The library accepts them.
        await runInNode(`migrate-${files}`, program);
        assert.deepEqual(rows.filter(({ isManual }) => isManual).map(({ name }) => name), manual);
      });
    }
  }

  it('leaves each Retry-After aside where urllib3 does', async () => {
    const { retryAfter } = await optionsOf(programOf(rowsOf('urllib3', 'Retry(respect_retry_after_header=False)')));

    assert.equal((retryAfter as () => unknown)(), null);
  });

  it('calls the function of fetch-retry with its own arguments', async () => {
    const { shouldRetry } = await optionsOf(programOf(rowsOf('fetch-retry', '{ retryOn: (...values) => values }')));
    const call = shouldRetry as (attempt: object) => unknown;

    assert.deepEqual(call({ attempt: 1, response: 'response' }), [0, null, 'response']);
    assert.deepEqual(call({ attempt: 2, error: 'error' }), [1, 'error', null]);
  });

  it('names in the code what is left to a person', () => {
    assert.match(programOf(rowsOf('p-retry', '{ signal }')), /\n {2}\/\/ By hand: signal\n\}\);\n$/);
  });

  const hostile = ["it's", 'a "word"', 'back\\slash', 'two\nlines', '</script>', "'] }; process.exit(1); //"];
  for (const method of hostile) {
    it(`keeps a string a string: ${JSON.stringify(method)}`, async () => {
      const options = await optionsOf(programOf(rowsOf('ky', `{ retry: { methods: [${JSON.stringify(method)}] } }`)));

      assert.deepEqual(options.retryOn, { methods: [method.toUpperCase()] });
    });

    it(`keeps a name in a comment: ${JSON.stringify(method)}`, async () => {
      await optionsOf(programOf(rowsOf('ky', `{ ${JSON.stringify(method)}: 1, "a\\u2028b": 1 }`)));
    });
  }
});

describe('parseOptions', () => {
  const rows: readonly (readonly [id: string, source: string, message: RegExp])[] = [
    ['urllib3', 'Retry(total', /^Unexpected token \(1:11\)$/],
    ['urllib3', 'HTTPAdapter(max_retries=retries)', /^Paste the Retry\(\.\.\.\) that retries stands for$/],
    ['ky', 'retries', /^Paste an object, or a call with options$/],
  ];
  for (const [id, source, message] of rows) {
    it(`says what it cannot read: ${source}`, () => {
      assert.throws(() => rowsOf(id, source), { message });
    });
  }

  it('takes no name of an object for a word of Python', () => {
    assert.match(programOf(rowsOf('fetch-retry', '{ retries: constructor }')), /retries: constructor,/);
  });

  it('reads nothing as no options', () => {
    assert.deepEqual(parseOptions('  '), {});
  });
});
