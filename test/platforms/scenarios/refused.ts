import { equal, rejectionOf } from './assert.ts';
import { shape } from './native.ts';
import type { Context, Library, Platform, Scenario, Scenarios } from './scenario.ts';

/** Contract, point 4: what fetch refuses, it refuses once, with its own error. */
const arguments_: Readonly<Record<string, readonly [string, Record<string, unknown>]>> = {
  'a bad URL': ['http://', {}],
  'a bad method': ['http://users.test/', { method: 'GET it' }],
  'a bad header': ['http://users.test/', { headers: { 'a b': 'c' } }],
  'a GET with a body': ['http://users.test/', { body: 'text' }],
};

const refuses = (url: string, init: Record<string, unknown>): Scenario => async ({ resilientFetch }, _testing, context) => {
  let attempts = 0;
  // Nor does a predicate overrule it.
  const shouldRetry = (): boolean => true;
  const fetch = (input: Parameters<typeof globalThis.fetch>[0], given?: Parameters<typeof globalThis.fetch>[1]): Promise<Response> => {
    attempts += 1;
    return context.fetch(input, given);
  };

  const error = await rejectionOf(resilientFetch(url, { ...init, fetch, shouldRetry, backoff: { base: 0 } }));

  equal(shape(error), shape(await rejectionOf((async () => context.fetch(url, init))())));
  if (attempts > 1 && isTaken(url, init)) return context.note('tried again, as the Request constructor takes here what fetch refuses: https://github.com/oven-sh/bun/issues/18643');
  equal(attempts, 1, 'attempts');
};

/** Whether the platform's Request constructor lets through what its fetch does not: it is the judge of arguments. */
function isTaken(url: string, init: object): boolean {
  try {
    return new Request(url, init) !== undefined;
  } catch {
    return false;
  }
}

const ofArguments: Scenarios = Object.fromEntries(
  Object.entries(arguments_).map(([name, [url, init]]) => [`refuses ${name} once, as fetch does`, refuses(url, init)]),
);

/** What can never succeed is tried once where the error tells so, and is rejected as fetch rejects it everywhere. */
async function fails(url: string, init: RequestInit, telling: readonly Platform[], { resilientFetch, failuresOf }: Library, context: Context): Promise<void> {
  const { platform } = context;
  const native = await context.fetch(url, init).then(({ status }) => status, shape);
  const call = resilientFetch(url, { ...init, retries: 1, backoff: { base: 0 } });
  const isAnswered = typeof native === 'number';
  const outcome = await (isAnswered ? call.then(({ status }) => status) : rejectionOf(call));
  equal(isAnswered ? outcome : shape(outcome), native);
  if (isAnswered) return context.note(`fetch does not look at ${Object.keys(init).join()} here${unchecked[platform] ?? ''}`);
  if (!isTaken(url, init)) return equal(failuresOf(outcome).length, 0, 'attempts of what the Request constructor refuses');
  equal(failuresOf(outcome).length, telling.includes(platform) ? 1 : 2, 'attempts');
  if (!telling.includes(platform)) context.note('tried again, as the error does not tell why');
}

/** Where that is known of. */
const unchecked: Partial<Record<Platform, string>> = {
  bun: ': https://github.com/oven-sh/bun/issues/5650',
  deno: ': https://github.com/denoland/deno/issues/20323',
};

type RequestInit = NonNullable<Parameters<typeof globalThis.fetch>[1]>;

export const refusals: Scenarios = {
  ...ofArguments,

  'gives up on a bad port, an endless redirect and a broken integrity at once': async (library, _testing, context) => {
    const endless = String(new URL('/loop', context.url()));
    await fails('http://127.0.0.1:1/', {}, ['node'], library, context);
    await fails(endless, {}, ['node'], library, context);
    await fails(context.url(200), { integrity: `sha256-${'A'.repeat(43)}=` }, ['node'], library, context);
  },

  'gives up on a bad certificate at once': (library, _testing, context) => fails(context.untrusted, {}, ['node', 'bun'], library, context),

  'refuses a scheme that is not http once, as fetch does': async ({ resilientFetch, failuresOf }, _testing, context) => {
    const error = await rejectionOf(resilientFetch('gopher://users.test/', { backoff: { base: 0 } }));

    equal(shape(error), shape(await rejectionOf(context.fetch('gopher://users.test/'))));
    equal(failuresOf(error).length <= 1, true, 'one attempt');
  },

  'refuses a Request that was used before, as fetch does': async ({ resilientFetch }, _testing, context) => {
    const request = new Request(context.url(200), { method: 'POST', body: 'text' });
    await request.text();

    const error = await rejectionOf(resilientFetch(request));

    equal(shape(error), shape(await rejectionOf(context.fetch(request))));
    equal((await context.log()).length, 0, 'requests');
  },

  'refuses an option that cannot be used, before anything is sent': async ({ resilientFetch }, _testing, context) => {
    const wrong = [[{ retries: 0.5 }, 'RangeError'], [{ timeout: 0 }, 'RangeError'], [{ retries: '3' }, 'TypeError'], [{ backoff: { max: Infinity } }, 'RangeError']];
    for (const [init, name] of wrong) {
      // Wrong on purpose, which the types would not have.
      equal((await rejectionOf(resilientFetch(context.url(200), init as object)) as Error).name, name as string, JSON.stringify(init));
    }
    equal((await context.log()).length, 0, 'requests');
  },

  'with() throws for an unknown option': async ({ resilientFetch }) => {
    const error = await rejectionOf((async () => resilientFetch.with({ retry: 3 } as object))());

    equal((error as Error).name, 'TypeError');
  },
};
