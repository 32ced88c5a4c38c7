import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { backoffDelay, type Jitter } from '../../src/backoff.ts';
import { defaults } from '../../src/options.ts';

const lines = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8').split('\n');

/** The cells of the table rows that begin with such a cell, without their backticks. */
const rowsOf = (first: RegExp): string[][] =>
  lines.filter((line) => first.test(line)).map((line) => line.slice(1, -1).split('|').map((cell) => cell.replaceAll('`', '').trim()));

describe('README.md', () => {
  it('is under 200 lines', () => {
    assert.ok(lines.length < 200, `${lines.length} lines`);
  });

  it('has a row for every option', () => {
    const names = rowsOf(/^\| `[a-zA-Z]+`[^|]*\| .* \|$/).flatMap(([name = '']) => name.split(', '));

    assert.deepEqual(names.filter((name) => name in defaults).sort(), Object.keys(defaults).sort());
  });

  const { retries, timeout, maxRetryAfter } = defaults;
  for (const [name, value] of Object.entries({ retries, timeout, maxRetryAfter })) {
    it(`tells the default of ${name}`, () => {
      const [row] = rowsOf(new RegExp(`^\\| \`${name}\``));

      assert.equal(Number(row?.[1]?.replaceAll(' ', '')), value);
    });
  }

  it('tells the default backoff', () => {
    const [row] = rowsOf(/^\| `backoff`/);

    assert.equal(row?.[1]?.replaceAll('_', ''), "{ base: 200, factor: 2, max: 30000, jitter: 'full' }");
    assert.deepEqual(defaults.backoff, { base: 200, factor: 2, max: 30_000, jitter: 'full' });
  });

  for (const jitter of ['none', 'full', 'equal', 'decorrelated'] satisfies Jitter[]) {
    it(`tells the waits of jitter ${jitter}`, () => {
      const [row] = rowsOf(new RegExp(`^\\| \`'${jitter}'\``));
      const backoff = { base: 200, factor: 2, max: 30_000, jitter };
      const waits: number[] = [];

      for (const retry of [1, 2, 3, 4]) waits.push(backoffDelay(retry, backoff, 0.5, waits.at(-1)));

      assert.equal(row?.[2], waits.join(', '));
    });
  }
});
