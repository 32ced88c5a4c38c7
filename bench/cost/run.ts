import { availableParallelism, loadavg } from 'node:os';
import { sizeTables } from './bundle-size.ts';
import { measureCase } from './measure.ts';
import { measurements } from './measurements/index.ts';
import type { Measurement } from './measurements/measurement.ts';
import { nodePath } from './nodes.ts';
import { readOptions } from './options.ts';
import { caseTable, missingRatioNote } from './report/case-table.ts';
import type { MeasuredCase } from './report/cases.ts';
import { comparisonTable } from './report/comparison.ts';
import { writeResults } from './report/results-page.ts';

const args = process.argv.slice(2);
const options = readOptions(args);
const isSelected = (name: string): boolean => options.only.length === 0 || options.only.includes(name);
/** A comparison of two checkouts leaves out the measurements that have no figure to compare. */
const selected = measurements.filter(({ name, compared }) => isSelected(name) && (options.against === undefined || compared !== undefined));

async function measureOnEachNode(measurement: Measurement, caseName: string): Promise<MeasuredCase> {
  const runs = [];
  for (const node of options.nodes) {
    const { libraries, processes, rounds, against } = options;
    const result = await measureCase(measurement, caseName, { node: nodePath(node), processes, rounds, against, ...(libraries && { libraries }) });
    runs.push({ node, result });
  }
  return { measurement, caseName, runs };
}

const [load = NaN] = loadavg();
if (load > availableParallelism()) console.log(`The machine is busy (load average ${load.toFixed(1)}): times will be unreliable.`);

const cases: MeasuredCase[] = [];
for (const measurement of selected) {
  console.log(`\n## ${measurement.title}\n\n${measurement.about}`);
  for (const [index, caseName] of measurement.cases.entries()) {
    if (options.caseNumber !== undefined && options.caseNumber !== index + 1) continue;
    const measured = await measureOnEachNode(measurement, caseName);
    cases.push(measured);
    console.log(['', ...(caseName === '' ? [] : [`### ${caseName}`, '']), ...caseTable(measured.runs, measurement.columns)].join('\n'));
  }
}

const sizes = isSelected('size') && options.against === undefined ? await sizeTables() : [];
console.log(['', ...sizes, '', missingRatioNote].join('\n'));
if (options.against !== undefined) console.log(['', '## This checkout and the other', '', ...comparisonTable(cases)].join('\n'));

// Only a run of everything gives results that belong together.
if (args.length === 0) console.log(`\nWrote bench/cost/results/: ${(await writeResults(cases, sizes, load)).join(', ')}`);
