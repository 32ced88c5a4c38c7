import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { engines, messages, page, read, show, table, type Browser } from './browsers.ts';

/** The figures of a policy that `npm run storm` has printed. */
function printedBy(experiment: string, ...cells: readonly string[]): string[] {
  const rows = read(`bench/retry-storms/results/${experiment}.md`).split('\n').map((line) => line.split('|').map((cell) => cell.trim()).slice(1, -1));
  return rows.find((row) => cells.every((cell, index) => row[index] === cell))?.slice(cells.length) ?? [];
}

for (const [engine, start] of Object.entries(engines)) {
  describe(`a service in trouble in ${engine}`, () => {
    let browser: Browser;
    const get = (hash: string, expression: string): Promise<unknown> => browser.evaluate(show(hash, expression));

    before(async () => {
      browser = await start();
      await browser.open(page.href);
    });
    after(() => browser.close());

    it('shows the message of the library beside a bad value', async () => {
      assert.deepEqual(await get('storm.reserve=0&storm.service=tail&storm.on=retries-budget', messages), ["'reserve' must be a finite number >= 1, not 0"]);
    });

    it('agrees with npm run storm: a slow tail', async () => {
      const [, plain = [], hedged = []] = await get('storm.service=tail', table) as string[][];
      const figures = ([, , requests, p50, , p99]: readonly (string | undefined)[]): unknown => [p50, p99, requests];

      assert.deepEqual(figures(plain), printedBy('slow-tail', '2 %', 'no hedge'));
      assert.deepEqual(figures(hedged), printedBy('slow-tail', '2 %', 'a hedge after 200 ms'));
    });

    it('agrees with npm run storm: an outage', async () => {
      const scenario = 'storm.service=outage&storm.perMinute=8.4&storm.capacity=400&storm.processes=40&storm.on=retries-budget';
      const rows = await get(scenario, table) as string[][];
      const headlines = await get(scenario, "[...document.querySelectorAll('.headline')].map((element) => element.textContent)") as string[];
      const expected = ['no retries', 'our default', 'our default with a budget'].map((policy) => printedBy('outage', policy));

      assert.deepEqual(rows.map((row) => row.slice(1, 5)), expected.map((row) => row.slice(0, 4)));
      assert.deepEqual(headlines, expected.map(([, , , , recovery = '']) => (recovery === 'never' ? 'does not recover within 60 s' : `recovers within ${recovery}`)));
    });

    it('answers the question of the first view', async () => {
      const answer = String(await get('', "document.querySelector('.answer p').textContent"));

      assert.match(answer, /^Retries alone make it worse: it does not recover within 60 s, with 3\.\d\d requests per call\. Without retries, it recovers within \d\d s\. Switch on a budget and a circuit breaker: it recovers within 1\d s\.$/);
    });

    it('stops a simulation', async () => {
      const texts = await browser.evaluate(`
        location.hash = 'storm.end=100000';
        const button = () => document.querySelector('.run button');
        while (document.querySelector('.chart b').textContent === '' || button().textContent !== 'Stop') await new Promise((resolve) => setTimeout(resolve, 20));
        button().click();
        await new Promise((resolve) => setTimeout(resolve, 100));
        return [button().textContent, document.querySelector('.answer').textContent];`);

      assert.deepEqual(texts, ['Run again', 'Stopped.']);
    });

    it('has no error in its console', async () => {
      assert.deepEqual(await browser.evaluate('return errors'), []);
    });
  });
}
