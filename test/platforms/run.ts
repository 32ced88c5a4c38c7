import { bundles } from './bundles.ts';
import { clients } from './clients.ts';
import { matrix } from './matrix.ts';
import { packaged } from './package.ts';
import type { Section } from './section.ts';
import { types } from './types.ts';

/** The parts, in the order they are run and printed. The matrix comes first, as it installs the browsers that are missing. */
const parts: readonly (() => Promise<Section>)[] = [matrix, bundles, types, packaged, clients];

/** Runs every part, whatever became of the one before, and resolves to the number of failures. */
async function main(): Promise<number> {
  let failures = 0;
  for (const part of parts) {
    const section = await part().catch(broken);
    console.log([`\n## ${section.title}\n`, ...section.lines].join('\n'));
    failures += section.failures;
  }
  return failures;
}

/** A part that could not be run at all is one failure. */
const broken = (error: unknown): Section =>
  ({ title: 'FAILED', lines: [error instanceof Error ? error.stack ?? error.message : String(error)], failures: 1 });

process.exitCode = await main() === 0 ? 0 : 1;
