import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { signalOf, type Init, type Input } from '../../src/fetch-arguments.ts';
import { describeRequest, canBeSent, isRejectedByFetch, originOf, requestFacts } from '../../src/request.ts';

const url = 'http://users.test/1';

/** Passes an init that TypeScript would reject. */
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
    ['an init of null', url, untyped(null), 'GET'],
    ["init's method", url, { method: 'DELETE' }, 'DELETE'],
    ["a Request's method", new Request(url, { method: 'PUT' }), undefined, 'PUT'],
    ["init's method rather than the Request's", new Request(url, { method: 'PUT' }), { method: 'POST' }, 'POST'],
    ...['delete', 'get', 'head', 'options', 'post', 'put'].map((method): [string, Input, Init, string] =>
      [`${method}, which fetch converts to upper case`, url, { method }, method.toUpperCase()]),
    ...['patch', 'widget', 'gets'].map((method): [string, Input, Init, string] =>
      [`${method}, which fetch does not convert`, url, { method }, method]),
  ];
  for (const [name, input, init, method] of rows) {
    it(`has the method of ${name}`, () => {
      assert.equal(requestFacts(input, init).method, method);
    });
  }

  it('has the URL of a string, a URL and a Request', () => {
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
    ['wss://user:secret@users.test/', 'wss://users.test/'],
    ['web3://user:secret@users.test/', 'web3://users.test/'],
    ['http://users.test/@user', 'http://users.test/@user'],
    ['http://users.test/?next=http://user@users.test/', 'http://users.test/?next=http://user@users.test/'],
    ['ht\ttp://users.test/', 'ht\ttp://users.test/'],
    ['/users/@me', '/users/@me'],
    ['mailto:user@users.test', 'mailto:user@users.test'],
  ];
  for (const [input, expected] of withUserInfo) {
    it(`has the URL ${expected} for ${input}`, () => {
      assert.equal(requestFacts(input, undefined).url, expected);
    });
  }

  it("has init's headers rather than the Request's", () => {
    const request = new Request(url, { headers: { a: '1' } });

    const [ofRequest, ofInit] = [requestFacts(request, undefined), requestFacts(request, { headers: { b: '2' } })];

    assert.deepEqual([...ofRequest.headers], [['a', '1']]);
    assert.deepEqual([...ofInit.headers], [['b', '2']]);
  });

  it('has empty headers without any given', () => {
    assert.deepEqual([...requestFacts(url, undefined).headers], []);
  });
});

describe('canBeSent', () => {
  const rows: [string, Input, Init | undefined, boolean][] = [
    ['a URL alone', url, undefined, true],
    ['an init of null', url, untyped(null), true],
    ['an init that is a function', url, untyped(() => {}), true],
    ['an init that is a string', url, untyped('GET'), false],
    ['an init that is a number', url, untyped(5), false],
    ['a signal', url, { signal: new AbortController().signal }, true],
    ['an aborted signal', url, { signal: AbortSignal.abort() }, true],
    ['a signal that is a string', url, untyped({ signal: 'stop' }), false],
    ['a signal of null', url, { signal: null }, true],
    ['a Request with a body', new Request(url, { method: 'POST', body: 'x' }), undefined, true],
    ['a Request whose body was read', usedRequest, undefined, false],
    ['a Request of unknown body, as in Firefox', { url, method: 'POST', bodyUsed: false } as Request, undefined, true],
    ['a used Request whose body init replaces', usedRequest, { body: 'y' }, true],
    ['an unused stream', url, { method: 'POST', body: new ReadableStream(), duplex: 'half' }, true],
    ['a stream that is being read', url, { method: 'POST', body: lockedStream(), duplex: 'half' }, false],
  ];
  for (const [name, input, init, expected] of rows) {
    it(`is ${expected} for ${name}`, () => {
      assert.equal(canBeSent(input, init, signalOf(input, init)), expected);
    });
  }

  it('is false for a Request whose body was read but is not locked', () => {
    const request = { url, method: 'POST', bodyUsed: true, body: { locked: false } } as Request;

    assert.equal(canBeSent(request, undefined, undefined), false);
  });

  it('is false for a Request whose body is being read', () => {
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
    ['an invalid URL', 'http://', undefined, true],
    ['a relative URL without a base', '/users', undefined, true],
    ['a URL with credentials', 'http://user:secret@users.test/', undefined, true],
    ['an invalid method', url, { method: 'GE T' }, true],
    ['a forbidden method', url, { method: 'TRACE' }, true],
    ['an invalid header name', url, { headers: { 'a b': 'c' } }, true],
    ['an invalid header value', url, { headers: { a: 'b\nc' } }, true],
    ['GET with a body', url, { body: 'x' }, true],
    ['POST with a body', url, { method: 'POST', body: 'x' }, false],
    ['a method of undefined beside a Request', post(), untyped({ method: undefined }), false],
    ['a Request with a body', post(), undefined, false],
    ['a Request with a body whose method init changes to GET', post(), { method: 'GET' }, true],
    ['a GET Request with a body in init', new Request(url), { body: 'x' }, true],
    ['a Request whose body was read', usedRequest, undefined, false],
    ['a stream', url, { method: 'POST', body: new ReadableStream(), duplex: 'half' }, false],
    ['a stream that is being read', url, { method: 'POST', body: lockedStream(), duplex: 'half' }, false],
    ['a stream without duplex', url, { method: 'POST', body: new ReadableStream() }, true],
    ['a body factory', url, untyped({ method: 'POST', body: () => 'x' }), false],
    ['a body factory for GET', url, untyped({ body: () => 'x' }), true],
    ['an unknown redirect mode', url, untyped({ redirect: 'sometimes' }), true],
    ['an aborted signal', url, { signal: AbortSignal.abort() }, false],
    ['another scheme', 'ftp://users.test/', undefined, false],
  ];
  for (const [name, input, init, expected] of rows) {
    it(`is ${expected} for ${name}`, () => {
      assert.equal(isRejectedByFetch(input, init), expected);
    });
  }
});

describe('originOf', () => {
  const rows: [string, string][] = [
    ['http://users.test/1', 'http://users.test'],
    ['HTTP://Users.Test:80/1', 'http://users.test'],
    ['https://users.test:8443', 'https://users.test:8443'],
    ['http://[::1]:3000/', 'http://[::1]:3000'],
    ['data:text/plain,a', 'null'],
    ['/1', ''],
    ['', ''],
    ['http://', ''],
  ];
  for (const [url, expected] of rows) {
    it(`is ${JSON.stringify(expected)} for ${JSON.stringify(url)}`, () => {
      assert.equal(originOf(url), expected);
    });
  }

  it('is that of the page for a relative URL', () => {
    const page = 'https://users.test:8443/list';

    assert.equal(originOf('/1', page), 'https://users.test:8443');
    assert.equal(originOf('http://orders.test/1', page), 'http://orders.test');
  });
});

describe('describeRequest', () => {
  const rows: [string, Input, string | undefined, string][] = [
    ['a URL', new URL('http://users.test/1?token=secret#secret'), 'put', 'PUT http://users.test/1'],
    ['a URL with a password', 'http://user:secret@users.test/1', undefined, 'GET http://users.test/1'],
    ['a Request', new Request('http://users.test/1?a=b', { method: 'DELETE' }), undefined, 'DELETE http://users.test/1'],
    ["a mock's Request with a password", { url: 'http://user:secret@users.test/1', method: 'GET' } as Request, undefined, 'GET http://users.test/1'],
    ['a query alone', '?token=secret', undefined, 'GET '],
    ['a relative URL', '/users/1?token=secret', undefined, 'GET /users/1'],
    ['arguments that cannot be read', { url: 'http://users.test/1', get method(): string { throw new Error('looked at'); } } as Request, undefined, 'fetch'],
  ];
  for (const [name, input, method, expected] of rows) {
    it(`is ${expected} for ${name}`, () => {
      assert.equal(describeRequest(input, method), expected);
    });
  }
});
