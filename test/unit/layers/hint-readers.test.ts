import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resilientFetch } from '../../../src/index.ts';
import { firstOf, rateLimitHint, rateLimitReset, retryAfterMs } from '../../../src/layers/index.ts';
import { FakeClock, scriptedFetch } from '../../../src/testing/index.ts';

/** Mon, 23 Nov 2026 12:00:00 GMT. */
const now = Date.UTC(2026, 10, 23, 12);

const refusal = (headers: Record<string, string>, status = 429): Response => new Response(null, { status, headers });

const mock = { status: 429 } as Response;
const mockWithPlainHeaders = { status: 429, headers: {} } as Response;

describe('retryAfterMs', () => {
  const rows: [string, number | undefined][] = [
    ['0', 0],
    ['1', 1],
    ['250', 250],
    ['007', 7],
    ['1500.5', 1_501],
    ['1500.0', 1_500],
    ['0.001', 1],
    ['60000', 60_000],
    ['9'.repeat(400), Infinity],
    ['', undefined],
    ['-1', undefined],
    ['+1', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['1.', undefined],
    ['.5', undefined],
    ['1.5.5', undefined],
    ['1_000', undefined],
    ['1,000', undefined],
    ['100, 200', undefined],
    ['100ms', undefined],
    ['１２', undefined],
    ['soon', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['Mon, 23 Nov 2026 12:00:30 GMT', undefined],
  ];
  for (const [value, expected] of rows) {
    it(`is ${expected} for ${JSON.stringify(value.slice(0, 40))}`, () => {
      // A mock, because Headers reject some of the values.
      assert.equal(retryAfterMs({ headers: { get: (name: string) => (name === 'retry-after-ms' ? value : null) } } as Response), expected);
    });
  }

  it('is undefined without the header, and for a mock without headers', () => {
    assert.equal(retryAfterMs(refusal({ 'retry-after': '1' })), undefined);
    assert.equal(retryAfterMs(mock), undefined);
    assert.equal(retryAfterMs(mockWithPlainHeaders), undefined);
  });
});

describe('rateLimitReset', () => {
  const used = { 'x-ratelimit-remaining': '0' };
  const rows: [string, number | undefined, Record<string, string>?, number?][] = [
    // Seconds.
    ['0', 0],
    ['30', 30_000],
    ['030', 30_000],
    ['1.1', 1_100],
    ['2.007', 2_007],
    ['0.0001', 1],
    ['86400', 86_400_000],
    ['999999999', 999_999_999_000],
    // Seconds since 1970.
    ['1000000000', 0],
    [String(now / 1_000), 0],
    [String(now / 1_000 + 30), 30_000],
    [String(now / 1_000 - 30), 0],
    [`${now / 1_000 + 30}.25`, 30_250],
    ['99999999999', 99_999_999_999_000 - now],
    // Milliseconds since 1970.
    ['100000000000', 0],
    [String(now + 30_000), 30_000],
    [String(now + 1), 1],
    [String(now - 1), 0],
    // Quotas.
    ['30', 30_000, used, 403],
    ['30', 30_000, used, 503],
    ['30', 30_000, { 'x-ratelimit-remaining': '0.0' }],
    ['30', undefined, {}, 503],
    ['30', undefined, {}, 403],
    ['30', undefined, { 'x-ratelimit-remaining': '1' }],
    ['30', undefined, { 'x-ratelimit-remaining': '0.5' }],
    ['30', undefined, { 'x-ratelimit-remaining': '-1' }],
    ['30', undefined, { 'x-ratelimit-remaining': 'none' }],
    ['30', undefined, { 'x-ratelimit-remaining': '' }],
    // The clock of the server.
    [String(now / 1_000 + 30), 20_000, { date: 'Mon, 23 Nov 2026 12:00:10 GMT' }],
    [String(now / 1_000 + 30), 30_000, { date: 'today' }],
    ['30', 30_000, { date: 'Mon, 23 Nov 2026 12:00:10 GMT' }],
    // Another header of the same response.
    ['30', 5_000, { 'retry-after': '5' }],
    ['30', 0, { 'retry-after': '0' }],
    ['soon', 5_000, { 'retry-after': '5', ...used }],
    ['30', 5_000, { 'retry-after': '5', 'x-ratelimit-remaining': '1' }],
    ['30', 30_000, { 'retry-after': 'soon' }],
    // Garbage.
    ['', undefined],
    ['-30', undefined],
    ['+30', undefined],
    ['30s', undefined],
    ['1m30s', undefined],
    ['3e1', undefined],
    ['30, 60', undefined],
    ['2026-11-23T12:00:30Z', undefined],
    ['Mon, 23 Nov 2026 12:00:30 GMT', undefined],
  ];
  for (const [value, expected, headers = {}, status = 429] of rows) {
    it(`is ${expected} for a ${status} with ${JSON.stringify(value)} and ${JSON.stringify(headers)}`, () => {
      assert.equal(rateLimitReset(refusal({ 'x-ratelimit-reset': value, ...headers }, status), now), expected);
    });
  }

  it('is undefined without the header, and for a mock without headers', () => {
    assert.equal(rateLimitReset(refusal(used), now), undefined);
    assert.equal(rateLimitReset(mock, now), undefined);
    assert.equal(rateLimitReset(mockWithPlainHeaders, now), undefined);
  });
});

describe('rateLimitHint', () => {
  const rows: [string, number | undefined][] = [
    // From the draft, and from servers that implement it.
    ['"default";r=0;t=30', 30_000],
    ['"default";r=50;t=30', undefined],
    ['"100-in-15min"; r=0; t=900', 900_000],
    ['"100-in-15min"; r=0; t=900; pk=:YjUzZGZiZGIzMDI0:', 900_000],
    ['"default";r=999;pk=:dHJpYWwxMjEzMjM=:', undefined],
    // Parameters.
    ['"a";r=0;t=0', 0],
    ['"a";t=5;r=0', 5_000],
    ['"a";r=0', undefined],
    ['"a";r=00;t=05', 5_000],
    ['"a";r=-0;t=5', 5_000],
    ['"a";r=1;r=0;t=5', 5_000],
    ['"a";r=0;r=1;t=5', undefined],
    ['"a";r=0;t=5;t=6', 6_000],
    ['"a";r=0;t=999999999999999', 999_999_999_999_999_000],
    ['"a";r=0;t=5;acme-note="; r=1, \\"b\\""', 5_000],
    ['"a";r=0;t=5;*k.e_y-1', 5_000],
    ['"a";r=0;t=5;b=?1;c=?0;d=1.5;e=-12;f=a/b:c;g=*t;h=@1700000000;i=:YQ==:;j=%"f%c3%bc"', 5_000],
    ['"a";t=5', undefined],
    ['"a"', undefined],
    ['"a";r;t=5', undefined],
    ['"a";r=0;t', undefined],
    ['"a";r=0;t, "b";r=0;t=5', undefined],
    ['"a";r=-00;t=5', 5_000],
    ['"a";r=0.0;t=5', undefined],
    ['"a";r=0;t=5.0', undefined],
    ['"a";r="0";t=5', undefined],
    ['"a";r=0;t="5"', undefined],
    ['"a";r=-1;t=5', undefined],
    ['"a";r=0;t=-5', undefined],
    ['"a";r=zero;t=5', undefined],
    ['"a";R=0;T=5', undefined],
    ['"a";r=0;t=5;X=1', undefined],
    ['"a";r=0;t=5;x=A/B:C', 5_000],
    ['"a";r=0000000000000000;t=5', undefined],
    ['"a";r=0;t=+5', undefined],
    // Several policies.
    ['"a";r=0;t=5, "b";r=0;t=60', 60_000],
    ['"a";r=0;t=60,"b";r=0;t=5', 60_000],
    ['"a";r=9;t=60 \t,\t "b";r=0;t=5', 5_000],
    ['"a";r=1;t=60, "b";r=2;t=5', undefined],
    ['"a";r=0, "b";r=0;t=5', 5_000],
    ['"a";r=0;t=5, "b";r=-1;t=5', undefined],
    ['"a";r=0;t=5, "b"', undefined],
    ['"a";r=0;t=5, "b', undefined],
    ['"a";r=0;t=5, "b";r=0;t=6;', undefined],
    ['"a";r=0;t=5, "b";r=0;t=6 ', undefined],
    ['"a";r=0;t=5, b;r=0;t=6', undefined],
    ['"a";r=0;t=5,', undefined],
    [',"a";r=0;t=5', undefined],
    ['"a";r=0;t=5,,"b";r=0;t=5', undefined],
    ['"a";r=0;t=5 "b";r=0;t=5', undefined],
    // Names.
    ['"";r=0;t=5', 5_000],
    ['"a, b;c";r=0;t=5', 5_000],
    ['"a\\"b\\\\";r=0;t=5', 5_000],
    ['"a\\b";r=0;t=5', undefined],
    ['"a;r=0;t=5', undefined],
    ['"ü";r=0;t=5', undefined],
    ['"a\tb";r=0;t=5', undefined],
    ["'a';r=0;t=5", undefined],
    ['default;r=0;t=5', undefined],
    ['1;r=0;t=5', undefined],
    ['("a");r=0;t=5', undefined],
    ['("a";r=0;t=5)', undefined],
    ['"a";r=-0.5;t=5, "b";r=0;t=7', undefined],
    ['"a";r=a-0;t=5, "b";r=0;t=7', undefined],
    // Broken grammar.
    ['', undefined],
    ['"a" ;r=0;t=5', undefined],
    ['"a";\tr=0;t=5', undefined],
    ['"a";r =0;t=5', undefined],
    ['"a";r= 0;t=5', undefined],
    ['"a";r=0;t=5;', undefined],
    ['"a";;r=0;t=5', undefined],
    ['"a";r=0;t=5;1=2', undefined],
    ['"a";r=0;t=5;x=', undefined],
    ['"a";r=0;t=5;x=?2', undefined],
    ['"a";r=0;t=5;x=:a b:', undefined],
    ['"a";r=0;t=5;x=:a', undefined],
    ['"a";r=0;t=5;x=1.', undefined],
    ['"a";r=0;t=5;x=1.2345', undefined],
    ['"a";r=0;t=5;x=@1.5', undefined],
    ['"a";r=0;t=5;x=%"%C3"', undefined],
    ['"a";r=0;t=5;x="open', undefined],
    ['limit=100, remaining=0, reset=5', undefined],
    ['100;w=60', undefined],
    ['soon', undefined],
  ];
  for (const [value, expected] of rows) {
    it(`is ${expected} for ${value || 'an empty value'}`, () => {
      // A mock, because Headers reject some of the values.
      const headers = { get: (name: string) => (name === 'ratelimit' ? value : null) };

      assert.equal(rateLimitHint({ headers } as Response, now), expected);
    });
  }

  it('joins several header lines', () => {
    const response = refusal({});
    response.headers.append('ratelimit', '"a";r=0;t=5');
    response.headers.append('ratelimit', '"b";r=0;t=60');

    assert.equal(rateLimitHint(response, now), 60_000);
  });

  it('returns Retry-After where the response has both', () => {
    const ratelimit = '"a";r=0;t=60';

    assert.equal(rateLimitHint(refusal({ ratelimit, 'retry-after': '5' }), now), 5_000);
    assert.equal(rateLimitHint(refusal({ ratelimit, 'retry-after': '0' }), now), 0);
    assert.equal(rateLimitHint(refusal({ ratelimit, 'retry-after': 'Mon, 23 Nov 2026 12:00:07 GMT' }), now), 7_000);
    assert.equal(rateLimitHint(refusal({ ratelimit, 'retry-after': 'soon' }), now), 60_000);
  });

  it('is undefined without the header, and for a mock without headers', () => {
    assert.equal(rateLimitHint(refusal({}), now), undefined);
    assert.equal(rateLimitHint(mock, now), undefined);
    assert.equal(rateLimitHint(mockWithPlainHeaders, now), undefined);
  });

  for (const [name, part] of [['a quote that never ends', '\\"'], ['parameters', ';a=1'], ['keys', ';*'], ['policies', ', "a";r=0;t=1'], ['spaces', ' '], ['digits', '1']] as const) {
    it(`takes no time over 100,000 times ${name}`, () => {
      const headers = { get: (header: string) => (header === 'ratelimit' ? `"a";r=1;x=${name === 'a quote that never ends' ? '"' : '1'}${part.repeat(100_000)}` : null) };
      const started = process.cpuUsage();

      rateLimitHint({ headers } as unknown as Response, now);

      // Takes some 20 ms. Backtracking over it would take minutes.
      assert.ok(process.cpuUsage(started).user < 2_000_000);
    });
  }
});

describe('firstOf', () => {
  const response = refusal({});
  const logged = (calls: string[], name: string, result: unknown) => (): never => {
    calls.push(name);
    // Results of any kind take the place of a hint.
    return result as never;
  };

  const rows: [string, unknown[], unknown, number][] = [
    ['a number', [undefined, 5, 7], 5, 2],
    ['a number of 0', [undefined, 0, 7], 0, 2],
    ['null', [undefined, null, 7], null, 2],
    ['a promise of a number', [undefined, Promise.resolve(5), 7], 5, 2],
    ['a promise of undefined, then a number', [Promise.resolve(undefined), 5], 5, 2],
    ['undefined only', [undefined, Promise.resolve(undefined)], undefined, 2],
    ['no readers', [], undefined, 0],
  ];
  for (const [name, results, expected, count] of rows) {
    it(`returns ${expected} for ${name}, and calls no reader after it`, async () => {
      const calls: string[] = [];
      const reader = firstOf(...results.map((result, index) => logged(calls, String(index), result)));

      assert.equal(await reader(response, now), expected);
      assert.deepEqual(calls, ['0', '1', '2'].slice(0, count));
    });
  }

  it('returns no promise if no reader does', () => {
    assert.equal(firstOf(() => undefined, () => 5)(response, now), 5);
  });

  it('calls each reader with the response and the date', () => {
    const calls: unknown[] = [];

    firstOf((...args) => { calls.push(args); return undefined; }, (...args) => { calls.push(args); return 1; })(response, now);

    assert.deepEqual(calls, [[response, now], [response, now]]);
  });

  it('throws what a reader throws, and rejects with its rejection', async () => {
    const broken = new Error('broken');

    assert.throws(() => firstOf(() => { throw broken; }, () => 1)(response, now), broken);
    await assert.rejects(async () => firstOf(() => Promise.reject(broken), () => 1)(response, now), broken);
  });

  it('throws for a reader that is no function', () => {
    assert.throws(() => firstOf(retryAfterMs, undefined as never), new TypeError("'readers[1]' must be a function, not undefined"));
  });

  it('leaves Retry-After to the call where no reader finds a wait', async () => {
    const clock = new FakeClock({ date: now });
    const outcomes = [{ 'retry-after-ms': '150', 'retry-after': '1' }, { ratelimit: '"a";r=0;t=2' }, { 'x-ratelimit-reset': '3' }, { 'retry-after': '4' }];
    const fetch = scriptedFetch([...outcomes.map((headers) => refusal(headers)), 200], clock);
    const retryAfter = firstOf(retryAfterMs, rateLimitHint, rateLimitReset);

    await clock.run(resilientFetch('http://users.test/', { clock, fetch, retryAfter: retryAfter as never, retries: 4, backoff: () => 0 }));

    assert.deepEqual(fetch.times, [0, 150, 2_150, 5_150, 9_150]);
  });
});
