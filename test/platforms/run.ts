/** Runs the checks: see README.md. */
import { parseArgs } from 'node:util';
import { checkBundles } from './bundles/index.ts';
import { checkClients } from './clients/index.ts';
import type { Report } from './lib/report.ts';
import { Workspace } from './lib/workspace.ts';
import { checkPlatforms } from './matrix/index.ts';
import { checkPackage } from './package/index.ts';
import { checkTypes } from './types/index.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    all: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const matrixOptions = { ...values, only: values.only.split(',').filter((id) => id !== '') };

/** Every suite by the name of its folder, in the order of the output. */
const suites: Readonly<Record<string, (workspace: Workspace) => Promise<Report>>> = {
  matrix: (workspace) => checkPlatforms(workspace, matrixOptions),
  bundles: checkBundles,
  types: checkTypes,
  package: checkPackage,
  clients: checkClients,
};

/** Runs the suites, even after one that failed, and resolves to the number of failures. */
async function run(names: readonly string[]): Promise<number> {
  const workspace = new Workspace();
  let failures = 0;
  for (const name of names) {
    const report = await runSuite(name, workspace).catch((error: unknown) => failureOf(name, error));
    console.log([`\n## ${report.title}\n`, ...report.lines].join('\n'));
    failures += report.failures;
  }
  await workspace.close();
  return failures;
}

async function runSuite(name: string, workspace: Workspace): Promise<Report> {
  const suite = suites[name];
  if (suite === undefined) throw new Error(`unknown suite: use ${Object.keys(suites).join(', ')}`);
  return suite(workspace);
}

/** The report of a suite that threw. */
const failureOf = (name: string, error: unknown): Report =>
  ({ title: `FAILED: ${name}`, lines: [error instanceof Error ? error.stack ?? error.message : String(error)], failures: 1 });

process.exitCode = await run(positionals.length > 0 ? positionals : Object.keys(suites)) === 0 ? 0 : 1;
