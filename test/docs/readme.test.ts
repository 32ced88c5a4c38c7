import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backoffDelay, type Jitter } from '../../src/backoff.ts';
import { defaults } from '../../src/options.ts';
import { read } from './repository.ts';

/** The cells of the table rows that begin with such a cell, without their links and backticks. */
const rowsIn = (text: string, first: RegExp): string[][] => text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').split('\n')
  .filter((line) => first.test(line))
  .map((line) => line.slice(1, -1).split('|').map((cell) => cell.replaceAll('`', '').trim()));

const lines = read('README.md').trimEnd().split('\n');

describe('README.md', () => {
  it('has at most 150 lines', () => {
    assert.ok(lines.length <= 150, `${lines.length} lines`);
  });

  it('has at most 400 characters in a line', () => {
    assert.deepEqual(lines.filter((line) => line.length > 400), []);
  });

  it('has at most 80 characters in a line of code', () => {
    const blocks = [...read('README.md').matchAll(/^```ts\n([\s\S]*?)^```/gm)].flatMap(([, code = '']) => code.split('\n'));

    assert.deepEqual(blocks.filter((line) => line.length > 80), []);
  });
});

for (const path of ['README.md', 'docs/options.md']) {
  describe(`the table of options in ${path}`, () => {
    const [, table = ''] = /^\| option (.*?)\n\n/ms.exec(read(path)) ?? [];

    it('has a row for every option', () => {
      const names = rowsIn(table, /^\| `[a-zA-Z]+`[^|]*\| .* \|$/).flatMap(([name = '']) => name.split(', '));

      assert.deepEqual(names.sort(), Object.keys(defaults).sort());
    });

    const { retries, timeout, totalTimeout, bodyTimeout, maxRetryAfter } = defaults;
    for (const [name, value] of Object.entries({ retries, timeout, totalTimeout, bodyTimeout, maxRetryAfter })) {
      it(`has the default of ${name}`, () => {
        const [row] = rowsIn(table, new RegExp(`^\\| \`${name}\` `));

        assert.equal(Number(row?.[1]?.replaceAll(' ', '')), value);
      });
    }

    it('has the default backoff', () => {
      const [row] = rowsIn(table, /^\| `backoff`/);

      assert.equal(row?.[1]?.replaceAll('_', ''), "{ base: 200, factor: 2, max: 30000, jitter: 'full' }");
      assert.deepEqual(defaults.backoff, { base: 200, factor: 2, max: 30_000, jitter: 'full' });
    });
  });
}

describe('docs/retrying.md', () => {
  it('has the statuses and methods that are retried', () => {
    const text = read('docs/retrying.md');

    assert.ok(text.includes([...defaults.retryOn.statuses].join(', ')), 'statuses');
    assert.ok(text.includes([...defaults.retryOn.methods].join(', ')), 'methods');
  });

  for (const jitter of ['none', 'full', 'equal', 'decorrelated'] satisfies Jitter[]) {
    it(`has the waits of jitter ${jitter}`, () => {
      const [row] = rowsIn(read('docs/retrying.md'), new RegExp(`^\\| \`'${jitter}'\``));
      const backoff = { base: 200, factor: 2, max: 30_000, jitter };
      const waits: number[] = [];

      for (const retry of [1, 2, 3, 4]) waits.push(backoffDelay(retry, backoff, 0.5, waits.at(-1)));

      assert.equal(row?.[2], waits.join(', '));
    });
  }
});
