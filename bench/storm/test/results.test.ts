import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const bench = new URL('../../../', import.meta.url);
const linesOf = (path: string): string[] => readFileSync(new URL(path, bench), 'utf8').split('\n');

const results = linesOf('storm/results/README.md');
const readme = linesOf('../README.md');

describe('README.md', () => {
  it('has the figures that the storms gave', () => {
    const figures = results.filter((line) => line.startsWith('- ')).slice(0, 3);

    assert.equal(figures.length, 3);
    assert.deepEqual(figures.filter((line) => !readme.includes(line)), []);
  });

  it('shows a picture that is there, light and dark', () => {
    const shown = readme.join('\n').match(/bench\/storm\/results\/[\w-]+\.svg/g) ?? [];

    assert.equal(shown.length, 2);
    assert.deepEqual(shown.filter((path) => !existsSync(new URL(`../${path}`, bench))), []);
  });
});

describe('bench/storm/README.md', () => {
  it('tells no figure in bold that the tables have not', () => {
    const told = linesOf('storm/README.md').join('\n').match(/\*\*\d[^*]*\*\*/g) ?? [];
    const known = results.join('\n');

    assert.ok(told.length >= 8, `${told.length} figures`);
    assert.deepEqual(told.map((bold) => bold.slice(2, -2)).filter((figure) => !known.includes(figure)), []);
  });
});
