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

/** The facts of platforms that no scenario compares. */
const remarks = `
## Node

Node's own fetch ends a request whose headers take 300 s, and a body that is silent for 300 s. A connection has 10 s. \`timeout: false\` and
\`bodyTimeout: false\` do not change that. For longer ones, pass a \`dispatcher\` of the package undici:
\`new Agent({ headersTimeout: 0, bodyTimeout: 0 })\`. Proxies and certificates are set there, too.

## React and Next.js

Next.js memoizes equal GET requests of one render, except those with a \`signal\`
([dedupe-fetch.ts](https://github.com/vercel/next.js/blob/canary/packages/next/src/server/lib/dedupe-fetch.ts)). An attempt has one as soon as there is
a limit, as by default, so it is not memoized. To share one call in a render, wrap it in React's \`cache()\`. \`next: { revalidate }\` and other members of
\`init\` pass through to each attempt.

## Caches

The HTTP cache of a browser is below \`fetch\`: a response from it ends the call, and counts as an attempt. With \`cache: 'force-cache'\` a stored failure is
returned to each retry, too. \`Cache.put()\` stores a response whether it is wrapped or not; where \`bodyTimeout\` or \`totalTimeout\` is finite, they
limit the read.`;

/** Writes docs/platforms.md. */
export const writeDocument = (table: readonly string[]): Promise<void> =>
  writeFile(join(packageRoot, 'docs/platforms.md'), `${[introduction, ...table, remarks].join('\n')}\n`);
