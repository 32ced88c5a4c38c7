import { globSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { fileResults, printReport, scoreOf } from './report.ts';

const leastScore = 95;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string', default: '2' } },
});

/** The slow tests come last, because the first test that fails ends the run of a mutant. */
const slowTests = ['retry', 'resilient-fetch', 'body-timeout', 'retry-budget', 'abort-forwarding-to-body'].map((name) => `test/unit/${name}.test.ts`);
const tests = globSync('test/unit/**/*.test.ts').filter((test) => !slowTests.includes(test)).concat(slowTests);

// Halves the time of a test file: its types are stripped once, and not for each mutant.
process.env.NODE_COMPILE_CACHE = 'test/mutation/node_modules/.cache';

const stryker = new Stryker({
  mutate: positionals.length > 0 ? positionals : ['src/**/*.ts'],
  testRunner: 'tap',
  plugins: [import.meta.resolve('@stryker-mutator/tap-runner')],
  tap: { testFiles: tests, nodeArgs: ['-r', '{{hookFile}}', '--test-reporter=tap', '{{testFile}}'] },
  coverageAnalysis: 'perTest',
  concurrency: Number(values.concurrency),
  // Endless loops are found by counting, and a busy machine is slow.
  timeoutMS: 60_000,
  // TypeScript 7 has no JavaScript API, and Node runs TypeScript as it is.
  tsconfigFile: 'none',
  ignorePatterns: ['/*', '!/src', '!/package.json', '!/test', '/test/*', '!/test/unit', '!/test/support'],
  tempDirName: 'test/mutation/sandbox',
  reporters: ['progress-append-only'],
});

const results = fileResults(await stryker.runMutationTest());
printReport(results);
if (scoreOf(results) < leastScore || results.some(({ stale }) => stale.length > 0)) process.exitCode = 1;
