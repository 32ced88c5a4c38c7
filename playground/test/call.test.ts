import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { codeUnder, engines, messages, page, runInNode, show, table, type Browser } from './browsers.ts';

/** Calls whose code must give the same result in Node. */
const calls: Readonly<Record<string, string>> = {
  'failures': '',
  'seeded': 'call.random=seed+7&call.backoff.jitter=decorrelated&call.retryOn.statuses=503,+429&call.server=503.40,429.10.1,500',
  'hedged': 'call.hedge=on&call.rateGate=on&call.circuitBreaker=on&call.circuitBreaker.failures=2&call.budget=on&call.timeout=900&call.server=hang,429.40.2,200.500',
  'stalled': 'call.server=stall.40&call.totalTimeout=5000',
  'hanging': 'call.server=hang&call.timeout=false',
  'post': 'call.method=POST&call.idempotencyKey=true&call.server=reset.100,200.40',
  'predicate': `call.server=404,200&call.shouldRetry=${encodeURIComponent('({ transient, response }) => transient || response?.status === 404')}`,
};

for (const [engine, start] of Object.entries(engines)) {
  describe(`one call in ${engine}`, () => {
    let browser: Browser;
    const get = (hash: string, expression: string): Promise<unknown> => browser.evaluate(show(hash, expression));

    before(async () => {
      browser = await start();
      await browser.open(page.href);
    });
    after(() => browser.close());

    it('shows the exact timeline of a script', async () => {
      const rows = await get('view=call', table);

      assert.deepEqual(rows, [
        ['1', '0', 'response', '503', '40 ms', '100 ms', 'backoff', '–'],
        ['2', '140', 'network-error', 'TypeError', '120 ms', '200 ms', 'backoff', '–'],
        ['3', '460', 'response', '429', '40 ms', '2.4 s', 'retry-after', '–'],
        ['4', '2900', '–', '200', '60 ms', '–', '–', '–'],
      ]);
    });

    it('says at each moment what the call does', async () => {
      const moments = [50, 150, 2_000, 2_960];
      const outputs: unknown[] = [];
      for (const at of moments) outputs.push(await get(`view=call&call.at=${at}`, "document.querySelector('output').textContent"));

      assert.deepEqual(outputs, ['50 ms: waiting for attempt 2', '150 ms: attempt 2 is in flight', '2 s: waiting for attempt 4', '2.96 s: the call has ended: 200']);
    });

    for (const [name, hash] of Object.entries(calls)) {
      it(`gives code that does the same in Node: ${name}`, async () => {
        const code = await get(`view=call&${hash}`, `document.querySelector('.result details').setAttribute('open', '') ?? ${codeUnder('call.test.mjs')}`);

        assert.match(String(code), /assert\.deepEqual\(fetch\.times, \[0/);
        await runInNode(`${engine}-${name}`, String(code));
      });
    }

    it('shows the distribution of 1,000 calls', async () => {
      const text = String(await get('view=call&call.server=503', "document.querySelector('.histogram figcaption').textContent"));

      assert.match(text, /^1,000 calls.*: 0 % end well/);
      const [, p50 = '', p95 = '', max = ''] = /p50(\d+) msp95(\d+ ms|[\d.]+ s)max([\d.]+) s/.exec(text) ?? [];
      // Three waits, of up to 200, 400 and 800 ms.
      assert.ok(Number(p50) > 600 && Number(p50) < 800, text);
      assert.ok(p95 !== '' && Number(max) > 1.2 && Number(max) <= 1.4, text);
    });

    it('shows the message of the library beside a bad value', async () => {
      assert.deepEqual(await get('view=call&call.retries=many&call.backoff.base=-1&call.hedge=on&call.hedge.max=0', messages), [
        "'retries' must be an integer >= 0 or Infinity, not \"many\"",
        "'backoff.base' must be a finite number of milliseconds >= 0, not -1",
        "'max' must be an integer >= 1, not 0",
      ]);
    });

    it('has no error in its console', async () => {
      assert.deepEqual(await browser.evaluate('return errors'), []);
    });
  });
}
