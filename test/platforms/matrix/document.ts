import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../lib/paths.ts';

const introduction = `# Platforms

<!-- Written by \`npm run platforms -- --write\`. Do not edit. -->

The same scenarios run on every platform: against a server that fails in many ways, and in virtual time. Where a scenario
compares \`resilientFetch\` with \`fetch\`, it uses the platform's own \`fetch\`. The table has the scenarios whose result differs
between platforms, because the platforms differ. The last row counts the scenarios that pass.

To run them, and to check the bundles, the types, the package and real clients too: \`npm run platforms\`
([how it works](../test/platforms/README.md)).
`;

/** Writes docs/platforms.md. */
export const writeDocument = (table: readonly string[]): Promise<void> =>
  writeFile(join(packageRoot, 'docs/platforms.md'), `${[introduction, ...table].join('\n')}\n`);
