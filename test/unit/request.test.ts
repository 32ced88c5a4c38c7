import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { signalOf, type Init, type Input } from '../../src/fetch-arguments.ts';
import { canBeSent, isRejectedByFetch, requestFacts } from '../../src/request.ts';

const url = 'http://users.test/1';

/** Takes what no type would let through. */
const untyped = (init: unknown): Init => init as Init;

const usedRequest = new Request(url, { method: 'POST', body: 'x' });
await usedRequest.text();

function lockedStream(): ReadableStream {
  const stream = new ReadableStream();
  stream.getReader();
  return stream;
}

describe('requestFacts', () => {
  const rows: [string, Input, Init | undefined, string][] = [
    ['a URL alone', url, undefined, 'GET'],
    ['init null', url, untyped(null), 'GET'],
    ["init's method", url, { method: 'DELETE' }, 'DELETE'],
    ["a Request's method", new Request(url, { method: 'PUT' }), undefined, 'PUT'],
    ["init's method before the Request's", new Request(url, { method: 'PUT' }), { method: 'POST' }, 'POST'],
    ...['delete', 'get', 'head', 'options', 'post', 'put'].map((method): [string, Input, Init, string] =>
      [`${method}, which fetch puts in upper case`, url, { method }, method.toUpperCase()]),
    ['another method in lower case, which fetch leaves so', url, { method: 'patch' }, 'patch'],
  ];
  for (const [name, input, init, method] of rows) {
    it(`tells the method of ${name}`, () => {
      assert.equal(requestFacts(input, init).method, method);
    });
  }

  it('tells the URL of a string, a URL and a Request', () => {
    const urls = [url, new URL(url), new Request(url)].map((input) => requestFacts(input, undefined).url);

    assert.deepEqual(urls, [url, url, url]);
  });

  const withUserInfo: [string, string][] = [
    ['http://user:secret@users.test/1', 'http://users.test/1'],
    ['https://secret@users.test/1', 'https://users.test/1'],
    ['HTTP:\\\\user:s@cret@users.test/1@2', 'HTTP:\\\\users.test/1@2'],
    ['http:user:secret@users.test', 'http:users.test'],
    ['//user:secret@users.test/', '//users.test/'],
    [' ws://user:secret@users.test?@', ' ws://users.test?@'],
    ['ht\ntps:/\t/user:sec\rret@users.test/', 'https://users.test/'],
    ['\0\u001f http://user:secret@users.test/', '\0\u001f http://users.test/'],
    ['/\t/user:secret@users.test/', '//users.test/'],
    ['http://users.test/@user', 'http://users.test/@user'],
    ['/users/@me', '/users/@me'],
    ['mailto:user@users.test', 'mailto:user@users.test'],
  ];
  for (const [input, expected] of withUserInfo) {
    it(`tells the URL ${input} as ${expected}`, () => {
      assert.equal(requestFacts(input, undefined).url, expected);
    });
  }

  it("tells init's headers before the Request's", () => {
    const request = new Request(url, { headers: { a: '1' } });

    const [own, over] = [requestFacts(request, undefined), requestFacts(request, { headers: { b: '2' } })];

    assert.deepEqual([...own.headers], [['a', '1']]);
    assert.deepEqual([...over.headers], [['b', '2']]);
  });

  it('has no headers where none were given', () => {
    assert.deepEqual([...requestFacts(url, undefined).headers], []);
  });
});

describe('canBeSent', () => {
  const rows: [string, Input, Init | undefined, boolean][] = [
    ['a URL alone', url, undefined, true],
    ['init null', url, untyped(null), true],
    ['a function as init, whose members count', url, untyped(() => {}), true],
    ['an init that is a string', url, untyped('GET'), false],
    ['an init that is a number', url, untyped(5), false],
    ['a live signal', url, { signal: new AbortController().signal }, true],
    ['an aborted signal, which is not of its concern', url, { signal: AbortSignal.abort() }, true],
    ['a signal that is none', url, untyped({ signal: 'stop' }), false],
    ['a signal of null', url, { signal: null }, true],
    ['a Request with a body', new Request(url, { method: 'POST', body: 'x' }), undefined, true],
    ['a Request whose body was read', usedRequest, undefined, false],
    ['a used Request whose body is not sent', usedRequest, { body: 'y' }, true],
    ['a fresh stream', url, { method: 'POST', body: new ReadableStream(), duplex: 'half' }, true],
    ['a stream that is being read', url, { method: 'POST', body: lockedStream(), duplex: 'half' }, false],
  ];
  for (const [name, input, init, expected] of rows) {
    it(`says ${expected ? 'yes' : 'no'} to ${name}`, () => {
      assert.equal(canBeSent(input, init, signalOf(input, init)), expected);
    });
  }

  it('says no to a Request whose body was read, where it is not locked', () => {
    const request = { url, method: 'POST', bodyUsed: true, body: { locked: false } } as Request;

    assert.equal(canBeSent(request, undefined, undefined), false);
  });

  it('says no to a Request whose body is being read', () => {
    const request = new Request(url, { method: 'POST', body: 'x' });
    request.body?.getReader();

    assert.equal(canBeSent(request, undefined, undefined), false);
  });
});

describe('isRejectedByFetch', () => {
  it("leaves no listener on the caller's signal", () => {
    const { signal } = new AbortController();

    isRejectedByFetch(url, { signal });

    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  const post = (): Request => new Request(url, { method: 'POST', body: 'x' });
  const rows: [string, Input, Init | undefined, boolean][] = [
    ['a URL alone', url, undefined, false],
    ['a URL that is none', 'http://', undefined, true],
    ['a relative URL, where there is no base', '/users', undefined, true],
    ['a URL with credentials', 'http://user:secret@users.test/', undefined, true],
    ['a method that is none', url, { method: 'GE T' }, true],
    ['a forbidden method', url, { method: 'TRACE' }, true],
    ['a header that is none', url, { headers: { 'a b': 'c' } }, true],
    ['a header value that is none', url, { headers: { a: 'b\nc' } }, true],
    ['GET with a body', url, { body: 'x' }, true],
    ['POST with a body', url, { method: 'POST', body: 'x' }, false],
    ['a method of undefined beside a Request', post(), untyped({ method: undefined }), false],
    ['a Request with a body', post(), undefined, false],
    ['a Request with a body turned into a GET', post(), { method: 'GET' }, true],
    ['a Request without a body, given one', new Request(url), { body: 'x' }, true],
    ['a Request whose body is used up by now', usedRequest, undefined, false],
    ['a stream', url, { method: 'POST', body: new ReadableStream(), duplex: 'half' }, false],
    ['a stream that is used up by now', url, { method: 'POST', body: lockedStream(), duplex: 'half' }, false],
    ['a stream without duplex', url, { method: 'POST', body: new ReadableStream() }, true],
    ['a body to be made', url, untyped({ method: 'POST', body: () => 'x' }), false],
    ['a body to be made for GET', url, untyped({ body: () => 'x' }), true],
    ['an unknown redirect mode', url, untyped({ redirect: 'sometimes' }), true],
    ['a signal that has aborted since', url, { signal: AbortSignal.abort() }, false],
    ['another scheme, which is no fault of the arguments', 'ftp://users.test/', undefined, false],
  ];
  for (const [name, input, init, expected] of rows) {
    it(`says ${expected ? 'yes' : 'no'} to ${name}`, () => {
      assert.equal(isRejectedByFetch(input, init), expected);
    });
  }
});
