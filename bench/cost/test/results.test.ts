import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

/** The folder of the sources, three levels above the compiled test. */
const bench = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, bench), 'utf8');

describe('bench/README.md', () => {
  it('has the sentences of the last run', () => {
    const summary = read('cost/results/README.md').split('\n').filter((line) => line.startsWith('- '));
    const readme = read('README.md').split('\n');

    assert.equal(summary.length, 5);
    assert.deepEqual(summary.filter((line) => !readme.includes(line)), []);
  });

  it('shows the chart in light and dark', () => {
    const charts = read('README.md').match(/cost\/results\/[\w-]+\.svg/g) ?? [];

    assert.deepEqual([...new Set(charts)].sort(), ['cost/results/cost-dark.svg', 'cost/results/cost-light.svg']);
    assert.deepEqual(charts.filter((path) => !existsSync(new URL(path, bench))), []);
  });

  it('fits on a screen or two', () => {
    assert.ok(read('README.md').split('\n').length <= 70);
  });
});
