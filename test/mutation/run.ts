import { globSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { fileResults, printReport, scoreOf } from './report.ts';

const leastScore = 95;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string', default: '2' } },
});

/** The first test that fails ends the run of a mutant: a file's own tests come first, and the slow ones last. */
const ownTests = positionals.map((file) => file.replace(/^src(.*)\.ts$/, 'test/unit$1.test.ts'));
const slowTests = ['retry', 'resilient-fetch', 'body-timeout', 'retry-budget', 'abort-forwarding', 'internal-slot'].map((name) => `test/unit/${name}.test.ts`);
const rank = (test: string): number => ownTests.includes(test) ? 0 : 1 + slowTests.indexOf(test);
const unitTests = globSync('test/unit/**/*.test.ts').sort((a, b) => rank(a) - rank(b));

// Halves the time of a test file: its types are stripped once, and not for each mutant.
process.env.NODE_COMPILE_CACHE = 'test/mutation/node_modules/.cache';

const stryker = new Stryker({
  mutate: positionals.length > 0 ? positionals : ['src/**/*.ts'],
  testRunner: 'tap',
  plugins: [import.meta.resolve('@stryker-mutator/tap-runner')],
  // Unit tests do not replace the global fetch: one contract test does.
  tap: { testFiles: [...unitTests, 'test/contract/drop-in.test.ts'], nodeArgs: ['-r', '{{hookFile}}', '--test-reporter=tap', '{{testFile}}'] },
  coverageAnalysis: 'perTest',
  concurrency: Number(values.concurrency),
  // Endless loops are found by counting, and a busy machine is slow.
  timeoutMS: 60_000,
  // TypeScript 7 has no JavaScript API, and Node runs TypeScript as it is.
  tsconfigFile: 'none',
  ignorePatterns: ['/*', '!/src', '!/package.json', '!/test', '/test/*', '!/test/contract', '!/test/support', '!/test/unit'],
  tempDirName: 'test/mutation/sandbox',
  reporters: ['progress-append-only'],
});

const results = fileResults(await stryker.runMutationTest());
printReport(results);
if (scoreOf(results) < leastScore || results.some(({ stale }) => stale.length > 0)) process.exitCode = 1;
