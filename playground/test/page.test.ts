import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { codeUnder, engines, messages, page, read, runInNode, show, table, type Browser } from './browsers.ts';

/** The figures of a policy that `npm run storm` has printed. */
function printedBy(experiment: string, ...cells: readonly string[]): string[] {
  const rows = read(`bench/retry-storms/results/${experiment}.md`).split('\n').map((line) => line.split('|').map((cell) => cell.trim()).slice(1, -1));
  return rows.find((row) => cells.every((cell, index) => row[index] === cell))?.slice(cells.length) ?? [];
}

for (const [engine, start] of Object.entries(engines)) {
  describe(engine, () => {
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

    it('translates the options of each library into ones that are valid', async () => {
      const ids = await get('view=migrate', "[...document.querySelectorAll('.question option')].map(({ value }) => value)") as string[];
      assert.equal(ids.length, 6);
      for (const id of ids) {
        const code = String(await get(`view=migrate&migrate.from=${id}`, codeUnder('The same here')));
        assert.match(code, /retries: \d/);
        await runInNode(`${engine}-${id}`, code);
      }
    });

    it('reads the keyword arguments of Python, and says what it cannot read', async () => {
      const python = encodeURIComponent("retries = Retry(total=2, allowed_methods={'get'}, status_forcelist=(502, 503), backoff_factor=0.5)");
      const code = String(await get(`view=migrate&migrate.options=${python}`, codeUnder('The same here')));
      const message = await get('view=migrate&migrate.options=Retry(total', "document.querySelector('#paste-message').textContent");

      assert.deepEqual(code.split('\n').slice(3, -2), [
        '  retries: 2,',
        "  retryOn: { methods: ['GET'], statuses: [502, 503] },",
        '  backoff: (n) => n === 1 ? 0 : 500 * 2 ** (n - 1),',
      ]);
      assert.equal(message, 'Unexpected token (1:11)');
    });

    it('has no error in its console', async () => {
      assert.deepEqual(await browser.evaluate('return errors'), []);
    });
  });
}
