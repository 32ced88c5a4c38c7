import { globSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { fileResult, printReport, scoreOf, type FileResult } from './report.ts';

const leastScore = 95;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string', default: '2' } },
});

// Halves the time of a test file: its types are stripped once, and not for each mutant.
process.env.NODE_COMPILE_CACHE = 'test/mutation/node_modules/.cache';

/** The tests that take longest, and those that seldom notice a mutant of another file. */
const lateTests = /retry-budget|abort-forwarding|body-limits|timeout|layers/;

/** The first test that fails ends the run of a mutant: the file's own tests come first. */
function testsFor(file: string): string[] {
  const ownTest = file.replace(/^src(.*)\.ts$/, 'test/unit$1.test.ts');
  const rank = (test: string): number => test === ownTest ? 0 : lateTests.test(test) ? 2 : 1;
  const unitTests = globSync('test/unit/**/*.test.ts').sort((a, b) => rank(a) - rank(b));
  // The core does not import the layers, so its tests notice none of their mutants.
  if (file.startsWith('src/layers/')) return unitTests.filter((test) => test.includes('layers'));
  // Unit tests do not replace the global fetch: contract tests do.
  const ownContract = ['src/global-fetch.ts', 'src/resilient-fetch.ts'].includes(file) ? ['global-fetch', 'nested-calls'].map((name) => `test/contract/${name}.test.ts`) : [];
  return [...ownContract, ...unitTests, 'test/contract/drop-in.test.ts'];
}

const mutate = (file: string): Promise<MutantResult[]> => new Stryker({
  mutate: [file],
  testRunner: 'tap',
  plugins: [import.meta.resolve('@stryker-mutator/tap-runner')],
  tap: { testFiles: testsFor(file), nodeArgs: ['-r', '{{hookFile}}', '--test-reporter=tap', '{{testFile}}'] },
  coverageAnalysis: 'perTest',
  concurrency: Number(values.concurrency),
  // Endless loops are found by counting, and a busy machine is slow.
  timeoutMS: 20_000,
  // TypeScript 7 has no JavaScript API, and Node runs TypeScript as it is.
  tsconfigFile: 'none',
  ignorePatterns: ['/*', '!/src', '!/package.json', '!/test', '/test/*', '!/test/contract', '!/test/support', '!/test/unit'],
  tempDirName: 'test/mutation/sandbox',
  reporters: ['progress-append-only'],
}).runMutationTest();

const results: FileResult[] = [];
// The index files have no code of their own.
const files = positionals.length > 0 ? positionals : globSync('src/**/*.ts').filter((file) => !file.endsWith('index.ts')).sort();
for (const file of files) {
  results.push(fileResult(file, await mutate(file)));
  printReport(results);
}
if (scoreOf(results) < leastScore || results.some(({ stale }) => stale.length > 0)) process.exitCode = 1;
