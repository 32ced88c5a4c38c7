import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Cell } from './clients/child.ts';
import { entries, titleOf, type Entry } from './clients/registry.ts';
import { scenarios } from './clients/scenarios.ts';
import type { Section } from './section.ts';

/** The oldest Node, the oldest that most clients of today want, and the newest. */
const nodes = [20, 22, 26] as const;

/** How long all of it may take under one Node, in milliseconds. */
const patience = 55_000;

type Told = Cell & { readonly node: number };

/**
 * Real clients, each with `resilientFetch` as its fetch. Whatever they return, throw and send is compared with what the
 * same calls come to with plain fetch and a server that does not fail.
 */
export async function clients(): Promise<Section> {
  const cells = (await Promise.all(nodes.map(cellsUnder))).flat();
  const problems = entries.flatMap((entry) => nodes.filter((node) => node >= entry.node).flatMap((node) => problemsOf(entry, node, cells)));
  return { title: 'Real clients', lines: [...table(cells), '', ...reasons(cells), ...problems], failures: problems.length };
}

/** Has another Node try them all, and collects what it tells. What it does not tell is missed later. */
function cellsUnder(node: number): Promise<Told[]> {
  const child = fork(fileURLToPath(new URL('./clients/child.js', import.meta.url)), {
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
    nodes.filter((node) => node >= entry.node).join(', '),
    ...scenarios.map(({ name }) => verdict(entry, inPlace(cells, entry.name, name))),
  ]);
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
}

function verdict(entry: Entry, told: readonly Told[]): string {
  if (told.length < nodes.filter((node) => node >= entry.node).length || told.some(({ problem }) => problem !== undefined)) return 'FAIL';
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
