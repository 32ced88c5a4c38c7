import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttemptContext } from '../../../src/attempt-context.ts';
import type { Init, Input } from '../../../src/fetch-arguments.ts';
import { resilientFetch } from '../../../src/index.ts';
import { setHeaders, type LayeredFetch } from '../../../src/layers/index.ts';
import { FakeClock, scriptedFetch } from '../../../src/testing/index.ts';
import { createContext } from './context.ts';

const url = 'http://users.test/1';

type HeadersFunction = Parameters<typeof setHeaders>[0];

/** The arguments that fetch gets from a layer which sets these headers. */
async function argumentsAfter(headers: HeadersFunction, input: Input, init?: Init, context?: AttemptContext) {
  const calls: Parameters<LayeredFetch>[] = [];
  const layered = setHeaders(headers)(((...args) => {
    calls.push(args);
    return Promise.resolve(new Response());
  }) as LayeredFetch);
  await layered(input, init, context);
  assert.equal(calls.length, 1);
  const [[sentInput, sentInit, sentContext] = [input]] = calls;
  return { sentInput, sentInit, sentContext, request: new Request(sentInput, sentInit) };
}

const headersOf = (request: Request): Record<string, string> => Object.fromEntries(request.headers);

describe('setHeaders', () => {
  const rows: [string, Input, Init | undefined, ReturnType<HeadersFunction>, Record<string, string>][] = [
    ['adds to a request without headers', url, undefined, { 'x-a': '1' }, { 'x-a': '1' }],
    ["adds to init's", url, { headers: { 'x-b': '2' } }, { 'x-a': '1' }, { 'x-a': '1', 'x-b': '2' }],
    ["adds to a Request's", new Request(url, { headers: { 'x-b': '2' } }), undefined, { 'x-a': '1' }, { 'x-a': '1', 'x-b': '2' }],
    ["replaces init's, in any case of letters", url, { headers: [['X-A', '0'], ['x-a', '00']] }, { 'x-A': '1' }, { 'x-a': '1' }],
    ["replaces a Request's", new Request(url, { headers: { 'x-a': '0' } }), undefined, { 'x-a': '1' }, { 'x-a': '1' }],
    ["takes init's alone, as fetch does, where both have headers", new Request(url, { headers: { 'x-b': '2' } }), { headers: { 'x-c': '3' } }, { 'x-a': '1' }, { 'x-a': '1', 'x-c': '3' }],
    ['accepts Headers', url, undefined, new Headers({ 'x-a': '1' }), { 'x-a': '1' }],
    ['accepts a list, whose values of one name are joined', url, undefined, [['x-a', '1'], ['x-a', '2']], { 'x-a': '1, 2' }],
    ['accepts a promise', url, undefined, Promise.resolve({ 'x-a': '1' }), { 'x-a': '1' }],
    ['accepts none', url, { headers: { 'x-b': '2' } }, {}, { 'x-b': '2' }],
  ];
  for (const [name, input, init, headers, expected] of rows) {
    it(name, async () => {
      const { request } = await argumentsAfter(() => headers, input, init);

      assert.deepEqual(headersOf(request), expected);
    });
  }

  it('keeps the content type of a body, of a Request and of init', async () => {
    const text = await argumentsAfter(() => ({ 'x-a': '1' }), new Request(url, { method: 'PUT', body: 'text' }));
    const form = await argumentsAfter(() => ({ 'x-a': '1' }), url, { method: 'PUT', body: new URLSearchParams('a=1') });

    assert.match(headersOf(text.request)['content-type'] ?? '', /^text\/plain/);
    assert.match(headersOf(form.request)['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
    assert.equal(await text.request.text(), 'text');
  });

  it('changes neither input nor init, and passes every other member on', async () => {
    const headers = { 'x-b': '2' };
    const init = { method: 'PUT', body: 'text', headers, next: { revalidate: 1 }, signal: new AbortController().signal };
    const { sentInput, sentInit } = await argumentsAfter(() => ({ 'x-a': '1' }), url, init);

    assert.equal(sentInput, url);
    assert.deepEqual({ ...sentInit, headers }, init);
    assert.deepEqual([init.headers, headers], [headers, { 'x-b': '2' }]);
  });

  it('keeps the referrer of a Request, which the first member of init would reset', async () => {
    const input = new Request(url, { referrer: 'about:client', referrerPolicy: 'no-referrer' });
    const { request, sentInput } = await argumentsAfter(() => ({ 'x-a': '1' }), input);

    assert.equal(sentInput, input);
    assert.deepEqual([request.referrer, request.referrerPolicy], ['about:client', 'no-referrer']);
  });

  it('lets another member of init reset the referrer, as fetch does', async () => {
    const input = new Request(url, { referrerPolicy: 'no-referrer' });
    const { request } = await argumentsAfter(() => ({ 'x-a': '1' }), input, { method: 'PUT' });

    assert.equal(request.referrerPolicy, new Request(input, { method: 'PUT' }).referrerPolicy);
  });

  it('reads the members that init inherits', async () => {
    const { request } = await argumentsAfter(() => ({ 'x-a': '1' }), url, new Request(url, { method: 'PUT', headers: { 'x-b': '2' } }) as Init);

    assert.deepEqual([request.method, headersOf(request)], ['PUT', { 'x-a': '1', 'x-b': '2' }]);
  });

  it('calls the function for each attempt, with its context', async () => {
    const clock = new FakeClock();
    const attempts = [createContext(clock), createContext(clock, { attempt: 2 })];
    const fetch = scriptedFetch([503, 200], clock);
    const layered: LayeredFetch = setHeaders(({ attempt }) => ({ 'x-attempt': String(attempt) }))(fetch);
    const client = resilientFetch.with({ clock, random: () => 0.5, fetch: (input, init) => layered(input, init, attempts.shift()) });

    await clock.run(client(url, { headers: { 'x-attempt': '0' } }));

    assert.deepEqual(fetch.requests.map(({ request }) => headersOf(request)), [{ 'x-attempt': '1' }, { 'x-attempt': '2' }]);
  });

  it('passes the context on', async () => {
    const context = createContext(new FakeClock());

    assert.equal((await argumentsAfter(() => ({}), url, {}, context)).sentContext, context);
    assert.equal((await argumentsAfter(() => ({}), url)).sentContext?.url, url);
  });

  it('works around a whole resilientFetch', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, 200], clock);
    let calls = 0;
    const layered = setHeaders(() => ({ 'x-call': String(calls += 1) }))(resilientFetch.with({ clock, fetch, random: () => 0.5 }));

    await clock.run(layered(url));

    assert.deepEqual(fetch.requests.map(({ request }) => headersOf(request)), [{ 'x-call': '1' }, { 'x-call': '1' }]);
  });

  describe('with a signal', () => {
    it('rejects with its reason when it aborts while the function is pending, and sends nothing', async () => {
      const clock = new FakeClock();
      const fetch = scriptedFetch([], clock);
      const controller = new AbortController();
      const signed = new Promise<never>((_, reject) => clock.setTimeout(() => reject(new Error('late')), 2_000));

      const aborted = setHeaders(() => signed)(fetch)(url, { signal: controller.signal });
      clock.setTimeout(() => controller.abort('stop'), 1_000);

      await assert.rejects(clock.run(aborted), (reason) => reason === 'stop');
      assert.deepEqual([clock.now(), fetch.times], [1_000, []]);
      await clock.advance(2_000);
    });
  });

  const broken: [string, () => unknown, RegExp | object][] = [
    ['throws', () => { throw new Error('broken'); }, { message: 'broken', transient: false }],
    ['rejects', () => Promise.reject(new Error('broken')), { message: 'broken', transient: false }],
    ['returns an invalid name', () => ({ 'x a': '1' }), { name: 'TypeError', transient: false }],
    ['returns null', () => null, { name: 'TypeError', transient: false }],
  ];
  for (const [name, headers, expected] of broken) {
    it(`rejects, and sends nothing, if the function ${name}`, async () => {
      const fetch = scriptedFetch([], new FakeClock());

      await assert.rejects(setHeaders(headers as HeadersFunction)(fetch)(url), expected);
      assert.deepEqual(fetch.times, []);
    });
  }

  it('throws for a value that is no function', () => {
    assert.throws(() => setHeaders({ 'x-a': '1' } as unknown as HeadersFunction), new TypeError("'headers' must be a function, not [object Object]"));
  });
});
