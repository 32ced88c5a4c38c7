import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { experiments } from '../experiments/index.ts';

const root = new URL('../../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const results = 'bench/retry-storms/results/';
const files = readdirSync(new URL(results, root)).sort();
const pages = files.filter((name) => name.endsWith('.md'));
const readme = read('README.md');

describe('results', () => {
  it('have a page for each experiment, and each chart of a page in both themes', () => {
    const charts = pages.flatMap((page) => [...read(`${results}${page}`).matchAll(/(?:srcset|src)="([^"]+)"/g)].map(([, path]) => path));

    assert.ok(charts.length >= 12, charts.join());
    assert.deepEqual(files, [...experiments.map(({ name }) => `${name}.md`), 'README.md', ...charts].sort());
  });
});

describe('docs/production.md', () => {
  it('has the findings of the outage', () => {
    const findings = read(`${results}outage.md`).split('\n').filter((line) => line.startsWith('- '));

    assert.equal(findings.length, 3);
    assert.deepEqual(findings.filter((line) => !read('docs/production.md').split('\n').includes(line)), []);
  });
});

describe('README.md', () => {
  it('shows only charts that exist, in both themes', () => {
    const charts = [...readme.matchAll(/bench\/retry-storms\/results\/([\w-]+\.svg)/g)].map(([, name]) => name);

    assert.ok(charts.length >= 2);
    assert.deepEqual(charts.filter((name) => name === undefined || !files.includes(name)), []);
  });
});

describe('bench/retry-storms/README.md', () => {
  it('has no figure in bold that is not in the results', () => {
    const figures = [...read('bench/retry-storms/README.md').matchAll(/\*\*(\d[^*]*)\*\*/g)].map(([, figure]) => figure ?? '');
    const cells = new Set(pages.flatMap((page) => read(`${results}${page}`).split('\n').filter((line) => line.startsWith('|')))
      .flatMap((line) => line.split('|').map((cell) => cell.trim())));

    assert.ok(figures.length >= 30, `${figures.length} figures`);
    assert.deepEqual(figures.filter((figure) => !cells.has(figure)), []);
  });
});
