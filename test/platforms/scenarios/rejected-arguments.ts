import { equal, rejectionOf } from './assert.ts';
import { errorShape } from './compare-with-fetch.ts';
import type { Context, Library, Engine, Scenario, Scenarios } from './scenario.ts';

/** Arguments that fetch rejects. */
const wrongArguments: Readonly<Record<string, readonly [string, Record<string, unknown>]>> = {
  'a bad URL': ['http://', {}],
  'a bad method': ['http://users.test/', { method: 'GET it' }],
  'a bad header': ['http://users.test/', { headers: { 'a b': 'c' } }],
  'a GET with a body': ['http://users.test/', { body: 'text' }],
};

/** Point 4 of the contract: expects fetch's own error and one attempt. */
const rejectsOnce = (url: string, init: Record<string, unknown>): Scenario => async ({ resilientFetch }, _testing, context) => {
  let attempts = 0;
  // The predicate must not cause a retry.
  const shouldRetry = (): boolean => true;
  const fetch = (input: Parameters<typeof globalThis.fetch>[0], given?: Parameters<typeof globalThis.fetch>[1]): Promise<Response> => {
    attempts += 1;
    return context.fetch(input, given);
  };

  const error = await rejectionOf(resilientFetch(url, { ...init, fetch, shouldRetry, backoff: { base: 0 } }));

  equal(errorShape(error), errorShape(await rejectionOf((async () => context.fetch(url, init))())));
  if (attempts > 1 && isAccepted(url, init)) return context.note('retried, because the Request constructor accepts the arguments that fetch rejects: https://github.com/oven-sh/bun/issues/18643');
  equal(attempts, 1, 'attempts');
};

/** Tries the platform's Request constructor, which decides if the arguments are wrong. */
function isAccepted(url: string, init: object): boolean {
  try {
    return new Request(url, init) !== undefined;
  } catch {
    return false;
  }
}

const argumentScenarios: Scenarios = Object.fromEntries(
  Object.entries(wrongArguments).map(([name, [url, init]]) => [`rejects ${name} once, like fetch`, rejectsOnce(url, init)]),
);

/** Expects fetch's own error, and one attempt on the engines whose errors have a cause. */
async function expectFailure(url: string, init: RequestInit, enginesWithCause: readonly Engine[], { resilientFetch, failuresOf }: Library, context: Context): Promise<void> {
  const { engine } = context;
  const expected = await context.fetch(url, init).then(({ status }) => status, errorShape);
  const call = resilientFetch(url, { ...init, retries: 1, backoff: { base: 0 } });
  const isResponse = typeof expected === 'number';
  const outcome = await (isResponse ? call.then(({ status }) => status) : rejectionOf(call));
  equal(isResponse ? outcome : errorShape(outcome), expected);
  if (isResponse) return context.note(`fetch ignores ${Object.keys(init).join()}${ignored[engine] ?? ''}`);
  if (!isAccepted(url, init)) return equal(failuresOf(outcome).length, 0, 'attempts with arguments that the Request constructor rejects');
  equal(failuresOf(outcome).length, enginesWithCause.includes(engine) ? 1 : 2, 'attempts');
  if (!enginesWithCause.includes(engine)) context.note('retried, because the error has no cause');
}

/** The issues about ignored options. */
const ignored: Partial<Record<Engine, string>> = {
  bun: ': https://github.com/oven-sh/bun/issues/5650',
  deno: ': https://github.com/denoland/deno/issues/20323',
};

type RequestInit = NonNullable<Parameters<typeof globalThis.fetch>[1]>;

export const rejectedArguments: Scenarios = {
  ...argumentScenarios,

  'does not retry a blocked port, an endless redirect or wrong integrity': async (library, _testing, context) => {
    const endless = String(new URL('/loop', context.url()));
    await expectFailure('http://127.0.0.1:1/', {}, ['node'], library, context);
    await expectFailure(endless, {}, ['node'], library, context);
    await expectFailure(context.url(200), { integrity: `sha256-${'A'.repeat(43)}=` }, ['node'], library, context);
  },

  'does not retry an untrusted certificate': (library, _testing, context) => expectFailure(context.untrustedUrl, {}, ['node', 'bun'], library, context),

  'rejects an unknown URL scheme once, like fetch': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const error = await rejectionOf(resilientFetch('gopher://users.test/', { backoff: { base: 0 } }));

    equal(errorShape(error), errorShape(await rejectionOf(context.fetch('gopher://users.test/'))));
    equal(failuresOf(error).length <= 1, true, 'at most one attempt');
  },

  'rejects a used Request, like fetch': async ({ resilientFetch }, _testing, context) => {
    const request = new Request(context.url(200), { method: 'POST', body: 'text' });
    await request.text();

    const error = await rejectionOf(resilientFetch(request));

    equal(errorShape(error), errorShape(await rejectionOf(context.fetch(request))));
    equal((await context.received()).length, 0, 'requests');
  },

  'rejects an invalid option and sends nothing': async ({ resilientFetch }, _testing, context) => {
    const invalid = [[{ retries: 0.5 }, 'RangeError'], [{ timeout: 0 }, 'RangeError'], [{ retries: '3' }, 'TypeError'], [{ backoff: { max: Infinity } }, 'RangeError']];
    for (const [init, name] of invalid) {
      // The cast is needed because the types reject these options.
      equal((await rejectionOf(resilientFetch(context.url(200), init as object)) as Error).name, name as string, JSON.stringify(init));
    }
    equal((await context.received()).length, 0, 'requests');
  },

  'throws in with() for an unknown option': async ({ resilientFetch }) => {
    const error = await rejectionOf((async () => resilientFetch.with({ retry: 3 } as object))());

    equal((error as Error).name, 'TypeError');
  },
};
