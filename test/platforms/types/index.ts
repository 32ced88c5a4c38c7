import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { failureOf, run } from '../lib/command.ts';
import { runDeno } from '../lib/deno.ts';
import { installPackage } from '../lib/installed-package.ts';
import { platformsRoot } from '../lib/paths.ts';
import { reportOf, type Check, type Report } from '../lib/report.ts';
import type { Workspace } from '../lib/workspace.ts';
import { compilers, denoEnvironments, environments, type Compiler, type Environment } from './environments.ts';

const concurrency = 2;
const compilerNames = Object.keys(compilers) as Compiler[];
const compilerOptions = { noEmit: true, strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, target: 'es2022', module: 'nodenext' };

/** Compiles correct and wrong uses of the installed package against the types of each platform. */
export async function checkTypes(workspace: Workspace): Promise<Report> {
  const { project } = await installPackage(workspace);
  await cp(join(platformsRoot, 'types/programs'), project, { recursive: true });
  const pairs = compilerNames.flatMap((compiler) =>
    environments.filter(({ only = compiler }) => only === compiler).map((environment) => ({ compiler, environment })));
  const checks = await pMap(pairs, ({ compiler, environment }, index) => compile(project, environment, compiler, index), { concurrency });
  const cache = workspace.directory('deno');
  // One after another, because both write deno.json.
  for (const environment of denoEnvironments) checks.push(await checkWithDeno(project, environment, cache));
  return reportOf('Types', ['environment', 'compiler'], checks);
}

async function compile(project: string, { name, files, options }: Environment, compiler: Compiler, index: number): Promise<Check> {
  // Not tsconfig.json, because Deno reads that file too.
  const config = join(project, `compile-${index}.json`);
  await writeFile(config, JSON.stringify({ compilerOptions: { ...compilerOptions, ...options }, files }));
  return { labels: [name, compiler], problem: failureOf(await run(process.execPath, [compilers[compiler], '-p', config])) };
}

async function checkWithDeno(project: string, { name, files, options }: Environment, cache: string): Promise<Check> {
  await writeFile(join(project, 'deno.json'), JSON.stringify(options));
  return { labels: [name, 'deno check'], problem: failureOf(await runDeno(['check', ...files], project, cache)) };
}
