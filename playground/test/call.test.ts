import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { runInThisContext } from 'node:vm';
import { createServer, type ViteDevServer } from 'vite';
import { codeUnder, describeInEachEngine, messages, runInNode, show, table } from './browsers.ts';

/** Calls whose code must give the same result in Node. */
const calls: Readonly<Record<string, string>> = {
  'failures': '',
  'seeded': 'call.random=seed+7&call.backoff.jitter=decorrelated&call.retryOn.statuses=503,+429&call.server=503.40,429.10.1,500',
  'hedged': 'call.hedge=on&call.hedge.urls=http://replica.test&call.rateGate=on&call.circuitBreaker=on&call.circuitBreaker.failures=2&call.budget=on&call.timeout=900&call.server=hang,429.40.2,200.500',
  'stalled': 'call.server=stall.40&call.totalTimeout=5000',
  'hanging': 'call.server=hang&call.timeout=false',
  'endless': 'call.server=503.40&call.retries=Infinity',
  'for years': 'call.server=hang&call.timeout=1e308',
  'token': 'call.server=401.40,503.20,401.10,200.60&call.withToken=on&call.setHeaders=on',
  'waits by a function': `call.server=503&call.backoff.base=1&call.backoff=${encodeURIComponent('(retry) => 1_000 * retry')}`,
  'post': 'call.method=POST&call.idempotencyKey=true&call.server=reset.100,200.40',
  'predicate': `call.server=404,200&call.shouldRetry=${encodeURIComponent('({ transient, response }) => transient || response?.status === 404')}`,
};

/** Texts that end a string, a line or a script, or begin an expression. */
const awkward = ["it's", '"quoted"', 'back\\slash', '\\', "\\'", '\\"', 'line\nbreak', '\r\u2028\u2029\0', '${1 + 1}', '`', '</script>', '*/ //', '\ud800'];

describe('the code of a call', () => {
  let server: ViteDevServer;
  const load = (path: string): Promise<Record<string, unknown>> => server.ssrLoadModule(`/app/${path}`);

  before(async () => {
    const configFile = fileURLToPath(new URL('../../../vite.config.ts', import.meta.url));
    server = await createServer({ configFile, logLevel: 'error', appType: 'custom', optimizeDeps: { noDiscovery: true }, server: { middlewareMode: true, ws: false, watch: null } });
  });
  after(() => server.close());

  it('has any text of a link as a string of one line', async () => {
    const { quoted } = await load('code.ts') as { quoted: (text: string) => string };

    for (const text of awkward) {
      const code = quoted(text);

      assert.equal(runInThisContext(code), text);
      assert.equal(code.includes('\n'), false);
    }
  });

  it('has the texts of a link in strings only', async () => {
    const { programOf } = await load('call/code.ts') as { programOf: (textOf: (name: string) => string | undefined) => string };
    const texts: Readonly<Record<string, string>> = { 'retryOn.methods': "A'B,`${x}`", 'hedge': 'on', 'hedge.urls': "http://a.test/');alert('1" };

    const code = programOf((name) => texts[name]);

    assert.match(code, /methods: \['A\\'B', '`\$\{x\}`'\]/);
    assert.match(code, /urls: \['http:\/\/a\.test\/\\'\);alert\(\\'1'\]/);
  });

  it('calls no function that the link names, unless its field offers it', async () => {
    const { optionsOf } = await load('call/fields.ts') as { optionsOf: (textOf: (name: string) => string | undefined) => Record<string, unknown> };
    const texts: Readonly<Record<string, string>> = { shouldRetry: 'console.warn', retryAfter: 'toString', onFailure: 'alert(1)', idempotencyKey: '() => null', retries: 'constructor' };

    assert.deepEqual(optionsOf((name) => texts[name]), texts);
  });
});

describeInEachEngine('one call', ({ engine, evaluate, get }) => {
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
    const moments = ['50', '150', '2000', '2960', 'abc', '-1', '1e999'];
    const outputs: unknown[] = [];
    for (const at of moments) outputs.push(await get(`view=call&call.at=${at}`, "document.querySelector('output').textContent"));

    const end = '2.96 s: the call has ended: 200';
    assert.deepEqual(outputs, ['50 ms: waiting for attempt 2', '150 ms: attempt 2 is in flight', '2 s: waiting for attempt 4', end, end, '0 ms: attempt 1 is in flight', end]);
  });

  it('draws each limit where it acts', async () => {
    const lines = "[...document.querySelectorAll('.timeline .limit')].map((line) => line.getAttribute('class') + ' ' + Math.round(parseFloat(line.getAttribute('x1'))))";

    // Of 1,980 ms: the first attempt until 900, the body from 1,280 on.
    assert.deepEqual(await get('view=call&call.server=hang,503.40,stall.40&call.timeout=900&call.bodyTimeout=700&call.totalTimeout=9000', lines), ['limit attempt 45', 'limit silence 100']);
    assert.deepEqual(await get('view=call&call.server=hang&call.totalTimeout=5000', lines), ['limit total 100']);
    assert.deepEqual(await get('view=call&call.timeout=900', lines), []);
  });

  it('shows each request of an attempt, its address and its headers', async () => {
    assert.deepEqual(await get('view=call&call.withToken=on&call.hedge=on&call.hedge.after=50&call.hedge.urls=http://replica.test&call.server=401.40,503.100,200.60', table), [
      ['1', '0, 40, 90 to replica.test', 'authorization: Bearer old\nauthorization: Bearer new\nauthorization: Bearer new', '–', '200', '150 ms', '–', '–', '–'],
    ]);
    assert.deepEqual(await get("view=call&call.method=POST&call.setHeaders=on&call.idempotencyKey=() => 'order-17'&call.server=reset.10,200.10", table), [
      ['1', '0', 'idempotency-key: order-17; x-attempt: 1', 'network-error', 'TypeError', '10 ms', '100 ms', 'backoff', '–'],
      ['2', '110', 'idempotency-key: order-17; x-attempt: 2', '–', '200', '10 ms', '–', '–', '–'],
    ]);
  });

  for (const [name, hash] of Object.entries(calls)) {
    it(`gives code that does the same in Node: ${name}`, async () => {
      const code = await get(`view=call&${hash}`, `document.querySelector('.result details').setAttribute('open', '') ?? ${codeUnder('call.test.mjs')}`);

      assert.match(String(code), /assert\.deepEqual\(fetch\.times, \[0/);
      await runInNode(`${engine}-${name}`, String(code));
    });
  }

  it('stops a call that makes too many requests, or takes too long', async () => {
    const callResult = "document.querySelector('.call-result').textContent";

    assert.match(String(await get('view=call&call.retries=Infinity&call.server=503', callResult)), /^It makes more than 200 requests\. .*lower retries/);
    assert.match(String(await get('view=call&call.timeout=1e308&call.server=hang', callResult)), /^It takes more than a year\. .*set totalTimeout/);
    assert.match(String(await get('view=call&call.maxRetryAfter=Infinity&call.server=429.0.9999999999', callResult)), /^It takes more than a year\./);
  });

  it('shows the distribution of 1,000 calls', async () => {
    const text = String(await get('view=call&call.server=503', "document.querySelector('.histogram figcaption').textContent"));

    assert.match(text, /^1 000 calls.*: 0 % end well/);
    const [, p50 = '', p95 = '', max = ''] = /p50(\d+) msp95(\d+ ms|[\d.]+ s)max([\d.]+) s/.exec(text) ?? [];
    // Three waits, of up to 200, 400 and 800 ms.
    assert.ok(Number(p50) > 600 && Number(p50) < 800, text);
    assert.ok(p95 !== '' && Number(max) > 1.2 && Number(max) <= 1.4, text);
  });

  it('says how many of 1,000 calls have no end', async () => {
    const caption = "document.querySelector('.histogram figcaption').textContent";

    assert.match(String(await get('view=call&call.server=hang&call.timeout=false', caption)), /: 0 % end well, 100 % do not endp50no endp95no endmaxno end$/);
    assert.match(String(await get('view=call&call.server=hang&call.timeout=1000&call.retries=Infinity', caption)), /^100 calls.*: 0 % end well, 100 % do not end/);
  });

  it('shows the message of the library beside a bad value', async () => {
    assert.deepEqual(await get('view=call&call.retries=many&call.backoff.base=-1&call.hedge=on&call.hedge.max=0&call.hedge.urls=http://b.test,x', messages), [
      "'retries' must be an integer >= 0 or Infinity, not \"many\"",
      "'backoff.base' must be a finite number of milliseconds >= 0, not -1",
      "'max' must be an integer >= 1, not 0",
      "'urls' must be an array of absolute URLs, not \"x\"",
    ]);
    assert.deepEqual(await get('view=call&call.retries=_&call.retryAfter=toString', messages), [
      "'retries' must be an integer >= 0 or Infinity, not \"_\"",
      "'retryAfter' must be a function, not \"toString\"",
    ]);
  });

  it('says which outcomes and method of a link it cannot read', async () => {
    const answers = "[...document.querySelectorAll('.script select')].map(({ value }) => value)";

    assert.deepEqual(await get('view=call&call.server=bogus', answers), ['503', 'reset', '429', '200']);
    assert.deepEqual(await get('view=call&call.server=bogus,503.-5,hang.1.2.3,404', answers), ['404']);
    assert.deepEqual(await get('view=call&call.server=bogus,404', "document.querySelector('.script .message').textContent"), 'The link has answers that the page cannot read, and leaves out: bogus');
    assert.deepEqual(await get("view=call&call.method=FO'O", messages), ["The page sends no FO'O: this is a GET"]);
    assert.doesNotMatch(String(await get("view=call&call.method=FO'O", `document.querySelector('.result details').setAttribute('open', '') ?? ${codeUnder('call.test.mjs')}`)), /method:/);
  });

  it('is as wide as its window, whatever its code', async () => {
    const widths = await get('view=call&call.retries=Infinity&call.server=503.40', `document.querySelector('.result details').setAttribute('open', '') ?? [document.documentElement.scrollWidth, innerWidth]`) as number[];

    assert.ok((widths[0] ?? Infinity) <= (widths[1] ?? 0), String(widths));
  });

  it('keeps the code of the last good options while a value is bad', async () => {
    await get('view=call&call.retries=2', '1');
    const shown = await get('view=call&call.retries=many', "[document.querySelector('.call-result').textContent, document.querySelector('.code code').textContent]") as string[];

    assert.match(shown[0] ?? '', /this is the last good result/);
    assert.match(shown[1] ?? '', /retries: 2/);
  });

  it('takes text with spaces as it is typed', async () => {
    const typed = await get('view=call', `await (async () => {
      const label = [...document.querySelectorAll('.field label')].find(({ textContent }) => textContent.startsWith('random'));
      const input = document.getElementById(label.htmlFor);
      for (const letter of 'seed 7') {
        input.value += letter;
        input.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return [input.value, input.getAttribute('aria-invalid')];
    })()`);

    assert.deepEqual(typed, ['seed 7', 'false']);
  });

  it('selects the code where there is no clipboard', async () => {
    const shown = await get('view=call', `await (async () => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
      const button = document.querySelector('.code button');
      button.click();
      await new Promise((resolve) => setTimeout(resolve, 50));
      delete navigator.clipboard;
      return [button.textContent, getSelection().toString().trim() === document.querySelector('.code code').textContent.trim()];
    })()`);

    assert.deepEqual(shown, ['Selected: copy it with the keyboard', true]);
  });

  it('shows that the worker does not start', async () => {
    const shown = await evaluate(`
      const { Worker } = window;
      window.Worker = function () { return new Worker('data:text/javascript,import('); };
      location.hash = 'view=call&call.server=404.7';
      const message = () => document.querySelector('.result > .message')?.textContent;
      while (!message()) await new Promise((resolve) => setTimeout(resolve, 20));
      window.Worker = Worker;
      return [message(), document.querySelector('section').getAttribute('aria-busy'), document.querySelector('.histogram')];`) as unknown[];

    assert.match(String(shown[0]), /^The page cannot play these options: Error: /);
    assert.deepEqual(shown.slice(1), ['false', null]);
  });

  it('writes the hash once the changes have stopped', async () => {
    const slider = "document.querySelector('input[type=range]')";
    const hashes = await get('view=call', `await (async () => {
      for (let at = 1; at <= 300; at += 1) {
        ${slider}.value = String(at);
        ${slider}.dispatchEvent(new Event('input', { bubbles: true }));
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      const [shown, early] = [document.querySelector('output').textContent, location.hash];
      while (location.hash === early) await new Promise((resolve) => setTimeout(resolve, 20));
      return [shown, early, location.hash];
    })()`);

    assert.deepEqual(hashes, ['1.78 s: waiting for attempt 4', '#view=call', '#view=call&call.at=1776']);
  });

  it('keeps a change that a reload follows at once', async () => {
    await evaluate(`${show('view=call', '1').replace(/return 1;/, '')}
      [...document.querySelectorAll('.examples button')].find(({ textContent }) => textContent === 'A lost POST').click();
      window.isOld = true;
      setTimeout(() => location.reload());`);
    let state: unknown;
    while (!Array.isArray(state)) state = await evaluate("return window.isOld || document.querySelector('.script') === null ? null : [location.hash, document.querySelectorAll('.script li').length]").catch(() => undefined);

    assert.deepEqual(state, ['#view=call&call.server=reset.100%2C200.40&call.method=POST', 2]);
  });

  it('shows a hash from outside in place of a change that is not yet written', async () => {
    const shown = await get('view=call', `await (async () => {
      document.querySelectorAll('.examples button')[1].click();
      location.hash = 'view=call&call.server=404.60,200';
      await new Promise((resolve) => setTimeout(resolve, 700));
      return [location.hash, document.querySelector('.script select').value];
    })()`);

    assert.deepEqual(shown, ['#view=call&call.server=404.60,200', '404']);
  });

  it('has no error in its console', async () => {
    assert.deepEqual(await evaluate('return errors'), []);
  });
});
