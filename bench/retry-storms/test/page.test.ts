import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnyExperiment } from '../experiment.ts';
import { indexOf, pageOf, summaryOf } from '../page.ts';

const experiment: AnyExperiment = {
  name: 'example',
  question: 'Does it work?',
  setup: 'One call.',
  jobs: [],
  describe: () => '',
  run: () => Promise.resolve(),
  findings: (results) => [`Finding ${results.length}.`],
  charts: () => [{ name: 'chart', alt: 'A chart', spec: () => ({ data: { values: [] }, mark: 'bar', encoding: {} }) }],
  tables: () => [{ title: 'By policy', note: 'A note.', head: ['policy', 'change', 'ms'], textColumns: 2, rows: [['a', 'b', '5'], ['c', 'd', '1 000']] }],
};

const tables = [
  '- Finding 1.',
  '',
  '## By policy',
  '',
  'A note.',
  '',
  '| policy | change |    ms |',
  '| :----- | :----- | ----: |',
  '| a      | b      |     5 |',
  '| c      | d      | 1 000 |',
];

describe('pageOf', () => {
  it('shows the setup, the charts for both themes, the findings and the tables', () => {
    assert.deepEqual(pageOf(experiment, [1], 7).split('\n'), [
      '# Does it work?',
      '',
      'One call. Printed by `npm run storm -- example --seed 7`.',
      '',
      '<picture>',
      '  <source media="(prefers-color-scheme: dark)" srcset="chart-dark.svg">',
      '  <img alt="A chart" src="chart-light.svg">',
      '</picture>',
      '',
      ...tables,
    ]);
  });
});

describe('summaryOf', () => {
  it('shows the findings and the tables', () => {
    assert.deepEqual(summaryOf(experiment, [1]).split('\n'), ['# Does it work?', '', ...tables]);
  });
});

describe('indexOf', () => {
  it('links to each page', () => {
    assert.match(indexOf([experiment]), /^- \[example\]\(example\.md\): Does it work\?$/m);
  });
});
