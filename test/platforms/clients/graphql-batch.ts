import { GraphQLClient } from 'graphql-request';
import { user, type Client, type Context } from './client.ts';
import { mutation, query, variables } from './graphql.ts';
import { client as single } from './graphql-request.ts';

/** It hands all of its settings to fetch as init, and so the fetch itself. */
const batch = ({ fetch, url, signal }: Context, document: string, variables: Record<string, unknown>): Promise<unknown> =>
  new GraphQLClient(`${url}/graphql`, { fetch }).batchRequests({ documents: [{ document, variables }], signal });

export const client: Client = {
  ...single,
  replies: { ...single.replies, ok: JSON.stringify([{ data: { user } }]) },
  read: (context) => batch(context, query, variables),
  json: (context) => batch(context, mutation, { name: 'Ada' }),
};
