import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { group } from 'd3-array';
import { drawSvg } from '../../retry-storms/charts/svg.ts';
import { themes } from '../../retry-storms/charts/theme.ts';
import { gzippedSize } from '../bundle-size.ts';
import type { Measurement } from '../measurements/measurement.ts';
import { caseTable, missingRatioNote } from './case-table.ts';
import type { MeasuredCase } from './cases.ts';
import { costChart } from './chart.ts';
import { replaceAnswer, summaryOf } from './summary.ts';

/** The folder of the sources, not of the compiled files. */
const bench = new URL('../../../', import.meta.url);
const folder = new URL('cost/results/', bench);
const readme = new URL('README.md', bench);

/** Formats the versions of libraries whose newest one does not run on a Node. */
function olderVersionsNote(cases: readonly MeasuredCase[]): string[] {
  const found = cases.flatMap(({ runs }) => runs).flatMap(({ node, result }) =>
    [...result.olderVersions].map(([name, version]) => `${name} ${version} on Node ${node}`));
  return found.length === 0 ? [] : [`Older than the newest version, which does not run there: ${[...new Set(found)].join(', ')}.`, ''];
}

/** Formats the cases of one measurement. */
const sectionOf = ({ title, about, columns }: Measurement, cases: readonly MeasuredCase[]): string[] => [
  `## ${title}`, '', about, '',
  ...cases.flatMap(({ caseName, runs }) => [...(caseName === '' ? [] : [`### ${caseName}`, '']), ...caseTable(runs, columns), '']),
];

/** Writes the tables, the chart and the summary in `bench/README.md`. `load` is the load average before the run. Resolves with the names of the results. */
export async function writeResults(cases: readonly MeasuredCase[], sizes: readonly string[], load: number): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const answer = summaryOf(cases, await gzippedSize());
  const page = [
    '# The cost of a call: all tables', '',
    'Written by `npm run bench`; the [method](../../README.md#method). Read ratios: absolute times are those of one machine '
    + `(${cpus().length} cores of ${cpus()[0]?.model.trim()}, a load average of ${load.toFixed(1)} before the run) on one day.`, '',
    'A figure is the median of its rounds, with the first and the third quartile in brackets. '
    + '“Added” is what a library adds to fetch in the same round.', '',
    missingRatioNote, '',
    '## In short', '', ...answer, '',
    ...[...group(cases, ({ measurement }) => measurement)].flatMap(([measurement, own]) => sectionOf(measurement, own)),
    ...sizes, '', ...olderVersionsNote(cases),
  ];
  const files = new Map([['README.md', page.join('\n')]]);
  for (const theme of themes) files.set(`cost-${theme.name}.svg`, `${await drawSvg(costChart(cases, theme), theme)}\n`);
  for (const [name, text] of files) writeFileSync(new URL(name, folder), text);
  writeFileSync(readme, replaceAnswer(readFileSync(readme, 'utf8'), answer));
  return [...files.keys()];
}
