import { readFileSync } from 'node:fs';
import type { Client, Replies } from './client.ts';
import type { Peer } from './peer.ts';

/** A row of the table. */
export interface Entry {
  readonly name: string;
  /** The package that the row is about, where there is one; its version is put behind it in the name. */
  readonly package?: string;
  /** The oldest Node that its `engines` allow, of those that are tried. */
  readonly node: 20 | 22;
  /** What is at the other end. Default a server. */
  open?(replies: Replies): Promise<Peer>;
  /** Loaded only where its Node is, as some use syntax and APIs that older ones lack. */
  load(): Promise<{ readonly client: Client }>;
}

const mocks = async (replies: Replies): Promise<Peer> => (await import('./msw-peer.ts')).startMocks(replies);
const passing = async (replies: Replies): Promise<Peer> => (await import('./msw-peer.ts')).startPassing(replies);

/** Every client that is tried. */
export const entries: readonly Entry[] = [
  { name: 'no client', node: 20, load: () => import('./plain.ts') },
  { name: 'ky', package: 'ky', node: 22, load: () => import('./ky.ts') },
  { name: 'openapi-fetch', package: 'openapi-fetch', node: 20, load: () => import('./openapi-fetch.ts') },
  { name: '@octokit/request', package: '@octokit/request', node: 20, load: () => import('./octokit.ts') },
  { name: 'graphql-request', package: 'graphql-request', node: 20, load: () => import('./graphql-request.ts') },
  { name: 'graphql-request, batchRequests', package: 'graphql-request', node: 20, load: () => import('./graphql-batch.ts') },
  { name: '@apollo/client', package: '@apollo/client', node: 20, load: () => import('./apollo.ts') },
  { name: '@urql/core', package: '@urql/core', node: 20, load: () => import('./urql.ts') },
  { name: '@trpc/client', package: '@trpc/client', node: 20, load: () => import('./trpc.ts') },
  { name: 'openai', package: 'openai', node: 22, load: () => import('./openai.ts') },
  { name: '@anthropic-ai/sdk', package: '@anthropic-ai/sdk', node: 20, load: () => import('./anthropic.ts') },
  { name: '@supabase/postgrest-js', package: '@supabase/postgrest-js', node: 22, load: () => import('./postgrest.ts') },
  { name: 'axios', package: 'axios', node: 20, load: () => import('./axios.ts') },
  { name: 'ofetch', package: 'ofetch', node: 20, load: () => import('./ofetch.ts') },
  { name: 'wretch', package: 'wretch', node: 22, load: () => import('./wretch.ts') },
  { name: 'undici, its fetch beneath', package: 'undici', node: 22, load: () => import('./undici.ts') },
  { name: 'undici, its Request and fetch', package: 'undici', node: 22, load: () => import('./undici-request.ts') },
  { name: 'msw beneath', package: 'msw', node: 22, open: mocks, load: () => import('./plain.ts') },
  { name: 'msw beneath ky', package: 'msw', node: 22, open: mocks, load: () => import('./ky.ts') },
  { name: 'msw beneath, letting all through', package: 'msw', node: 22, open: passing, load: () => import('./plain.ts') },
];

/** The name of a row, with the version of its package. */
export function titleOf({ name, package: from }: Entry): string {
  if (from === undefined) return name;
  const manifest = new URL(`../../node_modules/${from}/package.json`, import.meta.url);
  // Every package has its version there.
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return name.replace(from, `${from} ${version}`);
}
