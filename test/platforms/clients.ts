import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Cell } from './clients/child.ts';
import { entries, titleOf, type Entry } from './clients/registry.ts';
import { scenarios } from './clients/scenarios.ts';
import type { Section } from './section.ts';

/** Each client is tried under the oldest of these that it supports, and under the newest. */
const nodes = [20, 22, 26] as const;

const nodesOf = ({ node }: Entry): number[] => [node, 26];

/** When a Node that hangs is ended, in milliseconds: it takes 20 s, and more where others want the machine. */
const patience = 150_000;

type Told = Cell & { readonly node: number };

/**
 * Real clients, each with `resilientFetch` as its fetch. Whatever they return, throw and send is compared with what the
 * same calls come to with plain fetch and a server that does not fail.
 */
export async function clients(): Promise<Section> {
  const cells = (await Promise.all(nodes.map(cellsUnder))).flat();
  const problems = entries.flatMap((entry) => nodesOf(entry).flatMap((node) => problemsOf(entry, node, cells)));
  return { title: 'Real clients', lines: [...table(cells), '', ...reasons(cells), ...problems], failures: problems.length };
}

/** Has another Node try them all, and collects what it tells. What it does not tell is missed later. */
function cellsUnder(node: number): Promise<Told[]> {
  const rows = entries.filter((entry) => nodesOf(entry).includes(node)).map(({ name }) => name);
  const child = fork(fileURLToPath(new URL('./clients/child.js', import.meta.url)), rows, {
    execPath: fileURLToPath(new URL(`../node_modules/node${node}/bin/node`, import.meta.url)),
    // They are heard all the same, and compared.
    execArgv: ['--no-warnings'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const cells: Told[] = [];
  // The child sends nothing but cells.
  child.on('message', (cell) => void cells.push({ ...cell as Cell, node }));
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  return new Promise((resolve) => {
    child.on('error', () => resolve(cells));
    child.on('close', () => {
      clearTimeout(timer);
      resolve(cells);
    });
  });
}

const inPlace = (cells: readonly Told[], row: string, column: string): Told[] =>
  cells.filter((cell) => cell.row === row && cell.column === column);

function table(cells: readonly Told[]): string[] {
  const head = ['client', 'Node', ...scenarios.map(({ name }) => name)];
  const rows = entries.map((entry) => [
    titleOf(entry),
    nodesOf(entry).join(', '),
    ...scenarios.map(({ name }) => verdict(entry, inPlace(cells, entry.name, name))),
  ]);
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
}

function verdict(entry: Entry, told: readonly Told[]): string {
  const isWhole = told.length === nodesOf(entry).length;
  if (!isWhole || told.some(({ problem }) => problem !== undefined)) return 'FAIL';
  return told.some(({ skipped }) => skipped !== undefined) ? '—' : 'ok';
}

/** Why a dash stands where it does. */
function reasons(cells: readonly Told[]): string[] {
  const lines = cells.filter(({ skipped }) => skipped !== undefined).map(({ row, column, skipped }) => `- ${row}, ${column}: — ${skipped}`);
  return [...new Set(lines)];
}

function problemsOf({ name }: Entry, node: number, cells: readonly Told[]): string[] {
  return scenarios.flatMap((scenario) => {
    const told = inPlace(cells, name, scenario.name).find((cell) => cell.node === node);
    const problem = told === undefined ? 'it was never told' : told.problem;
    return problem === undefined ? [] : [`- ${name}, ${scenario.name}: FAIL on Node ${node}: ${problem}`];
  });
}
