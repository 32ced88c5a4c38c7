import { parseArgs } from 'node:util';
import { measure } from './measure.ts';
import { nodePath, versions } from './nodes.ts';
import { rows } from './rows/index.ts';
import { sizes } from './rows/size.ts';
import { table, type Run } from './table.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    node: { type: 'string', default: versions.join() },
    rounds: { type: 'string' },
    case: { type: 'string' },
    contestants: { type: 'string', default: '' },
  },
});

const list = (text: string): string[] => text.split(',').filter((word) => word !== '');

const only = list(values.only);
const isWanted = (name: string): boolean => only.length === 0 || only.includes(name);
const stranger = only.find((name) => name !== 'size' && !rows.some((row) => row.name === name));
if (stranger !== undefined) throw new RangeError(`no row '${stranger}' among ${[...rows.map(({ name }) => name), 'size'].join(', ')}`);

const place = (version: string) => ({
  node: nodePath(version),
  rounds: values.rounds === undefined ? undefined : Number(values.rounds),
  contestants: list(values.contestants),
});

const older = new Set<string>();

for (const row of rows.filter(({ name }) => isWanted(name))) {
  console.log(`\n## ${row.title}\n\n${row.about}`);
  for (const [index, name] of row.cases.entries()) {
    if (values.case !== undefined && Number(values.case) !== index + 1) continue;
    const runs: Run[] = [];
    for (const version of list(values.node)) runs.push({ node: version, results: await measure(row, name, place(version)) });
    for (const { node, results } of runs) for (const result of results) if (result.older) older.add(`${result.name} ${result.older} on Node ${node}`);
    console.log(['', ...(name === '' ? [] : [`### ${name}`, '']), ...table(runs, row.columns)].join('\n'));
  }
}
if (isWanted('size')) console.log(['', ...await sizes()].join('\n'));
if (older.size > 0) console.log(`\nOlder than the newest, as that does not run there: ${[...older].join(', ')}.`);
