import assert from 'node:assert/strict';
import { it } from 'node:test';
import { codeUnder, describeInEachEngine, runInNode } from './browsers.ts';

describeInEachEngine('the migration', ({ engine, evaluate, get }) => {
  it('translates the options of each library into ones that are valid', async () => {
    const ids = await get('view=migrate', "[...document.querySelectorAll('.question option')].map(({ value }) => value)") as string[];
    assert.equal(ids.length, 6);
    for (const id of ids) {
      const code = String(await get(`view=migrate&migrate.from=${id}`, codeUnder('The same here')));
      assert.match(code, /retries: \d/);
      await runInNode(`${engine}-${id}`, code);
    }
  });

  it('shows what differs option by option, and what it cannot read', async () => {
    const python = encodeURIComponent("retries = Retry(total=2, allowed_methods={'get'}, status_forcelist=(502, 503), backoff_factor=0.5)  # ours");
    const rows = await get(`view=migrate&migrate.options=${python}`, "[...document.querySelectorAll('tbody tr')].map(({ cells }) => [cells[0].textContent, cells[1].textContent])");
    const message = await get('view=migrate&migrate.options=Retry(total', "document.querySelector('#paste-message').textContent");

    assert.deepEqual(rows, [
      ['total: 2', 'retries: 2'],
      ["allowed_methods: ['get']", "retryOn.methods: ['GET']"],
      ['status_forcelist: [502, 503]', 'retryOn.statuses: [502, 503]'],
      ['backoff_factor: 0.5', 'backoff: (retry) => retry === 1 ? 0 : Math.min(120_000, 500 * 2 ** (retry - 1))'],
    ]);
    assert.equal(message, 'Unexpected token (1:11)');
  });

  it('has no error in its console', async () => {
    assert.deepEqual(await evaluate('return errors'), []);
  });
});
