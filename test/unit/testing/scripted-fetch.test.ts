import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock, scriptedFetch } from '../../../src/testing/index.ts';

const url = 'http://users.test/1';

describe('scriptedFetch', () => {
  it('resolves with a Response of the status', async () => {
    const response = await scriptedFetch([503], new FakeClock())(url);

    assert.equal(response.status, 503);
    assert.equal(response.body, null);
  });

  it('resolves with the same Response', async () => {
    const response = new Response('x');

    assert.equal(await scriptedFetch([response], new FakeClock())(url), response);
  });

  it('rejects with the same error', async () => {
    const error = new TypeError('fetch failed');

    await assert.rejects(scriptedFetch([error], new FakeClock())(url), (reason) => reason === error);
  });

  it('resolves after a delay', async () => {
    const clock = new FakeClock();
    const respondedAt = scriptedFetch([{ after: 100, outcome: 200 }], clock)(url).then(() => clock.now());

    await clock.advance(1_000);

    assert.equal(await respondedAt, 100);
  });

  it('rejects after a delay', async () => {
    const clock = new FakeClock();
    const call = scriptedFetch([{ after: 100, outcome: new Error('reset') }], clock)(url);
    const rejection = assert.rejects(call, /^Error: reset$/);

    await clock.advance(100);

    await rejection;
  });

  it('calls a function with the request', async () => {
    const echo = async (request: Request): Promise<Response> => new Response(await request.text());

    const response = await scriptedFetch([echo], new FakeClock())(url, { method: 'POST', body: 'hello' });

    assert.equal(await response.text(), 'hello');
  });

  it('stays pending until it is aborted', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const call = scriptedFetch(['hang'], clock)(url, { signal: controller.signal });
    await clock.advance(1_000_000);

    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
  });

  it('rejects with the reason when aborted during a delay, and leaves no timer', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const call = scriptedFetch([{ after: 100, outcome: 200 }], clock)(url, { signal: controller.signal });
    await clock.settle();

    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
    assert.equal(clock.pending, 0);
  });

  it('does not log a call with an aborted signal', async () => {
    const fetch = scriptedFetch([200], new FakeClock());

    await assert.rejects(fetch(url, { signal: AbortSignal.abort('stop') }), (reason) => reason === 'stop');

    assert.deepEqual(fetch.times, []);
  });

  it('rejects what fetch rejects', async () => {
    const fetch = scriptedFetch([200], new FakeClock());

    await assert.rejects(fetch('http://'), { name: 'TypeError' });

    assert.deepEqual(fetch.times, []);
  });

  it('uses the body of a Request', async () => {
    const request = new Request(url, { method: 'POST', body: 'x' });

    await scriptedFetch([200], new FakeClock())(request);

    assert.equal(request.bodyUsed, true);
  });

  it('logs each request and its time', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([200, 200], clock);

    await fetch(url);
    await clock.advance(100);
    await fetch(new URL(url), { method: 'PUT', headers: { a: 'b' }, body: 'x' });

    assert.deepEqual(fetch.times, [0, 100]);
    const second = fetch.requests[1];
    assert.deepEqual([second?.at, second?.request.method, second?.request.headers.get('a')], [100, 'PUT', 'b']);
    assert.equal(await second?.request.text(), 'x');
  });

  const invalid: [unknown, string][] = [
    ['hangs', 'TypeError'], [null, 'TypeError'], [undefined, 'TypeError'], [true, 'TypeError'], [20, 'RangeError'], [600, 'RangeError'], [200.5, 'RangeError'],
    [{ after: 5, outcome: 20 }, 'RangeError'], [{ after: 5, outcome: { after: 5, outcome: 'hangs' } }, 'TypeError'], [{ after: 5 }, 'TypeError'],
  ];
  for (const [outcome, name] of invalid) {
    it(`throws a ${name} for an outcome of ${JSON.stringify(outcome)}`, () => {
      assert.throws(() => scriptedFetch([outcome as number], new FakeClock()), { name, message: /^'outcome' must be (an integer from 200 to 599|a status, a Response, an Error, 'hang', .*), not / });
    });
  }

  it('takes an Error and a function that have a member named after', async () => {
    const error = Object.assign(new Error('broken'), { after: 5 });
    const fetch = scriptedFetch([error, Object.assign(() => 200, { after: 5 })], new FakeClock());

    await assert.rejects(fetch(url), (reason) => reason === error);
    assert.equal((await fetch(url)).status, 200);
  });

  it('rejects a request without a scripted outcome', async () => {
    const fetch = scriptedFetch([200], new FakeClock());
    await fetch(url);

    await assert.rejects(fetch(url), { name: 'RangeError', message: 'scriptedFetch: no outcome for request 2 (1 scripted)' });
  });
});
