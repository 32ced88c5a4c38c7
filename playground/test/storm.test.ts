import assert from 'node:assert/strict';
import { it } from 'node:test';
import { codeUnder, describeInEachEngine, messages, table } from './browsers.ts';
import { printedBy } from './printed.ts';

const textOf = (selector: string): string => `document.querySelector('${selector}').textContent`;
const headlines = "[...document.querySelectorAll('.headline')].map((element) => element.textContent)";

/** Waits in the page until an expression is true. */
const until = (expression: string): string => `while (!(${expression})) await new Promise((resolve) => setTimeout(resolve, 10));`;

/** Begins a simulation that would take minutes, and waits until the first line is drawn. */
const beginLongRun = `
  const shown = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
  location.hash = 'storm.clients=6000&storm.watch=500&storm.on=none&' + performance.now();
  await shown;
  ${until("document.querySelector('.chart b')?.textContent === ''")}
  ${until("document.querySelector('.chart b')?.textContent")}
  const button = document.querySelector('.run button');
  const type = (selector, text) => {
    const input = document.querySelector(selector);
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const state = () => [button.textContent, document.querySelector('[role=status]').textContent, document.querySelector('section').ariaBusy];`;

const running = ['Stop', 'The real library is running here, in virtual time …', 'true'];
const stopped = ['Run again', 'Stopped.', 'false'];
const invalid = ['Run again', 'A constant is not valid: see the message beside it.', 'false'];

/** Links by hand, each with the selected service, the switches that are on, and the messages. */
const links: Readonly<Record<string, readonly [service: string, on: readonly string[], messages: readonly string[]]>> = {
  'storm.service=tail&storm.on=bogus': ['tail', ['retries', 'a hedge'], []],
  'storm.service=tail&storm.on=hedge-bogus-hedge': ['tail', ['a hedge'], []],
  'storm.service=bogus&storm.on=none&storm.clients=20': ['down', [], []],
  'storm.seed=abc': ['down', ['retries', 'a budget', 'a circuit breaker'], ['Enter a whole number from 0 to 4 294 967 295.']],
  'storm.clients=0': ['down', ['retries', 'a budget', 'a circuit breaker'], ['Enter a whole number from 1 to 1 000 000.']],
  'storm.clients=1e9&storm.on=none': ['down', [], ['Enter a whole number from 1 to 1 000 000.']],
  'storm.service=tail&storm.on=retries-budget&storm.reserve=0': ['tail', ['retries', 'a budget'], ["'reserve' must be a finite number >= 1, not 0"]],
  // Not switched on, so not of interest.
  'storm.service=tail&storm.on=retries&storm.reserve=0': ['tail', ['retries'], []],
};

describeInEachEngine('a service in trouble', ({ evaluate, get }) => {
  it('has advice for the first view, with code to copy', async () => {
    const [answer, code] = await get('', `[${textOf('.answer p')}, ${codeUnder('Switch it on')}]`) as string[];

    assert.match(answer ?? '', /^Retries alone make it worse: the service does not recover in the 60 s after the trouble, with 3\.\d\d requests per call\. Without retries, the service recovers \d\d s after the trouble\. Keep retries, and switch on a budget and a circuit breaker: the service recovers 1\d s after the trouble\. Of the calls after it, 7\d % are answered, 8\d % without retries\.$/);
    assert.deepEqual(code?.split('\n').slice(3, -2), ['export const api = resilientFetch.with({', '  budget: retryBudget(),', '  layers: [circuitBreaker()],']);
  });

  for (const [link, expected] of Object.entries(links)) {
    it(`shows a link: ${link}`, async () => {
      const seen = await get(link, `[
        document.querySelector('.question select').value,
        [...document.querySelectorAll('.switch input:checked + span')].map(({ firstChild }) => firstChild.textContent),
        ${messages},
        document.querySelector('details').open || document.querySelector('details [aria-invalid=true]') === null,
        document.querySelectorAll('.policies li').length,
        [...document.querySelectorAll('path')].some((path) => /NaN|Infinity/.test(path.getAttribute('d'))),
      ]`);

      const [, on, said] = expected;
      assert.deepEqual(seen, [...expected, true, said.length > 0 ? 0 : on.length + 1, false]);
    });
  }

  it('puts the edited constants into the code to copy', async () => {
    const code = await get('storm.service=tail&storm.after=100&storm.timeout=5000&storm.reserve=3', codeUnder('Switch it on'));

    assert.deepEqual(String(code).split('\n').slice(3, -2), ['export const api = resilientFetch.with({', '  timeout: 5_000,', '  layers: [hedge({ after: 100 })],']);
  });

  it('says what is wrong with the seconds in the question', async () => {
    const seen = await get('storm.length=soon', `[${textOf('#length-message')}, document.querySelector('.inline').getAttribute('aria-invalid')]`);

    assert.deepEqual(seen, ['Seconds of trouble: Enter a whole number from 1 to 1 200.', 'true']);
  });

  it('agrees with npm run storm: a slow tail', async () => {
    const [, plain = [], hedged = []] = await get('storm.service=tail', table) as string[][];
    const figures = ([, , requests, p50, , p99]: readonly (string | undefined)[]): unknown => [p50, p99, requests];

    assert.deepEqual(figures(plain), printedBy('slow-tail', '2 %', 'no hedge'));
    assert.deepEqual(figures(hedged), printedBy('slow-tail', '2 %', 'a hedge after 200 ms'));
  });

  it('agrees with npm run storm: a quota', async () => {
    const [, plain = [], gated = []] = await get('storm.service=quota', table) as string[][];
    const expected = ['our default', 'a gate'].map((policy) => printedBy('quota', '5', policy));

    assert.deepEqual([plain, gated].map(([, answered, , ...row]) => [answered, ...row]), expected.map(([answered, , , ...row]) => [answered, ...row]));
  });

  it('agrees with npm run storm: an outage', async () => {
    const scenario = 'storm.service=outage&storm.perMinute=8.4&storm.capacity=400&storm.processes=40&storm.on=retries-budget';
    const [rows, words] = await get(scenario, `[${table}, ${headlines}]`) as [string[][], string[]];
    const expected = ['no retries', 'our default', 'our default with a budget'].map((policy) => printedBy('outage', policy));

    assert.deepEqual(rows.map((row) => row.slice(1, 5)), expected.map((row) => row.slice(0, 4)));
    assert.deepEqual(words, expected.map(([, , , , recovery = '']) => (recovery === 'never' ? 'does not recover in the 60 s after the trouble' : `recovers ${recovery} after the trouble`)));
  });

  it('stops a simulation, and begins another at the next change', async () => {
    const states = await evaluate(`
      ${beginLongRun}
      const states = [state()];
      button.click();
      await new Promise((resolve) => setTimeout(resolve, 300));
      states.push(state());
      type('.inline', '10');
      await new Promise((resolve) => setTimeout(resolve));
      states.push(state());
      button.click();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return [...states, state()];`);

    assert.deepEqual(states, [running, stopped, running, stopped]);
  });

  it('ends a simulation at a bad constant, and begins another at a good one', async () => {
    const states = await evaluate(`
      ${beginLongRun}
      type('.inline', '0');
      await new Promise((resolve) => setTimeout(resolve, 100));
      const states = [state()];
      type('.inline', '12');
      await new Promise((resolve) => setTimeout(resolve, 100));
      states.push(state());
      button.click();
      return states;`);

    assert.deepEqual(states, [invalid, running]);
  });

  it('shows nothing of an earlier service or policy', async () => {
    const [cells, title] = await evaluate(`
      ${beginLongRun}
      location.hash = 'storm.service=tail&storm.on=none';
      ${until("document.querySelector('table') !== null")}
      return [document.querySelectorAll('tbody tr').length, document.querySelector('.headline').textContent];`) as unknown[];

    assert.equal(cells, 1);
    assert.match(String(title), /^1 call in 100 takes/);
  });

  it('has no error in its console', async () => {
    assert.deepEqual(await evaluate('return errors'), []);
  });
});
