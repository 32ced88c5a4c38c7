import { readFileSync } from 'node:fs';
import type { MutantResult } from '@stryker-mutator/api/core';
import { accepted, type AcceptedMutant } from './accepted.ts';

interface Survivor {
  readonly place: string;
  readonly code: string;
  readonly replacement: string;
}

/** The mutants of one file. */
export interface FileResult {
  readonly file: string;
  readonly mutants: number;
  /** The mutants that no test notices, except for the accepted ones. */
  readonly survivors: readonly Survivor[];
  readonly accepted: number;
  /** The accepted mutants that a test notices, or that no longer exist. */
  readonly stale: readonly AcceptedMutant[];
}

/** Stryker counts lines and columns from 1. */
function codeOf(text: string, { start, end }: MutantResult['location']): string {
  const lines = text.split('\n').slice(start.line - 1, end.line);
  lines.push((lines.pop() ?? '').slice(0, end.column - 1));
  lines.unshift((lines.shift() ?? '').slice(start.column - 1));
  return lines.join('\n');
}

const oneLine = (code: string): string => code.replaceAll(/\s+/g, ' ');

const isSame = (survivor: Survivor, { code, replacement }: AcceptedMutant): boolean =>
  survivor.code === code && survivor.replacement === replacement;

export function fileResult(file: string, mutants: readonly MutantResult[]): FileResult {
  const text = readFileSync(file, 'utf8');
  const known = accepted[file] ?? [];
  const undetected = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage').map((mutant) => ({
    place: `${file}:${mutant.location.start.line}`,
    code: oneLine(codeOf(text, mutant.location)),
    replacement: oneLine(mutant.replacement ?? ''),
  }));
  const survivors = undetected.filter((survivor) => !known.some((mutant) => isSame(survivor, mutant)));
  return {
    file,
    mutants: mutants.length,
    survivors,
    accepted: undetected.length - survivors.length,
    stale: known.filter((mutant) => !undetected.some((survivor) => isSame(survivor, mutant))),
  };
}

/** The share of mutants that a test notices, in percent. Accepted mutants do not count. */
export function scoreOf(results: readonly FileResult[]): number {
  const sum = (count: (result: FileResult) => number): number => results.reduce((total, result) => total + count(result), 0);
  const relevant = sum((result) => result.mutants - result.accepted);
  return 100 * (1 - sum(({ survivors }) => survivors.length) / relevant);
}

function row(name: string, results: readonly FileResult[]): string {
  const sum = (count: (result: FileResult) => number): string =>
    String(results.reduce((total, result) => total + count(result), 0)).padStart(12);
  return [
    name.padEnd(32),
    scoreOf(results).toFixed(1).padStart(7),
    sum(({ mutants }) => mutants),
    sum(({ survivors }) => survivors.length),
    sum((result) => result.accepted),
  ].join('');
}

export function printReport(results: readonly FileResult[]): void {
  for (const { place, code, replacement } of results.flatMap(({ survivors }) => survivors)) {
    console.log(`${place}\n  - ${code}\n  + ${replacement}`);
  }
  for (const { file, stale } of results) {
    for (const { code } of stale) console.log(`${file}: accepted.ts has a mutant of '${code}' that a test notices, or that is gone`);
  }
  console.log(`\n${'file'.padEnd(32)}      %     mutants   survivors    accepted`);
  for (const result of results) console.log(row(result.file, [result]));
  console.log(row('all', results));
}
