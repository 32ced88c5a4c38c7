import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { platformsRoot } from '../lib/paths.ts';
import type { Adapter, Replies } from './adapter.ts';
import type { MockServer } from './mock-server.ts';

/** A client library, or one way to use it. */
export interface ClientEntry {
  readonly name: string;
  /** The package whose version is printed behind its name. */
  readonly package?: string;
  /** The oldest Node that the package supports, of those that are tried. */
  readonly node: 20 | 22;
  /** Starts the server. Default an HTTP server. */
  startServer?(replies: Replies): Promise<MockServer>;
  /** Loads the adapter, on a supported Node only, because some packages use syntax that older ones lack. */
  load(): Promise<{ readonly adapter: Adapter }>;
}

const mocks = async (replies: Replies): Promise<MockServer> => (await import('./msw-server.ts')).startMocks(replies);
const passthrough = async (replies: Replies): Promise<MockServer> => (await import('./msw-server.ts')).startPassthrough(replies);

/** Every client that is tried. */
export const clientEntries: readonly ClientEntry[] = [
  { name: 'no client', node: 20, load: () => import('./adapters/plain.ts') },
  { name: 'ky', package: 'ky', node: 22, load: () => import('./adapters/ky.ts') },
  { name: 'openapi-fetch', package: 'openapi-fetch', node: 20, load: () => import('./adapters/openapi-fetch.ts') },
  { name: 'openapi-fetch, with a token', package: 'openapi-fetch', node: 20, load: () => import('./adapters/openapi-fetch-token.ts') },
  { name: '@octokit/request', package: '@octokit/request', node: 20, load: () => import('./adapters/octokit.ts') },
  { name: 'graphql-request', package: 'graphql-request', node: 20, load: () => import('./adapters/graphql-request.ts') },
  { name: 'graphql-request, batchRequests', package: 'graphql-request', node: 20, load: () => import('./adapters/graphql-batch.ts') },
  { name: '@apollo/client', package: '@apollo/client', node: 20, load: () => import('./adapters/apollo.ts') },
  { name: '@urql/core', package: '@urql/core', node: 20, load: () => import('./adapters/urql.ts') },
  { name: '@trpc/client', package: '@trpc/client', node: 20, load: () => import('./adapters/trpc.ts') },
  { name: 'openai', package: 'openai', node: 22, load: () => import('./adapters/openai.ts') },
  { name: 'openai, behind a gate', package: 'openai', node: 22, load: () => import('./adapters/openai-gate.ts') },
  { name: '@anthropic-ai/sdk', package: '@anthropic-ai/sdk', node: 20, load: () => import('./adapters/anthropic.ts') },
  { name: '@supabase/postgrest-js', package: '@supabase/postgrest-js', node: 22, load: () => import('./adapters/postgrest.ts') },
  { name: 'axios', package: 'axios', node: 20, load: () => import('./adapters/axios.ts') },
  { name: 'ofetch', package: 'ofetch', node: 20, load: () => import('./adapters/ofetch.ts') },
  { name: 'wretch', package: 'wretch', node: 22, load: () => import('./adapters/wretch.ts') },
  { name: 'undici, its fetch as an option', package: 'undici', node: 22, load: () => import('./adapters/undici.ts') },
  { name: 'undici, its Request and fetch', package: 'undici', node: 22, load: () => import('./adapters/undici-request.ts') },
  { name: 'msw', package: 'msw', node: 22, startServer: mocks, load: () => import('./adapters/plain.ts') },
  { name: 'msw with ky', package: 'msw', node: 22, startServer: mocks, load: () => import('./adapters/ky.ts') },
  { name: 'msw, passthrough', package: 'msw', node: 22, startServer: passthrough, load: () => import('./adapters/plain.ts') },
];

/** The name with the version of the package. */
export function titleOf({ name, package: packageName }: ClientEntry): string {
  if (packageName === undefined) return name;
  const manifest = join(platformsRoot, 'node_modules', packageName, 'package.json');
  // The package.json of every package has a version.
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return name.replace(packageName, `${packageName} ${version}`);
}
