import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { engines, type Browser } from './browsers.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The page, with a script before all others that keeps every error, because WebKit's driver has no console. */
const page = new URL('../page-with-errors.html', import.meta.url);
const keepErrors = `<script>
  window.errors = [];
  addEventListener('error', ({ message }) => errors.push(message));
  addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)));
  for (const name of ['error', 'warn']) console[name] = (...texts) => errors.push(texts.join(' '));
</script>`;
writeFileSync(page, read('playground/dist/index.html').replace('<head>', () => `<head>${keepErrors}`));

/** Shows a state of the page, and returns a value once nothing is busy. */
const show = (hash: string, expression: string): string => `
  const hash = ${JSON.stringify(hash)};
  const shown = location.hash.slice(1) === hash ? undefined : new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
  location.hash = hash;
  await shown;
  await new Promise((resolve) => setTimeout(resolve));
  while (document.querySelector('section:not([aria-busy=true])') === null) await new Promise((resolve) => setTimeout(resolve, 20));
  return ${expression};`;

/** The cells of the first table, row by row. */
const table = "[...document.querySelectorAll('table tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText.trim()))";
const messages = "[...document.querySelectorAll('.field .message')].map((element) => element.textContent).filter(Boolean)";
const codeUnder = (title: string): string => `[...document.querySelectorAll('.code')].find((figure) => figure.textContent.startsWith(${JSON.stringify(title)})).querySelector('code').textContent`;

/** Runs a module in a folder from which the package finds itself. Rejects with what the module throws. */
async function runInNode(name: string, code: string): Promise<void> {
  mkdirSync(new URL('dist/playground/', root), { recursive: true });
  const file = new URL(`dist/playground/${name}.mjs`, root);
  writeFileSync(file, code);
  await import(file.href);
}

/** The figures of a policy that `npm run storm` has printed. */
function printedBy(experiment: string, ...cells: readonly string[]): string[] {
  const rows = read(`bench/retry-storms/results/${experiment}.md`).split('\n').map((line) => line.split('|').map((cell) => cell.trim()).slice(1, -1));
  return rows.find((row) => cells.every((cell, index) => row[index] === cell))?.slice(cells.length) ?? [];
}

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
  describe(engine, () => {
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
