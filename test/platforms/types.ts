import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sectionOf, type Check } from './check.ts';
import { run, type Ended } from './command.ts';
import { deno } from './deno.ts';
import { compilers, denoEnvironments, environments, type Compiler, type Environment } from './environments.ts';
import { platforms, withInstalled } from './installed.ts';
import type { Section } from './section.ts';

const allCompilers = Object.keys(compilers) as Compiler[];
const common = { noEmit: true, strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, target: 'es2022', module: 'nodenext' };

/** Compiles right and wrong uses of the package, as users get it, with each platform's own types. */
export const types = (): Promise<Section> =>
  withInstalled(async ({ folder }) => {
    await cp(join(platforms, 'types'), folder, { recursive: true });
    // A lane for each compiler, as each takes its time.
    const lanes = allCompilers.map(async (compiler) => {
      const checks: Check[] = [];
      const able = environments.filter(({ only = compiler }) => only === compiler);
      for (const environment of able) checks.push(await compile(folder, environment, compiler));
      return checks;
    });
    const checks = (await Promise.all(lanes)).flat();
    for (const environment of denoEnvironments) checks.push(await denoCheck(folder, environment));
    return sectionOf('Types', ['environment', 'compiler'], checks);
  });

async function compile(folder: string, { name, files, options }: Environment, compiler: Compiler): Promise<Check> {
  // Not tsconfig.json, which Deno would heed as well.
  const project = join(folder, `${compiler}.json`);
  await writeFile(project, JSON.stringify({ compilerOptions: { ...common, ...options }, files }));
  return { columns: [name, compiler], problem: problemOf(await run(process.execPath, [compilers[compiler], '-p', project])) };
}

async function denoCheck(folder: string, { name, files, options }: Environment): Promise<Check> {
  await writeFile(join(folder, 'deno.json'), JSON.stringify(options));
  return { columns: [name, 'deno check'], problem: problemOf(await deno(['check', ...files], folder, folder)) };
}

const problemOf = ({ succeeded, stdout, stderr }: Ended): string | undefined => (succeeded ? undefined : stdout + stderr);
