import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { copyOf, isRequest, signalOf, withSignal, type Init, type Input } from '../../src/fetch-arguments.ts';

const url = 'http://users.test/1';

describe('isRequest', () => {
  const rows: [string, Input, boolean][] = [
    ['a Request', new Request(url), true],
    // Another realm's Request, or another undici's, is of another class.
    ['what has a Request\'s members', { url, clone: () => {} } as unknown as Request, true],
    ['a string', url, false],
    ['a URL', new URL(url), false],
    ['null, which fetch takes for a string', null as unknown as string, false],
    ['undefined, which fetch takes for a string', undefined as unknown as string, false],
  ];
  for (const [name, input, expected] of rows) {
    it(`says ${expected ? 'yes' : 'no'} to ${name}`, () => {
      assert.equal(isRequest(input), expected);
    });
  }
});

describe('signalOf', () => {
  const { signal } = new AbortController();
  const request = new Request(url, { signal: new AbortController().signal });

  const rows: [string, Input, Init | undefined, AbortSignal | undefined][] = [
    ['is none for a URL alone', url, undefined, undefined],
    ['is none for an init of null', url, null as unknown as Init, undefined],
    ["is init's", url, { signal }, signal],
    ["is the Request's", request, undefined, request.signal],
    ["is the Request's where init has none", request, { method: 'PUT' }, request.signal],
    ["is the Request's where init's is undefined", request, { signal: undefined } as unknown as Init, request.signal],
    ["is init's before the Request's", request, { signal }, signal],
    ["is none where init's is null, whatever the Request has", request, { signal: null }, undefined],
  ];
  for (const [name, input, init, expected] of rows) {
    it(name, () => {
      assert.equal(signalOf(input, init), expected);
    });
  }
});

describe('copyOf', () => {
  it('has what init has', () => {
    assert.deepEqual(copyOf({ method: 'PUT', body: 'x' }), { method: 'PUT', body: 'x' });
  });

  it('has what init inherits', () => {
    const init = Object.create({ method: 'PUT' }) as Init;

    assert.deepEqual(copyOf(init), { method: 'PUT' });
  });

  it('has members that no standard names', () => {
    assert.deepEqual(copyOf({ next: { revalidate: 1 } } as unknown as Init), { next: { revalidate: 1 } });
  });

  it('leaves out what an init of a class of its own has not', () => {
    assert.deepEqual(copyOf(Object.create({ method: undefined, cache: 'no-store' }) as Init), { cache: 'no-store' });
  });

  it('reads a Request as fetch reads one that is passed as init', () => {
    const { method, headers, redirect } = copyOf(new Request(url, { method: 'PUT', headers: { a: 'b' }, redirect: 'manual' }) as Init);

    assert.deepEqual([method, new Headers(headers).get('a'), redirect], ['PUT', 'b', 'manual']);
  });

  for (const none of [undefined, null as unknown as undefined]) {
    it(`is empty for ${none}`, () => {
      assert.deepEqual(copyOf(none), {});
    });
  }
});

describe('withSignal', () => {
  const { signal } = new AbortController();
  const request = new Request(url, { referrer: 'about:client', referrerPolicy: 'no-referrer' });

  it('replaces the signal of a copy', () => {
    const init = { method: 'PUT', signal: new AbortController().signal };

    const copy = withSignal(url, init, signal);

    assert.equal(copy?.signal, signal);
    assert.notEqual(init.signal, signal);
  });

  it('adds nothing beside a URL', () => {
    assert.deepEqual(withSignal(url, undefined, signal), { signal });
  });

  it("carries a Request's referrer and its policy over, which a lone signal would reset", () => {
    assert.deepEqual(withSignal(request, {}, signal), { referrer: 'about:client', referrerPolicy: 'no-referrer', signal });
  });

  it('leaves them to fetch where init has members that reset them anyhow', () => {
    assert.deepEqual(withSignal(request, { method: 'PUT' }, signal), { method: 'PUT', signal });
  });
});
