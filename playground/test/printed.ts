import { read } from './browsers.ts';

/** The figures of a policy that `npm run storm` has printed. */
export function printedBy(experiment: string, ...cells: readonly string[]): string[] {
  const rows = read(`bench/retry-storms/results/${experiment}.md`).split('\n').map((line) => line.split('|').map((cell) => cell.trim()).slice(1, -1));
  return rows.find((row) => cells.every((cell, index) => row[index] === cell))?.slice(cells.length) ?? [];
}
