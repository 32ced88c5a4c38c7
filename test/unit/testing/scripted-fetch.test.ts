import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock, scriptedFetch } from '../../../src/testing/index.ts';

const url = 'http://users.test/1';

describe('scriptedFetch', () => {
  it('answers with a status', async () => {
    const response = await scriptedFetch([503], new FakeClock())(url);

    assert.equal(response.status, 503);
    assert.equal(response.body, null);
  });

  it('answers with the very Response', async () => {
    const response = new Response('x');

    assert.equal(await scriptedFetch([response], new FakeClock())(url), response);
  });

  it('rejects with the very error', async () => {
    const error = new TypeError('fetch failed');

    await assert.rejects(scriptedFetch([error], new FakeClock())(url), (reason) => reason === error);
  });

  it('answers after a while', async () => {
    const clock = new FakeClock();
    const answered = scriptedFetch([{ after: 100, outcome: 200 }], clock)(url).then(() => clock.now());

    await clock.advance(1_000);

    assert.equal(await answered, 100);
  });

  it('rejects after a while', async () => {
    const clock = new FakeClock();
    const call = scriptedFetch([{ after: 100, outcome: new Error('reset') }], clock)(url);
    const rejection = assert.rejects(call, /^Error: reset$/);

    await clock.advance(100);

    await rejection;
  });

  it('leaves the outcome to a function of the request', async () => {
    const echo = async (request: Request): Promise<Response> => new Response(await request.text());

    const response = await scriptedFetch([echo], new FakeClock())(url, { method: 'POST', body: 'hello' });

    assert.equal(await response.text(), 'hello');
  });

  it('hangs until it is aborted', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const call = scriptedFetch(['hang'], clock)(url, { signal: controller.signal });
    await clock.advance(1_000_000);

    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
  });

  it('obeys an abort while it waits, and leaves no timer', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const call = scriptedFetch([{ after: 100, outcome: 200 }], clock)(url, { signal: controller.signal });
    await clock.settle();

    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
    assert.equal(clock.pending, 0);
  });

  it('is not asked by an aborted call', async () => {
    const fetch = scriptedFetch([200], new FakeClock());

    await assert.rejects(fetch(url, { signal: AbortSignal.abort('stop') }), (reason) => reason === 'stop');

    assert.deepEqual(fetch.times, []);
  });

  it('refuses what fetch refuses', async () => {
    const fetch = scriptedFetch([200], new FakeClock());

    await assert.rejects(fetch('http://'), { name: 'TypeError' });

    assert.deepEqual(fetch.times, []);
  });

  it('uses up the body of a Request, as fetch does', async () => {
    const request = new Request(url, { method: 'POST', body: 'x' });

    await scriptedFetch([200], new FakeClock())(request);

    assert.equal(request.bodyUsed, true);
  });

  it('logs what it was asked, and when', async () => {
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

  const slips: [unknown, string][] = [['hangs', 'TypeError'], [20, 'RangeError'], [600, 'RangeError'], [200.5, 'RangeError']];
  for (const [outcome, name] of slips) {
    it(`throws a ${name} for the outcome ${outcome}`, () => {
      assert.throws(() => scriptedFetch([outcome as number], new FakeClock()), { name });
    });
  }

  it('rejects a request for which nothing is scripted', async () => {
    const fetch = scriptedFetch([200], new FakeClock());
    await fetch(url);

    await assert.rejects(fetch(url), { name: 'RangeError', message: 'scriptedFetch: no outcome for request 2 (1 scripted)' });
  });
});
