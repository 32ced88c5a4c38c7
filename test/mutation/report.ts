import { readFileSync } from 'node:fs';
import type { MutantResult } from '@stryker-mutator/api/core';
import { accepted, type AcceptedMutant } from './accepted.ts';

interface Mutant {
  readonly place: string;
  readonly code: string;
  readonly replacement: string;
  readonly isNoticed: boolean;
  /** The failure of the test that notices it. */
  readonly failure: string | undefined;
}

/** The mutants of one file. */
export interface FileResult {
  readonly file: string;
  readonly mutants: number;
  /** The mutants that no test notices, except for the accepted ones. */
  readonly survivors: readonly Mutant[];
  readonly accepted: number;
  /** The accepted mutants that a test notices, with its failure, or that no longer exist. */
  readonly stale: readonly { readonly code: string; readonly failure: string }[];
}

/** Stryker counts lines and columns from 1. */
function codeOf(text: string, { start, end }: MutantResult['location']): string {
  const lines = text.split('\n').slice(start.line - 1, end.line);
  lines.push((lines.pop() ?? '').slice(0, end.column - 1));
  lines.unshift((lines.shift() ?? '').slice(start.column - 1));
  return lines.join('\n');
}

const oneLine = (code: string): string => code.replaceAll(/\s+/g, ' ');

const isSame = (mutant: Mutant, { code, replacement }: AcceptedMutant): boolean => mutant.code === code && mutant.replacement === replacement;

export function fileResult(file: string, mutants: readonly MutantResult[]): FileResult {
  const text = readFileSync(file, 'utf8');
  const known = accepted[file] ?? [];
  const all = mutants.map(({ location, replacement = '', status, statusReason }): Mutant => ({
    place: `${file}:${location.start.line}`,
    code: oneLine(codeOf(text, location)),
    replacement: oneLine(replacement),
    isNoticed: status !== 'Survived' && status !== 'NoCoverage',
    failure: statusReason,
  }));
  const unnoticed = all.filter(({ isNoticed }) => !isNoticed);
  const survivors = unnoticed.filter((mutant) => !known.some((one) => isSame(mutant, one)));
  const stale = known.filter((one) => !unnoticed.some((mutant) => isSame(mutant, one))).map((one) => {
    const noticed = all.find((mutant) => isSame(mutant, one));
    return { code: one.code, failure: noticed ? noticed.failure ?? 'its tests run too long' : 'there is no such mutant' };
  });
  return { file, mutants: mutants.length, survivors, accepted: unnoticed.length - survivors.length, stale };
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
    for (const { code, failure } of stale) console.log(`${file}: accepted.ts has a mutant of '${code}', but ${failure}`);
  }
  console.log(`\n${'file'.padEnd(32)}      %     mutants   survivors    accepted`);
  for (const result of results) console.log(row(result.file, [result]));
  console.log(row('all', results));
}
