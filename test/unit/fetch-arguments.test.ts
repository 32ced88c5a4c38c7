import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { copyOf, isOneShot, isRequest, sendsOwnBody, signalOf, snapshotOf, uploadTime, withSignal, type Init, type Input } from '../../src/fetch-arguments.ts';

const url = 'http://users.test/1';

describe('isRequest', () => {
  const rows: [string, Input, boolean][] = [
    ['a Request', new Request(url), true],
    // A Request of another realm, or of another undici, is of another class.
    ["an object with a Request's members", { url, clone: () => {} } as unknown as Request, true],
    ['a string', url, false],
    ['a URL', new URL(url), false],
    ['null, which fetch converts to a string', null as unknown as string, false],
    ['undefined, which fetch converts to a string', undefined as unknown as string, false],
  ];
  for (const [name, input, expected] of rows) {
    it(`is ${expected} for ${name}`, () => {
      assert.equal(isRequest(input), expected);
    });
  }
});

describe('signalOf', () => {
  const { signal } = new AbortController();
  const request = new Request(url, { signal: new AbortController().signal });

  const rows: [string, Input, Init | undefined, AbortSignal | undefined][] = [
    ['is undefined for a URL alone', url, undefined, undefined],
    ['is undefined for an init of null', url, null as unknown as Init, undefined],
    ["is init's", url, { signal }, signal],
    ["is the Request's", request, undefined, request.signal],
    ["is the Request's if init has none", request, { method: 'PUT' }, request.signal],
    ["is the Request's if init's is undefined", request, { signal: undefined } as unknown as Init, request.signal],
    ["is init's rather than the Request's", request, { signal }, signal],
    ["is undefined if init's is null, even beside a Request", request, { signal: null }, undefined],
  ];
  for (const [name, input, init, expected] of rows) {
    it(name, () => {
      assert.equal(signalOf(input, init), expected);
    });
  }
});

describe('copyOf', () => {
  it('copies the members of init', () => {
    assert.deepEqual(copyOf({ method: 'PUT', body: 'x' }), { method: 'PUT', body: 'x' });
  });

  it('copies inherited members', () => {
    const init = Object.create({ method: 'PUT' }) as Init;

    assert.deepEqual(copyOf(init), { method: 'PUT' });
  });

  it('copies members that are not in the Fetch standard', () => {
    assert.deepEqual(copyOf({ next: { revalidate: 1 } } as unknown as Init), { next: { revalidate: 1 } });
  });

  it('omits an undefined member that init inherits', () => {
    assert.deepEqual(copyOf(Object.create({ method: undefined, cache: 'no-store' }) as Init), { cache: 'no-store' });
  });

  it('copies the members of a Request passed as init', () => {
    const { method, headers, redirect } = copyOf(new Request(url, { method: 'PUT', headers: { a: 'b' }, redirect: 'manual' }) as Init);

    assert.deepEqual([method, new Headers(headers).get('a'), redirect], ['PUT', 'b', 'manual']);
  });

  for (const init of [undefined, null as unknown as undefined]) {
    it(`is empty for ${init}`, () => {
      assert.deepEqual(copyOf(init), {});
    });
  }

  it('copies inherited members that are not in the Fetch standard', () => {
    assert.deepEqual(copyOf(Object.create({ next: { revalidate: 1 } }) as Init), { next: { revalidate: 1 } });
  });

  it('copies accessors of a class', () => {
    class Init {
      get method(): string { return 'PUT'; }
    }

    assert.deepEqual(copyOf(new Init()), { method: 'PUT' });
  });
});

describe('withSignal', () => {
  const { signal } = new AbortController();
  const request = new Request(url, { referrer: 'about:client', referrerPolicy: 'no-referrer' });

  it('replaces the signal in a copy', () => {
    const init = { method: 'PUT', signal: new AbortController().signal };

    const copy = withSignal(url, init, signal);

    assert.equal(copy?.signal, signal);
    assert.notEqual(init.signal, signal);
  });

  it('adds the signal alone beside a URL', () => {
    assert.deepEqual(withSignal(url, undefined, signal), { signal });
  });

  it("copies a Request's referrer and referrer policy, because a signal alone would reset them", () => {
    assert.deepEqual(withSignal(request, {}, signal), { referrer: 'about:client', referrerPolicy: 'no-referrer', signal });
  });

  it('does not copy referrer and referrer policy if another member of init resets them too', () => {
    assert.deepEqual(withSignal(request, { method: 'PUT' }, signal), { method: 'PUT', signal });
  });

  it("copies a Request's referrer and referrer policy without an init too", () => {
    assert.deepEqual(withSignal(request, undefined, signal), { referrer: 'about:client', referrerPolicy: 'no-referrer', signal });
  });

  it('returns init itself without a signal', () => {
    const init = { signal };

    assert.equal(withSignal(url, init, undefined), init);
  });

  it('returns init itself if it has that signal', () => {
    const init = { signal };

    assert.equal(withSignal(url, init, signal), init);
  });
});

describe('snapshotOf', () => {
  it('is undefined without an init', () => {
    assert.equal(snapshotOf(undefined), undefined);
  });
});

describe('isOneShot', () => {
  const rows: [string, unknown, boolean][] = [
    ['undefined', undefined, false],
    ['null', null, false],
    ['a string', 'x', false],
    ['a buffer', new ArrayBuffer(1), false],
    ['a view', new Uint8Array(1), false],
    ['a Blob', new Blob(['x']), false],
    ['FormData', new FormData(), false],
    ['URLSearchParams', new URLSearchParams(), false],
    ['an array, which is sent as a string', [1], false],
    ['a body factory', () => 'x', false],
    ['a stream', new ReadableStream(), true],
    ['a stream that is not iterable, as in Safari', { getReader() {} }, true],
    ['an async generator', (async function* () {})(), true],
    ['a Node stream', Readable.from([]), true],
    ['a stream that can only be piped, as of the package form-data', { pipe() {} }, true],
    ['a symbol', Symbol('x'), false],
  ];
  for (const [name, body, expected] of rows) {
    it(`is ${expected} for ${name}`, () => {
      assert.equal(isOneShot(body), expected);
    });
  }
});

describe('uploadTime', () => {
  const size = 640_000;
  const bytes = new Uint8Array(size);
  const form = (value: string | Blob): FormData => {
    const data = new FormData();
    // The names are sent too.
    data.append('n'.repeat(32_000), value);
    data.append('n'.repeat(32_000), '');
    return data;
  };
  const rows: [string, unknown, number][] = [
    ['no body', undefined, 0],
    ['null', null, 0],
    ['an empty string', '', 0],
    ['a string of 63 999 bytes', 'x'.repeat(63_999), 0],
    ['a string of 64 000 bytes', 'x'.repeat(64_000), 1_000],
    ['a string', 'x'.repeat(size), 10_000],
    ['a string of characters that take 3 bytes', '\u20ac'.repeat(21_334), 1_000],
    ['a string of characters that take 4 bytes', '\u{1f600}'.repeat(16_000), 1_000],
    ['a buffer', bytes.buffer, 10_000],
    ['a shared buffer', new SharedArrayBuffer(size), 10_000],
    ['a view', bytes, 10_000],
    ['a view of a part', bytes.subarray(0, 64_000), 1_000],
    ['a view of wider elements', new Float64Array(8_000), 1_000],
    ['a DataView', new DataView(bytes.buffer), 10_000],
    ['a Buffer', Buffer.alloc(size), 10_000],
    ['a Blob', new Blob([bytes]), 10_000],
    ['a File', new File([bytes], 'name'), 10_000],
    ['FormData with a text', form('x'.repeat(size)), 11_000],
    ['FormData with a File', form(new Blob([bytes])), 11_000],
    ['URLSearchParams', new URLSearchParams({ a: 'x'.repeat(64_000) }), 1_000],
    ['FormData of React Native, which is no iterable', { append() {} }, 0],
    ['a stream', new ReadableStream(), Infinity],
    ['a Node stream', Readable.from([]), Infinity],
    ['an async generator', (async function* () {})(), Infinity],
    ['a stream that can only be piped', { pipe() {} }, Infinity],
    // Sent as strings, by fetch itself.
    ['a number', 5, 0],
    ['a list', [null, undefined, 'x'], 0],
    ['a list that holds itself', (() => { const list: unknown[] = []; list.push(list); return list; })(), 0],
    ['an object', { size: 'large' }, 0],
    ['an object whose size is a text of digits', { size: '64000' }, 0],
    ['an object whose size is negative', { size: -64_000 }, 0],
    ['an object whose size is NaN', { size: NaN }, 0],
    ['a symbol', Symbol('x'), 0],
  ];
  for (const [name, body, expected] of rows) {
    it(`is ${expected} ms for ${name}`, () => {
      assert.equal(uploadTime({ body } as Init), expected);
    });
  }

  it('is 0 without init', () => {
    assert.equal(uploadTime(undefined), 0);
  });
});

describe('sendsOwnBody', () => {
  const post = new Request(url, { method: 'POST', body: 'x' });
  const rows: [string, Input, Init | undefined, boolean][] = [
    ['a URL', url, { method: 'POST', body: 'x' }, false],
    ['a Request without a body', new Request(url), undefined, false],
    ['a POST Request without a body', new Request(url, { method: 'POST' }), undefined, false],
    ['a Request with a body', post, undefined, true],
    ['a Request beside an init of null', post, null as unknown as Init, true],
    ['a Request beside a body of null', post, { body: null }, true],
    ['a Request whose body init replaces', post, { body: '' }, false],
    // Firefox does not expose the body of a Request.
    ['a GET Request of unknown body', { url, method: 'GET' } as Request, undefined, false],
    ['a HEAD Request of unknown body', { url, method: 'HEAD' } as Request, undefined, false],
    ['a POST Request of unknown body', { url, method: 'POST' } as Request, undefined, true],
  ];
  for (const [name, input, init, expected] of rows) {
    it(`is ${expected} for ${name}`, () => {
      assert.equal(sendsOwnBody(input, init), expected);
    });
  }
});
